"""An answer that is being written: what is shown of it, and how it ends."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.message_item import MessageItem
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import RowKind

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
    page.add_text("One.\n\nTwo.\n\nThr")
    shown = []
    original = ProseBlock.show_row
    monkeypatch.setattr(
        ProseBlock,
        "show_row",
        lambda self, row, width: shown.append(row.text) or original(self, row, width),
    )

    page.add_text("ee.")

    assert shown == ["Three."]


def test_open_code_grows_without_being_loaded_again(page, talk, monkeypatch):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.add_text("```py\na = 1\n")
    block = page.widgets(CodeBlock)[0]
    loads = []
    monkeypatch.setattr(CodeBlock, "show_row", lambda *args: loads.append(args) or 50)

    page.add_text("b = 2\n```\n")

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
    page.add_text("Same.\n\nOther.\n\n")
    kept = page.rows[0].widget

    page.transcript.end_answer(make_stored(1, "assistant", "Same.\n\nStored.\n\nMore."))
    page.settle()

    assert page.texts()[:3] == ["Same.", "Stored.", "More."]
    assert page.rows[0].widget is kept


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
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


def test_thinking_is_shown_and_folded_when_the_answer_starts(page, talk, qtbot, clock):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.transcript.add_reasoning("I wonder. " * 2_000)
    page.settle()
    thinking = page.texts()
    line = page.widgets(ReasoningLine)[0]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    unfolded = len(page.rows)
    page.transcript.show_end()
    clock.now_s += 1.2

    page.add_text("Answer")

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

    page.add_text("Answer")

    assert page.viewport.grab(thoughts).toImage() == before


def test_an_answer_begun_twice_starts_anew(page, talk):
    page.open(talk)
    page.transcript.begin_answer(7)
    page.add_text("lost")
    page.transcript.begin_answer(7)

    page.add_text("kept")

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
    page.add_text("late")

    assert page.texts() == ["here", ""]


def test_an_answer_of_a_megabyte_opens_a_piece_at_a_time(make_stored):
    text = "word " * 200_000
    item = MessageItem(1, "assistant", len(text))
    item.load(make_stored(1, "assistant", text))

    item.split(700, 0.0)

    assert not item.is_split
    assert len(item.rows) < 10


def test_more_thoughts_do_not_put_off_the_next_second(page, talk, qtbot):
    page.open(talk)
    page.transcript.begin_answer(1)
    timer = page.transcript._stream._seconds_timer
    page.transcript.add_reasoning("I wonder. ")
    qtbot.waitUntil(lambda: timer.remainingTime() < 900)

    page.transcript.add_reasoning("Still.")

    assert timer.remainingTime() < 900
