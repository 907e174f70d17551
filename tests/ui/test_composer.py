import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.conversation.composer import Composer
from app.ui.theme import Theme

ENTER = Qt.Key.Key_Return


@pytest.fixture
def composer(qtbot):
    composer = Composer()
    qtbot.addWidget(composer)
    composer.set_theme(Theme.load("light"))
    composer.resize(600, 100)
    composer.show()
    return composer


@pytest.fixture
def submitted(composer):
    texts = []
    composer.submitted.connect(texts.append)
    return texts


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends_what_was_written(composer, submitted, key):
    QTest.keyClicks(composer.field, "hello")

    QTest.keyClick(composer.field, key)

    assert submitted == ["hello"]


def test_shift_enter_starts_a_new_line(composer, submitted):
    QTest.keyClicks(composer.field, "one")
    QTest.keyClick(composer.field, ENTER, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.field, "two")

    assert submitted == []
    assert composer.text.splitlines() == ["one", "two"]


def test_enter_does_not_send_while_an_input_method_is_composing(composer, submitted):
    _compose(composer, preedit="ni hao")

    QTest.keyClick(composer.field, ENTER)

    assert submitted == []
    assert composer.text == ""


def test_enter_sends_once_the_word_is_taken(composer, submitted):
    _compose(composer, preedit="ni hao")
    _compose(composer, commit="你好")

    QTest.keyClick(composer.field, ENTER)

    assert submitted == ["你好"]


def test_a_blank_message_is_not_sent(composer, submitted):
    composer.set_text("  \n ")

    QTest.keyClick(composer.field, ENTER)

    assert submitted == []


def test_while_an_answer_runs_enter_submits_the_next_message(composer, submitted):
    composer.set_answering(True)
    QTest.keyClicks(composer.field, "next question")

    QTest.keyClick(composer.field, ENTER)

    assert submitted == ["next question"]
    assert composer.text == "next question"


def test_up_in_the_empty_field_asks_for_the_last_message(composer, qtbot):
    with qtbot.waitSignal(composer.field.previous_requested):
        QTest.keyClick(composer.field, Qt.Key.Key_Up)


def test_up_in_a_text_only_moves_the_cursor(composer, qtbot):
    composer.set_text("one")

    with qtbot.assertNotEmitted(composer.field.previous_requested):
        QTest.keyClick(composer.field, Qt.Key.Key_Up)


def test_a_quotation_stands_before_what_is_being_written(composer):
    composer.set_text("Why?")

    composer.quote("first line\n\nsecond line\n")

    assert composer.text == "> first line\n>\n> second line\n\nWhy?"


def test_send_becomes_stop_while_an_answer_runs(composer, qtbot):
    composer.set_answering(True)

    assert composer.button.accessibleName() == "Stop (Esc)"
    with qtbot.waitSignal(composer.stop_requested):
        composer.button.click()


def test_there_is_nothing_to_send_in_an_empty_field(composer):
    assert not composer.button.isEnabled()


def test_the_field_grows_with_its_text_up_to_the_limit(composer):
    composer.set_max_height(120)
    one_line = composer.field.sizeHint().height()

    composer.set_text("one\ntwo")
    two_lines = composer.field.sizeHint().height()
    composer.set_text("line\n" * 500)

    assert one_line < two_lines < 120
    assert composer.field.sizeHint().height() == 120


def test_a_long_line_that_wraps_makes_the_field_grow(composer):
    one_line = composer.field.sizeHint().height()

    composer.set_text("word " * 60)

    assert composer.field.sizeHint().height() > 2 * one_line


def test_an_empty_field_is_high_enough_for_its_hint(composer):
    one_line = composer.field.sizeHint().height()

    composer.field.setPlaceholderText("Write the next message: it waits for its turn. " * 4)

    assert composer.field.sizeHint().height() > 2 * one_line


def _compose(composer, preedit="", commit=""):
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(composer.field, event)
