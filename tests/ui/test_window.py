import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextEdit

from app.chat.messages import Message
from app.errors import AppError, ErrorKind

SLOW = {"text": "word " * 2000, "tokens_per_second": 100}


def test_the_focus_is_in_the_composer_of_a_new_chat(open_rig):
    rig = open_rig()

    assert rig.page.is_empty
    assert rig.window.focusWidget() is rig.page.composer.field


def test_a_question_is_answered_shown_and_stored(open_rig):
    rig = open_rig({"text": "The capital is **Paris**."})

    rig.write("What is the capital of France?")
    rig.wait_answered()

    question, answer = rig.stored()
    assert question.message.text == "What is the capital of France?"
    assert (answer.message.text, answer.state) == ("The capital is **Paris**.", "complete")
    assert not rig.page.is_empty
    assert rig.page.composer.text == ""


def test_the_first_line_names_the_chat_in_list_and_title(open_rig):
    rig = open_rig()

    rig.write("Plan a trip\nto Lisbon")
    rig.wait_answered()
    rig.wait_until(lambda: rig.window.windowTitle() == "Plan a trip – Doorstep")

    assert rig.window.model.index(0).data() == "Plan a trip"
    assert rig.page.title.text() == "Plan a trip"


def test_a_message_can_be_sent_while_the_model_loads(open_rig):
    rig = open_rig({"text": "Here."}, script={"load_until": "go"})

    rig.write("Are you there?")
    rig.wait_until(lambda: "Loading" in rig.page.composer.state.text())
    rig.go_on()
    rig.wait_answered()

    assert rig.stored()[-1].message.text == "Here."


def test_esc_stops_the_answer_and_keeps_what_was_written(open_rig):
    rig = open_rig(SLOW)
    rig.write("Tell me a story")
    rig.wait_until(lambda: "word word" in str(_shown(rig)))

    QTest.keyClick(rig.page.composer.field, Qt.Key.Key_Escape)
    rig.wait_answered()

    answer = rig.stored()[-1]
    assert answer.state == "stopped"
    assert answer.message.text.startswith("word word")


def test_how_far_the_prompt_was_read_is_shown(open_rig):
    rig = open_rig({"text": "Done.", "prefill_seconds": 4})

    rig.write("word " * 500)

    rig.wait_until(lambda: rig.page.composer.state.text().startswith("Reading "))
    assert " of " in rig.page.composer.state.text()


def test_the_speed_is_shown_after_the_answer(open_rig):
    rig = open_rig({"text": "word " * 40, "tokens_per_second": 200})

    rig.write("Go")
    rig.wait_answered()

    assert rig.page.composer.speed.text().endswith("tok/s")


def test_a_draft_waits_for_its_conversation(open_rig):
    rig = open_rig()
    rig.write("First")
    rig.wait_answered()
    first = rig.current

    rig.page.composer.set_text("half a thought")
    rig.window.actions_.new_chat.trigger()
    assert rig.page.composer.text == ""
    rig.window.conversation.open(first)

    assert rig.page.composer.text == "half a thought"


def test_an_answer_goes_on_while_another_conversation_is_shown(open_rig, store):
    other = store.create_conversation("Other")
    text = "one two three four five six"
    rig = open_rig({"text": text, "hold_after": 3, "hold_until": "go"})
    rig.write("Count")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    counting = rig.current

    rig.window.conversation.open(other)
    assert not rig.is_answering()
    rig.window.conversation.open(counting)
    assert rig.is_answering()
    rig.go_on()
    rig.wait_answered()

    assert rig.stored(counting)[-1].message.text == text


def test_thinking_is_not_called_writing(open_rig):
    rig = open_rig(
        {"text": "<think>Hm, let me see.</think>Six.", "hold_after": 2, "hold_until": "go"}
    )
    rig.write("Count")

    rig.wait_until(lambda: rig.page.composer.state.text() == "Thinking")
    rig.go_on()
    rig.wait_answered()

    assert rig.stored()[-1].message.text == "Six."


def test_two_conversations_are_answered_at_the_same_time(open_rig):
    rig = open_rig(
        {"when": "first", "text": "alpha " * 40, "hold_after": 10, "hold_until": "go"},
        {"when": "second", "text": "beta " * 40, "hold_after": 10, "hold_until": "go"},
    )
    rig.write("first")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    first = rig.current
    rig.window.actions_.new_chat.trigger()
    rig.write("second")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    rig.go_on()
    rig.wait_answered()
    rig.wait_until(lambda: not rig.session.is_answering(first))

    assert rig.stored()[-1].message.text.split() == ["beta"] * 40
    assert rig.stored(first)[-1].message.text.split() == ["alpha"] * 40


def test_the_appearance_can_change_while_an_answer_is_written(open_rig):
    text = " ".join(f"word{number}" for number in range(300))
    held = {"hold_after": 150, "hold_until": "go"}
    rig = open_rig({"text": text, "tokens_per_second": 600} | held)
    rig.write("Write")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")

    rig.appearance.choose("dark")
    rig.go_on()
    rig.wait_answered()

    assert rig.stored()[-1].message.text == text
    assert rig.appearance.theme.is_dark


def test_searching_finds_chinese_words_and_shows_where(open_rig, store):
    for text in ("北京的天气怎么样？", "给我讲讲秋天的故事", "What is new?"):
        store.append(store.create_conversation(), Message.of("user", text))
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 3)

    rig.window.sidebar.search.setText("天气")
    rig.wait_until(lambda: rig.window.model.rowCount() == 1)

    from app.ui.sidebar.conversation_model import HIT_ROLE

    assert "天气" in rig.window.model.index(0).data(HIT_ROLE)
    QTest.keyClick(rig.window.sidebar.search, Qt.Key.Key_Escape)
    rig.wait_until(lambda: rig.window.model.rowCount() == 3)


def test_a_chat_in_the_trash_comes_back_with_undo(open_rig, store):
    kept = store.create_conversation("Keep me")
    store.append(kept, Message.of("user", "hello"))
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 1)
    rig.window.conversation.open(kept)

    rig.window.actions_.trash.trigger()
    rig.wait_until(lambda: rig.page.toast.isVisible())
    assert store.conversations() == []
    assert rig.current is None
    rig.page.toast.undo_button.click()
    rig.wait_until(lambda: rig.current == kept)

    assert [summary.id for summary in store.conversations()] == [kept]
    assert rig.stored()[0].message.text == "hello"


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_D])
def test_no_bare_key_deletes_a_chat(open_rig, store, key):
    store.create_conversation("Keep me")
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 1)
    rows = rig.window.sidebar.conversations
    rows.setFocus()
    rows.setCurrentIndex(rig.window.model.index(0))

    QTest.keyClick(rows, key)
    rig.qtbot.wait(100)

    assert [summary.title for summary in store.conversations()] == ["Keep me"]


def test_a_chat_is_renamed_in_place(open_rig, store):
    from PySide6.QtWidgets import QLineEdit

    id_ = store.create_conversation("Old name")
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 1)
    rig.window.conversation.open(id_)

    rig.window.actions_.rename.trigger()
    editor = rig.window.sidebar.conversations.findChild(QLineEdit)
    editor.setText("New name")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    rig.wait_until(lambda: rig.page.title.text() == "New name")

    assert [summary.title for summary in store.conversations()] == ["New name"]


def test_a_failed_send_gives_its_reason_and_loses_no_text(open_rig, monkeypatch):
    full = AppError(ErrorKind.DATABASE, "The disk is full", "Free some space, then try again.")
    rig = open_rig()
    rig.wait_ready()
    # A full disk is the edge of the machine.
    monkeypatch.setattr(rig.store, "append", _raiser(full))

    rig.write("precious words")
    rig.wait_until(lambda: rig.page.banners.notice("error") is not None)

    assert rig.page.banners.notice("error").title == "The disk is full"
    assert rig.page.composer.text == "precious words"


def test_a_long_conversation_opens_at_its_end(open_rig, store):
    id_ = store.create_conversation("Long")
    for number in range(300):
        store.append(id_, Message.of("user" if number % 2 else "assistant", f"message {number}"))
    rig = open_rig()

    rig.window.conversation.open(id_)
    rig.wait_until(lambda: "message 299" in _shown(rig))

    bar = rig.page.transcript.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0


def test_the_pill_leads_back_to_the_latest_words(open_rig, store):
    id_ = store.create_conversation("Long")
    for number in range(100):
        store.append(id_, Message.of("user" if number % 2 else "assistant", f"message {number}"))
    rig = open_rig()
    rig.window.conversation.open(id_)
    rig.wait_until(lambda: "message 99" in _shown(rig))
    bar = rig.page.transcript.verticalScrollBar()

    bar.setValue(0)
    rig.wait_until(lambda: rig.page.jump_button.isVisible())
    rig.page.jump_button.click()
    rig.wait_until(lambda: not rig.page.jump_button.isVisible())

    assert bar.value() == bar.maximum()


def test_a_link_of_another_kind_is_refused_with_words(open_rig):
    rig = open_rig()

    rig.page.transcript.link_clicked.emit("file:///etc/passwd")

    assert rig.page.banners.notice("link").title == "This link was not opened"
    assert "file:///etc/passwd" in rig.page.banners.notice("link").message


def test_notices_are_shown_once_each(open_rig):
    rig = open_rig()

    rig.window.notices.show_sentences(["The settings were damaged; the defaults are used."])

    assert "settings were damaged" in rig.page.banners.notice("notice-0").title


def test_the_window_comes_back_as_it_was(open_rig, paths):
    first = open_rig().window
    first.resize(780, 620)
    first.body.restore(300, is_wanted=False)
    first.close()

    second = open_rig().window

    assert (second.width(), second.height()) == (780, 620)
    assert (second.body.sidebar_width, second.body.is_sidebar_wanted) == (300, False)


def test_in_a_narrow_window_the_sidebar_lies_over_the_page(open_rig):
    rig = open_rig()

    rig.window.resize(760, 560)
    assert not rig.window.body.is_sidebar_shown
    assert rig.page.width() == 760
    rig.page.sidebar_button.click()
    assert rig.window.body.is_sidebar_shown
    assert rig.page.width() == 760
    rig.window.resize(1200, 800)

    assert rig.window.body.is_sidebar_shown
    assert rig.page.width() < 1000


def _raiser(error):
    def fail(*_args, **_options):
        raise error

    return fail


def test_the_last_words_of_an_answer_are_on_the_page(open_rig):
    words = "Paris, France, the capital of the European nation of France."
    rig = open_rig({"text": words, "tokens_per_second": 80})

    rig.write("What is the capital of France?")
    rig.wait_answered()

    assert words in _shown(rig)


def _shown(rig):
    return [view.toPlainText() for view in rig.page.transcript.findChildren(QTextEdit)]


def test_a_closed_window_prepares_no_more_messages(open_rig, store, qtbot):
    chat = store.create_conversation("Long")
    for number in range(300):
        store.append(
            chat, Message.of("assistant" if number % 2 else "user", f"line {number}\n" * 30)
        )
    rig = open_rig()
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: len(rig.page.transcript._rows.items) == 300)

    rig.window.close()
    store.close()
    qtbot.wait(300)  # time in which anything left over would ask the store and raise
