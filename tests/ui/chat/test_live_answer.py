"""An answer that streams ends as the rows that the stored answer is shown with."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chat.messages import AnswerDetails, Message
from app.storage.conversations import StoredMessage
from app.ui.chat.live_answer import LiveAnswer, decided
from app.ui.chat.message_item import MessageItem
from app.ui.chat.rows import Row, RowKind

SAMPLE = """Intro with `code`.

- one
  - nested
- two

```python
def f():
    return "```"

```

| a | b |
|---|---|
| 1 | 2 |

1. x
   ```
   inner
   ```
# Title
text
---
End"""


def _stored_rows(text: str) -> list[tuple[RowKind, str, str, str, int]]:
    message = Message.of("assistant", text)
    item = MessageItem(1, "assistant", len(text))
    item.load(StoredMessage(1, 1, None, message, "streaming", 0.0, AnswerDetails(), True))
    while not item.is_split:
        item.split(700, 1.0)
    return [_seen(row) for row in item.rows]


def _seen(row: Row) -> tuple[RowKind, str, str, str, int]:
    return row.kind, row.text, row.source, row.info, row.gap


def _streamed(parts: list[str]) -> LiveAnswer:
    answer = LiveAnswer(MessageItem(1, "assistant", 0, is_loaded=True))
    for part in parts:
        answer.add_text(part)
        answer.flush()
    answer.finish()
    return answer


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 400])
def test_streamed_rows_are_the_stored_rows(size: int):
    answer = _streamed([SAMPLE[n : n + size] for n in range(0, len(SAMPLE), size)])

    assert [_seen(row) for row in answer.item.rows] == _stored_rows(SAMPLE)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(SAMPLE)), max_size=12))
def test_streamed_rows_do_not_depend_on_the_cuts(cuts: list[int]):
    edges = [0, *sorted(cuts), len(SAMPLE)]
    answer = _streamed([SAMPLE[a:b] for a, b in pairwise(edges)])

    assert [_seen(row) for row in answer.item.rows] == _stored_rows(SAMPLE)
    assert answer.source == SAMPLE


@settings(deadline=None)
@given(st.text(alphabet="ab `~-|>#1.\n", max_size=80), st.integers(1, 9))
def test_any_text_streams_to_its_stored_rows(text: str, size: int):
    answer = _streamed([text[n : n + size] for n in range(0, len(text), size)])

    assert [_seen(row) for row in answer.item.rows] == _stored_rows(text)


def test_a_line_that_may_become_a_heading_underline_is_not_shown_yet():
    assert decided("A sentence.\n-") == "A sentence."
    assert decided("A sentence.\n- it") == "A sentence.\n- it"


def test_a_fence_is_not_shown_as_text_while_it_arrives():
    answer = LiveAnswer(MessageItem(1, "assistant", 0, is_loaded=True))
    seen = []
    for piece in "See:\n\n```py\nx = 1\n```\n":
        answer.add_text(piece)
        answer.flush()
        seen.extend(row.text for row in answer.item.rows)

    assert not any("`" in text for text in seen)
    assert [row.kind for row in answer.item.rows] == [RowKind.PROSE, RowKind.CODE]


def test_the_head_of_a_table_is_not_shown_as_text_while_it_arrives():
    assert decided("See:\n| a | b") == "See:"
    assert decided("| a | b |\n|--") == ""
    assert decided("| a |\nno table") == "| a |\nno table"


def test_open_code_only_grows():
    answer = LiveAnswer(MessageItem(1, "assistant", 0, is_loaded=True))
    answer.add_text("```py\na = 1\n")
    answer.flush()
    answer.add_text("b = 2\nc")
    changes = answer.flush()

    assert changes.changed == []
    assert [text for _, text in changes.grown] == ["\nb = 2\nc"]


def test_thoughts_are_one_line_that_counts_and_then_says_how_long(clock):
    answer = LiveAnswer(MessageItem(1, "assistant", 0, is_loaded=True))
    answer.add_reasoning("Let me see. ")
    answer.flush()
    thinking = answer.item.rows[0].text
    clock.now_s += 1.2
    answer.add_reasoning("Yes.")
    answer.add_text("Hello")
    answer.flush()

    assert thinking == "Thinking… 0 s"
    assert [(row.kind, row.text) for row in answer.item.rows] == [
        (RowKind.REASONING, "Thought for 1 s"),
        (RowKind.PROSE, "Hello"),
    ]
    assert answer.item.rows[0].source == "Let me see. Yes."
