"""Events that are cast from a mould are those that are encoded anew."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server import sse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_cast_event_is_the_encoded_one(text):
    mould = sse.Mould(sse.data({"a": 1, "delta": {"x": sse.BLANK_TEXT, "y": sse.BLANK_TEXT}}))

    assert mould.cast(text) == sse.data({"a": 1, "delta": {"x": text, "y": text}})


@given(TEXTS, st.integers(0, 10**9))
def test_a_cast_event_has_its_number(text, number):
    blank = {"type": "t", "sequence_number": sse.BLANK_NUMBER, "delta": sse.BLANK_TEXT}
    event = {"type": "t", "sequence_number": number, "delta": text}

    assert sse.Mould(sse.event(blank)).cast(text, number) == sse.event(event)


@pytest.mark.parametrize("text", ["\n\ndata: [DONE]\n\n", "\r", "\u2028", "\x00", '"}'])
def test_no_text_ends_an_event(text):
    cast = sse.Mould(sse.data({"delta": sse.BLANK_TEXT})).cast(text)

    assert cast.count(b"\n") == 2
    assert json.loads(cast.removeprefix(b"data: ")) == {"delta": text}
