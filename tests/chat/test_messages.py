"""Messages and the form in which they lie on disk."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.chat.messages import (
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    parts_from_json,
    parts_to_json,
)

TEXT = st.text(st.characters())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PARTS = st.lists(
    st.builds(TextPart, TEXT)
    | st.builds(ReasoningPart, TEXT, st.floats(0, 1e6))
    | st.builds(ToolCallPart, TEXT, TEXT, st.dictionaries(TEXT, VALUES, max_size=3)),
    max_size=4,
).map(tuple)


@given(PARTS)
def test_parts_come_back_as_they_were_stored(parts):
    assert parts_from_json(parts_to_json(parts)) == parts


@given(PARTS)
def test_the_stored_form_is_plain_ascii(parts):
    assert parts_to_json(parts).isascii()


def test_lone_surrogates_and_nul_survive():
    parts = (TextPart("a\ud800b\0c\udfff"),)

    assert parts_from_json(parts_to_json(parts)) == parts


def test_a_kind_of_a_newer_version_is_shown_as_its_text():
    stored = json.dumps([{"kind": "hologram", "text": "a"}, {"kind": "image"}])

    assert parts_from_json(stored) == (TextPart("a"), TextPart(""))


def test_fields_that_are_missing_are_empty():
    stored = json.dumps([{"kind": "text"}, {"kind": "reasoning"}, {"kind": "tool_call"}])

    assert parts_from_json(stored) == (TextPart(""), ReasoningPart(""), ToolCallPart("", "", {}))


def test_the_text_of_a_message_leaves_the_reasoning_out():
    call = ToolCallPart("1", "look", {})
    message = Message("assistant", (ReasoningPart("Hm."), TextPart("a"), call, TextPart("b")))

    assert (message.text, message.reasoning, message.tool_calls) == ("ab", "Hm.", (call,))
