"""What a user does with messages, in a whole window: nothing that was there is ever lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.chat.messages import AnswerDetails, Message, TextPart
from app.ui.chat.offers import Action
from app.ui.panel.facts import facts_of

LAST = r"<\|im_end\|>\n<\|im_start\|>assistant\s*$"
SLOW = {"when": "slow" + LAST, "text": "word " * 2000, "tokens_per_second": 100}


@pytest.fixture
def rig(open_rig):
    rig = open_rig(SLOW, {"when": "Paris, the$", "text": " capital."}, {"text": "A `short` one."})
    rig.wait_ready()
    return rig


def texts(rig):
    return [stored.message.text for stored in rig.stored()]


def on_page(rig):
    return [item.id for item in rig.page.transcript._rows.items]


def ids(rig):
    return [header.id for header in rig.store.branch(rig.current)]


def do(rig, action, number=-1):
    """Click what is offered under a message."""
    rig.page.transcript.asked.emit(ids(rig)[number], action.value)


def say(rig, text):
    rig.write(text)
    rig.wait_answered()


def wait_shown(rig):
    rig.wait_until(lambda: on_page(rig) == ids(rig) and not rig.is_answering())


def test_a_regenerated_answer_stands_in_the_place_of_the_first_and_the_way_leads_back(rig):
    say(rig, "hello")
    first = ids(rig)

    do(rig, Action.REGENERATE)
    rig.wait_answered()
    wait_shown(rig)
    second = ids(rig)
    assert second[0] == first[0]
    assert second[1] != first[1]
    do(rig, Action.PREVIOUS)
    rig.wait_until(lambda: on_page(rig) == first)

    assert ids(rig) == first


def test_a_message_is_edited_in_its_place(rig):
    say(rig, "hello")
    say(rig, "and then")
    before = ids(rig)

    do(rig, Action.EDIT, 0)
    editor = rig.window.focusWidget()
    assert editor.toPlainText() == "hello"
    editor.setPlainText("good evening")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    rig.wait_answered()
    wait_shown(rig)

    assert texts(rig) == ["good evening", "A `short` one."]
    do(rig, Action.PREVIOUS, 0)
    rig.wait_until(lambda: on_page(rig) == before)


def test_an_answer_is_edited_in_its_place_and_the_way_leads_back(rig):
    say(rig, "hello")
    before = ids(rig)

    rig.window.actions_.edit_answer.trigger()
    editor = rig.window.focusWidget()
    assert editor.toPlainText() == "A `short` one."
    editor.setPlainText("My own.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    rig.wait_until(lambda: ids(rig) != before)
    wait_shown(rig)

    assert texts(rig) == ["hello", "My own."]
    do(rig, Action.PREVIOUS)
    rig.wait_until(lambda: on_page(rig) == before)
    assert texts(rig) == ["hello", "A `short` one."]


def test_a_message_after_an_edited_answer_follows_it(rig):
    say(rig, "hello")
    before = ids(rig)
    do(rig, Action.EDIT)
    editor = rig.window.focusWidget()
    editor.setPlainText("My own.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    rig.wait_until(lambda: ids(rig) != before)
    wait_shown(rig)

    say(rig, "and then")

    assert texts(rig) == ["hello", "My own.", "and then", "A `short` one."]


def test_esc_leaves_an_edited_answer_as_it_was(rig):
    say(rig, "hello")
    shown = [row.text for row in rig.page.transcript._rows.items[-1].rows]

    do(rig, Action.EDIT)
    QTest.keyClick(rig.window.focusWidget(), Qt.Key.Key_Escape)

    assert [row.text for row in rig.page.transcript._rows.items[-1].rows] == shown
    assert len(rig.store.siblings(ids(rig)[-1])) == 1


def test_the_run_card_of_an_edited_answer_says_who_edited_it(rig):
    say(rig, "hello")
    edited = rig.window.chat.messages._session.edit_answer(rig.current, ids(rig)[-1], "My own.")

    facts = {fact.name: fact.value for fact in facts_of(rig.store.messages([edited])[0])}

    assert facts == {"Model": "Scripted", "Text": "Edited by you"}


def test_esc_leaves_an_edited_message_as_it_was(rig):
    say(rig, "hello")

    QTest.keyClick(rig.page.composer.field, Qt.Key.Key_Up)
    editor = rig.window.focusWidget()
    editor.setPlainText("something else")
    QTest.keyClick(editor, Qt.Key.Key_Escape)

    assert rig.window.focusWidget() is rig.page.composer.field
    assert texts(rig)[0] == "hello"
    assert len(rig.store.siblings(ids(rig)[0])) == 1


def test_a_stopped_answer_goes_on_beside_itself(rig, store):
    chat = store.create_conversation("Cut")
    store.append(chat, Message.of("user", "Capital?"))
    cut = store.begin_answer(chat, "Scripted")
    store.finish_answer(cut, (TextPart("Paris, the"),), "stopped", AnswerDetails())
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: on_page(rig) == ids(rig))

    do(rig, Action.CONTINUE)
    rig.wait_until(lambda: texts(rig)[-1] == "Paris, the capital.")
    rig.wait_answered()

    assert store.messages([cut])[0].message.text == "Paris, the"
    assert rig.page.transcript._rows.items[-1].source == "Paris, the capital."


def test_a_question_without_an_answer_can_be_tried_again(rig, store):
    chat = store.create_conversation("Alone")
    store.append(chat, Message.of("user", "hello"))
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: on_page(rig) == ids(rig))
    offer = rig.page.transcript._rows.items[-1].rows[-1].offer

    assert Action.TRY_AGAIN in offer.actions
    do(rig, Action.TRY_AGAIN)
    rig.wait_until(lambda: len(ids(rig)) == 2)
    rig.wait_answered()
    wait_shown(rig)

    assert texts(rig) == ["hello", "A `short` one."]
    offer = rig.page.transcript._rows.items[0].rows[-1].offer
    assert Action.TRY_AGAIN not in offer.actions


def test_a_branch_is_a_new_chat_that_begins_like_the_other(rig):
    say(rig, "hello")
    say(rig, "and then")
    first = rig.current

    do(rig, Action.BRANCH, 1)
    rig.wait_until(lambda: rig.current not in (first, None))
    rig.wait_until(lambda: on_page(rig) == ids(rig))

    assert texts(rig) == ["hello", "A `short` one."]
    assert len(rig.store.branch(first)) == 4


def test_queued_messages_are_sent_one_after_another(rig):
    rig.write("slow")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    rig.write("second")
    rig.write("third")
    strip = rig.page.composer.queue
    assert strip.isVisible()

    strip.edit_requested.emit(1)
    assert rig.page.composer.text == "third"
    rig.write("third, edited")
    QTest.keyClick(rig.page.composer.field, Qt.Key.Key_Escape)
    rig.wait_answered()
    assert [t for t in texts(rig) if "word" not in t] == ["slow"]
    strip.send_requested.emit()
    rig.wait_until(lambda: len(ids(rig)) == 6 and not rig.is_answering())

    assert [stored.message.text for stored in rig.stored()[::2]] == [
        "slow",
        "second",
        "third, edited",
    ]
    assert not strip.isVisible()


def test_esc_stops_the_answer_first_and_clears_the_queue_second(rig):
    rig.write("slow")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    rig.write("waiting")

    QTest.keyClick(rig.page.composer.field, Qt.Key.Key_Escape)
    rig.wait_answered()
    assert rig.page.composer.queue.isVisible()
    QTest.keyClick(rig.page.composer.field, Qt.Key.Key_Escape)
    assert not rig.page.composer.queue.isVisible()
    rig.page.toast.undo_button.click()

    assert rig.page.composer.queue.isVisible()
    assert len(ids(rig)) == 2


def test_nothing_else_is_started_while_an_answer_is_written(rig):
    rig.write("slow")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    before = ids(rig)

    do(rig, Action.EDIT, 0)
    do(rig, Action.REGENERATE, 1)

    assert ids(rig) == before
    assert "Stop it first" in rig.page.toast._label.text()
    rig.window.conversation.stop()
    rig.wait_answered()


def test_the_last_answer_and_the_last_code_are_copied_from_the_source(rig, store):
    chat = store.create_conversation("Code")
    store.append(chat, Message.of("user", "hello"))
    store.append(chat, Message.of("assistant", "Like **so**:\n```sh\nls -l\n```\n"))
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: on_page(rig) == ids(rig))

    rig.window.actions_.copy_answer.trigger()
    rig.wait_until(lambda: QGuiApplication.clipboard().text().startswith("Like **so**"))
    rig.window.actions_.copy_code.trigger()
    rig.wait_until(lambda: QGuiApplication.clipboard().text() == "ls -l\n")


def test_what_is_selected_is_quoted(rig):
    say(rig, "hello there")
    view = next(row.widget for row in rig.page.transcript._rows.items[0].rows if row.text)

    view.selectAll()
    assert rig.page.quote_button.isVisible()
    rig.page.quote_button.click()

    assert rig.page.composer.text == "> hello there\n\n"
    assert not rig.page.quote_button.isVisible()
