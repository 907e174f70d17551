"""The end is followed while an answer streams; what is being read stands still to the pixel."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider

from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.transcript import FOLLOW_PX

MORE = "More **words**.\n\n- one\n- two\n\n```py\nx = 1\n```\n\n| a |\n|---|\n| 1 |\n\n"


def _wheel(page, pixels: int) -> None:
    """Turn the wheel over whatever is in the middle of the page; positive is up."""
    window = page.transcript.windowHandle()
    middle = page.viewport.mapTo(page.transcript, page.viewport.rect().center())
    QTest.wheelEvent(window, QPointF(middle), QPoint(0, pixels))


@pytest.fixture
def long_talk(talk):
    for number in range(40):
        talk.add("user" if number % 2 == 0 else "assistant", f"Message {number}. " * 30)
    return talk


@pytest.fixture
def streaming(page, long_talk):
    """A long conversation whose answer 100 has begun."""
    page.open(long_talk)
    page.transcript.begin_answer(100)
    page.transcript.add_text("First words. " * 40 + "\n\n")
    page.settle()
    return page


def _place(page) -> tuple[object, int]:
    """A row in sight, and where it is."""
    row = next(row for row in page.rows if page.y_of(row.widget) >= 0)
    return row.widget, page.y_of(row.widget)


def _is_at_end(page) -> bool:
    bar = page.transcript.verticalScrollBar()
    return bar.value() == bar.maximum()


def test_the_end_is_followed(streaming):
    for _ in range(5):
        streaming.add_text("More and more. " * 30 + "\n\n")

        assert _is_at_end(streaming)


@pytest.mark.parametrize("pixels", [15, 120])
def test_the_wheel_breaks_following_however_little_it_turns(streaming, pixels):
    _wheel(streaming, pixels)
    block, at = _place(streaming)

    streaming.add_text("More and more. " * 30 + "\n\n")

    assert streaming.y_of(block) == at


@pytest.mark.parametrize("text", ["Prose. " * 400, "```\n" + "code\n" * 60 + "```\n"])
def test_the_wheel_over_a_block_turns_the_page(page, talk, text):
    talk.add("assistant", text * 5)
    page.open(talk)
    bar = page.transcript.verticalScrollBar()
    before = bar.value()

    _wheel(page, 120)

    assert bar.value() < before


def test_page_up_breaks_following(streaming):
    QTest.keyClick(streaming.transcript, Qt.Key.Key_PageUp)
    block, at = _place(streaming)

    streaming.add_text("More and more. " * 30 + "\n\n")

    assert streaming.y_of(block) == at
    assert not _is_at_end(streaming)


def test_page_up_reaches_the_page_from_inside_a_text(streaming):
    block = streaming.widgets(ProseBlock)[-1]
    block.setFocus()

    QTest.keyClick(block, Qt.Key.Key_PageUp)

    assert not _is_at_end(streaming)


def test_dragging_the_bar_breaks_following(streaming):
    bar = streaming.transcript.verticalScrollBar()
    bar.setSliderDown(True)
    bar.setSliderPosition(bar.value() - 10)
    block, at = _place(streaming)

    streaming.add_text("More and more. " * 30 + "\n\n")
    bar.setSliderDown(False)

    assert streaming.y_of(block) == at


def test_selecting_text_breaks_following(streaming):
    text = streaming.widgets(ProseBlock)[-1]
    text.setFocus()
    text.selectAll()
    block, at = _place(streaming)

    streaming.add_text("More and more. " * 30 + "\n\n")

    assert streaming.y_of(block) == at


def test_going_back_to_the_end_follows_again(streaming):
    _wheel(streaming, 600)
    streaming.transcript.verticalScrollBar().triggerAction(
        QAbstractSlider.SliderAction.SliderToMaximum
    )

    streaming.add_text("More and more. " * 30 + "\n\n")

    assert _is_at_end(streaming)


def test_near_enough_to_the_end_is_the_end(streaming):
    _wheel(streaming, 600)
    bar = streaming.transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - FOLLOW_PX)

    streaming.add_text("More and more. " * 30 + "\n\n")

    assert _is_at_end(streaming)


def test_a_jump_to_the_end_is_offered_while_away_from_it(streaming, qtbot):
    said = []
    streaming.transcript.jump_available.connect(said.append)

    _wheel(streaming, 600)
    streaming.transcript.show_end()

    assert said == [True, False]


def test_the_text_stands_still_to_the_pixel_while_an_answer_streams_below(streaming):
    _wheel(streaming, 480)
    streaming.settle()
    before = streaming.viewport.grab().toImage()

    for start in range(0, 10 * len(MORE), 40):
        streaming.transcript.add_text((MORE * 10)[start : start + 40])
        streaming.settle()

    assert streaming.viewport.grab().toImage() == before


def test_heights_corrected_above_do_not_move_the_text(page, talk):
    for number in range(300):
        text = f"Message {number}. " * (3 + number % 17)
        talk.add("assistant", text + "\n\n```\ncode\n```\n" * (number % 3))
    page.open(talk)
    bar = page.transcript.verticalScrollBar()
    for value in (bar.maximum() // 2, bar.maximum() // 3):
        bar.setValue(value)
        page.settle()
    for _ in range(60):
        block = page.rows[len(page.rows) // 2].widget
        at = page.y_of(block)

        bar.setValue(bar.value() - 50)
        moved = page.y_of(block) - at
        page.settle()

        assert moved == 50
        assert page.y_of(block) - at == 50


def test_resizing_keeps_the_first_row_in_sight_where_it_is(page, long_talk):
    page.open(long_talk)
    page.transcript.verticalScrollBar().setValue(700)
    page.settle()
    row = next(row for row in page.rows if page.y_of(row.widget) >= 0)
    at = page.y_of(row.widget)

    page.transcript.resize(560, 600)
    page.settle()

    assert page.y_of(row.widget) == at
