"""An answer that is being written: what is shown, what is followed, and what does not move."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.message_item import MessageItem
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import RowKind
from app.ui.chat.transcript import FOLLOW_PX

TEXT = """Intro.

- one
- two

```py
def f():
    pass
```

| a | b |
|---|---|
| 1 | 2 |

The end is **here**.
"""


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


def _add(page, text: str) -> None:
    page.transcript.add_text(text)
    page.settle()


def _place(page) -> tuple[object, int]:
    """A row in sight, and where it is."""
    row = next(row for row in page.rows if page.y_of(row.widget) >= 0)
    return row.widget, page.y_of(row.widget)


def _is_at_end(page) -> bool:
    bar = page.transcript.verticalScrollBar()
    return bar.value() == bar.maximum()


def test_text_is_painted_at_most_once_in_33_ms(page, talk, monkeypatch):
    page.open(talk)
    page.transcript.begin_answer(1)
    shown = []
    original = ProseBlock.show_row
    monkeypatch.setattr(
        ProseBlock,
        "show_row",
        lambda self, row, width: shown.append(1) or original(self, row, width),
    )

    for _ in range(500):
        page.transcript.add_text("word ")
    page.settle()

    assert len(shown) == 1
    assert page.rows[0].text == ("word " * 500)


def test_only_the_open_block_is_shown_anew(page, talk, monkeypatch):
    page.open(talk)
    page.transcript.begin_answer(1)
    _add(page, "One.\n\nTwo.\n\nThr")
    shown = []
    original = ProseBlock.show_row
    monkeypatch.setattr(
        ProseBlock,
        "show_row",
        lambda self, row, width: shown.append(row.text) or original(self, row, width),
    )

    _add(page, "ee.")

    assert shown == ["Three."]


def test_open_code_grows_without_being_loaded_again(page, talk, monkeypatch):
    page.open(talk)
    page.transcript.begin_answer(1)
    _add(page, "```py\na = 1\n")
    block = page.widgets(CodeBlock)[0]
    loads = []
    monkeypatch.setattr(CodeBlock, "show_row", lambda *args: loads.append(args) or 50)

    _add(page, "b = 2\n```\n")

    assert loads == []
    assert page.widgets(CodeBlock) == [block]
    assert block.view.toPlainText() == "a = 1\nb = 2"
    assert block.view.document().firstBlock().layout().formats()


def test_the_end_of_the_answer_is_the_stored_message(page, talk, make_stored):
    page.open(talk)
    page.transcript.begin_answer(1)
    for start in range(0, len(TEXT), 5):
        page.transcript.add_text(TEXT[start : start + 5])

    page.transcript.end_answer(make_stored(1, "assistant", TEXT))
    page.settle()

    kinds = [RowKind.PROSE, RowKind.PROSE, RowKind.CODE, RowKind.TABLE, RowKind.PROSE]
    assert [row.kind for row in page.rows] == [*kinds, RowKind.ACTIONS]
    assert page.rows[-1].source == TEXT


def test_what_was_shown_differently_is_mended(page, talk, make_stored):
    page.open(talk)
    page.transcript.begin_answer(1)
    _add(page, "Same.\n\nOther.\n\n")
    kept = page.rows[0].widget

    page.transcript.end_answer(make_stored(1, "assistant", "Same.\n\nStored.\n\nMore."))
    page.settle()

    assert page.texts()[:3] == ["Same.", "Stored.", "More."]
    assert page.rows[0].widget is kept


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, len(TEXT)), max_size=6))
def test_streamed_text_is_shown_as_the_stored_text_is(page, make_stored, cuts):
    message = make_stored(1, "assistant", TEXT)
    page.transcript.open([], lambda ids: [])
    page.transcript.append(message)
    stored = page.transcript._rows.items[0].rows
    expected = [(row.kind, row.text, row.source, row.height, row.gap) for row in stored]

    page.transcript.open([], lambda ids: [])
    page.transcript.begin_answer(1)
    edges = [0, *sorted(cuts), len(TEXT)]
    for start, end in pairwise(edges):
        page.transcript.add_text(TEXT[start:end])
        page.transcript._stream._on_flush()
    page.transcript.end_answer(message)

    streamed = page.transcript._rows.items[0].rows
    assert [(r.kind, r.text, r.source, r.height, r.gap) for r in streamed] == expected


def test_the_end_is_followed(streaming):
    for _ in range(5):
        _add(streaming, "More and more. " * 30 + "\n\n")

        assert _is_at_end(streaming)


@pytest.mark.parametrize("pixels", [15, 120])
def test_the_wheel_breaks_following_however_little_it_turns(streaming, pixels):
    _wheel(streaming, pixels)
    block, at = _place(streaming)

    _add(streaming, "More and more. " * 30 + "\n\n")

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

    _add(streaming, "More and more. " * 30 + "\n\n")

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

    _add(streaming, "More and more. " * 30 + "\n\n")
    bar.setSliderDown(False)

    assert streaming.y_of(block) == at


def test_selecting_text_breaks_following(streaming):
    text = streaming.widgets(ProseBlock)[-1]
    text.setFocus()
    text.selectAll()
    block, at = _place(streaming)

    _add(streaming, "More and more. " * 30 + "\n\n")

    assert streaming.y_of(block) == at


def test_going_back_to_the_end_follows_again(streaming):
    _wheel(streaming, 600)
    streaming.transcript.verticalScrollBar().triggerAction(
        QAbstractSlider.SliderAction.SliderToMaximum
    )

    _add(streaming, "More and more. " * 30 + "\n\n")

    assert _is_at_end(streaming)


def test_near_enough_to_the_end_is_the_end(streaming):
    _wheel(streaming, 600)
    bar = streaming.transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - FOLLOW_PX)

    _add(streaming, "More and more. " * 30 + "\n\n")

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

    for start in range(0, 10 * len(TEXT), 40):
        streaming.transcript.add_text((TEXT * 10)[start : start + 40])
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


def test_thinking_is_shown_and_folded_when_the_answer_starts(page, talk, qtbot):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.transcript.add_reasoning("I wonder. " * 2_000)
    page.settle()
    thinking = page.texts()
    line = page.widgets(ReasoningLine)[0]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    unfolded = len(page.rows)
    page.transcript.show_end()

    _add(page, "Answer")

    assert thinking == ["Thinking… 0 s"]
    assert unfolded > 1
    assert page.texts() == ["Thought for 1 s", "Answer"]


def test_thoughts_that_are_being_read_are_not_folded_away(page, talk, qtbot):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.transcript.add_reasoning("I wonder. " * 2_000)
    page.settle()
    qtbot.mouseClick(page.widgets(ReasoningLine)[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    page.settle()
    thoughts = page.viewport.rect().adjusted(0, 60, 0, 0)
    before = page.viewport.grab(thoughts).toImage()

    _add(page, "Answer")

    assert page.viewport.grab(thoughts).toImage() == before


def test_an_answer_begun_twice_starts_anew(page, talk):
    page.open(talk)
    page.transcript.begin_answer(7)
    _add(page, "lost")
    page.transcript.begin_answer(7)

    _add(page, "kept")

    assert page.texts() == ["kept"]


def test_an_answer_that_ended_unseen_is_shown_when_it_ends(page, talk, make_stored):
    talk.add("user", "Question")
    begun = talk.add("assistant", "Beg", state="streaming")
    page.open(talk)

    page.transcript.end_answer(make_stored(begun.id, "assistant", "Begun and ended."))
    page.settle()

    assert page.texts() == ["Question", "", "Begun and ended.", ""]


def test_the_end_of_an_unknown_answer_is_nothing(page, talk, make_stored):
    talk.add("user", "Question")
    page.open(talk)

    page.transcript.end_answer(make_stored(99, "assistant", "Of another conversation."))

    assert page.texts() == ["Question", ""]


def test_opening_another_conversation_ends_the_stream_on_this_page(page, talk):
    page.open(talk)
    page.transcript.begin_answer(7)
    page.transcript.add_text("of another")
    talk.add("user", "here")

    page.open(talk)
    _add(page, "late")

    assert page.texts() == ["here", ""]


def test_an_answer_of_a_megabyte_opens_a_piece_at_a_time(make_stored):
    text = "word " * 200_000
    item = MessageItem(1, "assistant", len(text))
    item.load(make_stored(1, "assistant", text))

    item.split(700, 0.0)

    assert not item.is_split
    assert len(item.rows) < 10
