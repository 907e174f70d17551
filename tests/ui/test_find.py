from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextEdit

from app.chat.messages import Message
from app.ui.sidebar.conversation_model import MESSAGE_ROLE


def long_chat(store, rig):
    chat = store.create_conversation("Long")
    for number in range(200):
        role = "assistant" if number % 2 else "user"
        needle = " Needle" if number % 50 == 0 else ""
        store.append(chat, Message.of(role, f"message {number}{needle}"))
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: len(rig.page.transcript._rows.items) == 200)
    rig.wait_until(lambda: "message 199" in shown(rig))
    return chat


def shown(rig):
    return [view.toPlainText() for view in rig.page.transcript.findChildren(QTextEdit)]


def marked(rig):
    return [
        selection.cursor.selectedText()
        for view in rig.page.transcript.findChildren(QTextEdit)
        if view.isVisible()
        for selection in view.extraSelections()
    ]


def test_words_are_found_in_messages_that_were_never_loaded(open_rig, store):
    rig = open_rig()
    long_chat(store, rig)
    bar = rig.page.find_bar

    rig.window.actions_.find.trigger()
    assert rig.window.focusWidget() is bar.field
    QTest.keyClicks(bar.field, "needle")
    rig.wait_until(lambda: bar.count.text() == "4 of 4")
    assert "message 150 Needle" in shown(rig)
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    rig.wait_until(lambda: bar.count.text() == "1 of 4")

    assert "message 0 Needle" in shown(rig)
    assert marked(rig) == ["Needle"]
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    rig.wait_until(lambda: bar.count.text() == "4 of 4")
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)

    assert not bar.isVisible()
    assert marked(rig) == []
    assert rig.window.focusWidget() is rig.page.composer.field


def test_what_is_not_there_is_not_found(open_rig, store):
    rig = open_rig()
    long_chat(store, rig)

    rig.window.actions_.find.trigger()
    QTest.keyClicks(rig.page.find_bar.field, "haystack")

    rig.wait_until(lambda: rig.page.find_bar.count.text() == "Not found")
    assert not rig.page.find_bar.next.isEnabled()


def test_a_hit_of_the_search_opens_its_chat_at_the_message(open_rig, store):
    rig = open_rig()
    long_chat(store, rig)
    rig.window.conversation.open(None)

    rig.window.sidebar.search.setText("message 50")
    rig.wait_until(lambda: rig.window.model.index(0).data(MESSAGE_ROLE) is not None)
    rig.window.sidebar.conversations.clicked.emit(rig.window.model.index(0))

    rig.wait_until(lambda: "message 50 Needle" in shown(rig))
    assert rig.page.transcript.verticalScrollBar().value() > 0


def test_a_hit_on_another_branch_shows_that_branch(open_rig, store):
    rig = open_rig()
    chat = store.create_conversation("Branched")
    first = store.append(chat, Message.of("user", "hidden words"))
    store.append(chat, Message.of("user", "shown words"), parent_id=0)

    rig.window.conversation.open(chat, first)

    rig.wait_until(lambda: "hidden words" in shown(rig))
    assert [header.id for header in store.branch(chat)] == [first]
