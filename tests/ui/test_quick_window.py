import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.errors import AppError, ErrorKind
from app.settings import Settings
from app.ui.chat.message_actions import MessageActions
from app.ui.widgets.link_dialog import LinkDialog

QUESTION = "What is the capital of France?"
STORY = {"text": "word " * 400, "tokens_per_second": 20}


@pytest.fixture
def open_quick(open_rig):
    """The rig and its quick window."""

    def open_(*replies, **options):
        rig = open_rig(*replies, **options)
        return rig, appear(rig)

    return open_


def appear(rig):
    rig.window.actions_.quick.trigger()
    rig.wait_until(rig.window.quick.window.isActiveWindow)
    return rig.window.quick.window


def ask(rig, quick, text=QUESTION):
    QTest.keyClicks(quick.field, text)
    QTest.keyClick(quick.field, Qt.Key.Key_Return)


def wait_answered(rig, quick):
    rig.wait_until(lambda: quick.has_answer and not quick.is_answering)


def shown(quick):
    return quick.transcript._rows.items[-1].message.message.text


def test_a_quick_question_is_answered_where_it_was_asked(open_quick):
    rig, quick = open_quick({"text": "Paris."})

    ask(rig, quick)
    wait_answered(rig, quick)

    assert quick.isVisible()
    assert shown(quick) == "Paris."
    assert rig.current is None  # the main window stays with what it showed


def test_what_was_asked_stands_above_the_answer(open_quick):
    rig, quick = open_quick({"text": "Paris."})

    ask(rig, quick)

    assert quick.question.isVisible()
    assert quick.question.text() == QUESTION


def test_with_large_text_the_answer_still_fits_on_the_screen(open_quick):
    settings = Settings(language="en", text_percent=200, titles_by_model=False)
    rig, quick = open_quick({"text": "Paris."}, settings=settings)

    ask(rig, quick)
    wait_answered(rig, quick)

    assert quick.screen().availableGeometry().contains(quick.frameGeometry())


def test_it_is_stored_as_any_other_chat(open_quick):
    rig, quick = open_quick({"text": "Paris."})

    ask(rig, quick)
    wait_answered(rig, quick)
    stored = rig.stored(rig.window.quick.current)

    assert [message.message.text for message in stored] == [QUESTION, "Paris."]
    rig.wait_until(lambda: rig.window.library.summary_of(rig.window.quick.current) is not None)


def test_the_next_question_goes_on_in_the_same_chat(open_quick):
    rig, quick = open_quick({"when": "Italy", "text": "Rome."}, {"text": "Paris."})
    ask(rig, quick)
    wait_answered(rig, quick)

    ask(rig, quick, "And of Italy?")
    wait_answered(rig, quick)

    assert shown(quick) == "Rome."
    assert len(rig.stored(rig.window.quick.current)) == 4


def test_no_question_follows_a_chat_into_the_trash(open_quick):
    rig, quick = open_quick({"text": "Paris."})
    ask(rig, quick)
    wait_answered(rig, quick)
    asked = rig.window.quick.current

    rig.window.library.move_to_trash([asked])
    rig.wait_until(lambda: not quick.has_answer)
    ask(rig, quick, "And of Italy?")
    wait_answered(rig, quick)

    assert rig.window.quick.current != asked
    assert len(rig.stored(asked)) == 2


def test_ctrl_enter_asks_in_the_main_window(open_quick):
    rig, quick = open_quick({"text": "Paris."})
    QTest.keyClicks(quick.field, QUESTION)

    QTest.keyClick(quick.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rig.wait_answered()

    assert not quick.isVisible()
    assert [message.message.text for message in rig.stored()] == [QUESTION, "Paris."]


def test_ctrl_enter_goes_on_in_the_main_window_with_the_chat_that_is_shown(open_quick):
    rig, quick = open_quick({"text": "Paris."})
    ask(rig, quick)
    wait_answered(rig, quick)
    asked = rig.window.quick.current

    QTest.keyClick(quick.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert (rig.current, len(rig.stored())) == (asked, 2)
    assert not quick.has_answer


def test_ctrl_enter_goes_on_with_a_chat_that_is_only_being_made(open_quick):
    rig, quick = open_quick({"text": "Paris."})

    ask(rig, quick)
    QTest.keyClick(quick.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rig.wait_answered()

    assert [message.message.text for message in rig.stored()] == [QUESTION, "Paris."]
    assert rig.window.quick.current is None
    assert not quick.has_answer


def test_ctrl_enter_shows_the_main_window_when_it_is_hidden(open_quick):
    rig, quick = open_quick()
    rig.window.hide()

    QTest.keyClick(quick.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert rig.window.isVisible()


def test_esc_hides_the_quick_window_and_keeps_what_was_written(open_quick):
    _, quick = open_quick()
    QTest.keyClicks(quick.field, "What")

    QTest.keyClick(quick.field, Qt.Key.Key_Escape)

    assert not quick.isVisible()
    assert quick.field.text() == "What"


def test_after_an_answer_esc_makes_room_for_another_question(open_quick):
    rig, quick = open_quick({"text": "Paris."})
    ask(rig, quick)
    wait_answered(rig, quick)

    QTest.keyClick(quick.field, Qt.Key.Key_Escape)
    appear(rig)

    assert not quick.has_answer
    assert rig.window.quick.current is None


def test_an_answer_goes_on_while_the_quick_window_is_hidden(open_quick):
    rig, quick = open_quick({"text": "word " * 30 + "end", "tokens_per_second": 200})
    ask(rig, quick)

    QTest.keyClick(quick.field, Qt.Key.Key_Escape)
    wait_answered(rig, quick)
    appear(rig)

    assert shown(quick).endswith("end")


def test_an_answer_in_the_quick_window_can_be_stopped(open_quick):
    rig, quick = open_quick(STORY)
    ask(rig, quick)
    rig.wait_until(lambda: rig.window.quick.current is not None)
    rig.wait_until(lambda: rig.window.chat.asking.of(rig.window.quick.current).has_begun)

    quick.button.click()
    wait_answered(rig, quick)

    assert rig.stored(rig.window.quick.current)[-1].state == "stopped"


def test_a_question_that_cannot_be_asked_is_in_the_field_again(open_quick, monkeypatch):
    rig, quick = open_quick()

    def is_full(*_, **__):
        raise AppError(ErrorKind.DATABASE, "The disk is full", "Free some space.")

    monkeypatch.setattr(rig.store, "append", is_full)
    ask(rig, quick)
    rig.wait_until(lambda: quick.error.isVisible())

    assert quick.field.text() == QUESTION
    assert not quick.has_answer


def test_an_answer_is_copied_from_its_source(open_quick):
    rig, quick = open_quick({"text": "It is **Paris**."})
    ask(rig, quick)
    wait_answered(rig, quick)

    actions = quick.transcript.findChild(MessageActions)
    actions.set_revealed(True)
    (copy,) = [b for b in actions.findChildren(QAbstractButton) if not b.isHidden()]
    copy.click()

    assert QGuiApplication.clipboard().text() == "It is **Paris**."


def test_a_link_in_the_answer_is_asked_about_in_the_main_window(open_quick):
    rig, quick = open_quick()
    rig.window.hide()

    quick.transcript.link_clicked.emit("https://example.org")

    assert rig.window.isVisible()
    assert rig.window.findChild(LinkDialog) is not None


def test_closing_the_quick_window_does_not_end_doorstep_in_the_tray(open_quick, qapp):
    rig, quick = open_quick()
    rig.window.hide()
    ended = []
    qapp.lastWindowClosed.connect(lambda: ended.append(True))

    quick.close()

    assert ended == []


def test_the_quick_window_speaks_the_language_of_the_window(open_quick):
    rig, quick = open_quick(settings=Settings(language="en", titles_by_model=False))

    rig.window._preferences.keep(language="zh_CN")

    rig.wait_until(lambda: quick.windowTitle() != "Quick question")


def test_the_quick_window_is_in_front_of_all_others(open_quick):
    _, quick = open_quick()

    assert quick.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert quick.parentWidget() is None
    assert quick.focusWidget() is quick.field
