"""Messages and the form in which they lie on disk."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.chat.messages import (
    CitationsPart,
    DocumentRef,
    DocumentsPart,
    Message,
    PageRange,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    parts_from_json,
    parts_to_json,
)
from app.documents.citation import READING_MODES, Citation, Coverage
from app.documents.values import Place

TEXT = st.text(st.characters())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
COUNT = st.integers(0, 10**6)
MODE = st.sampled_from(READING_MODES)
PLACES = st.lists(st.builds(Place, COUNT, COUNT, COUNT, COUNT), max_size=2).map(tuple)
STATUS = st.sampled_from(("verified", "close", "ambiguous", "unverified"))
CITATION = st.builds(
    Citation, TEXT, st.none() | COUNT, st.none() | COUNT, STATUS, PLACES, TEXT, COUNT, COUNT
)
COVERAGE = st.builds(Coverage, MODE, COUNT, COUNT, COUNT, COUNT, COUNT)
DOCUMENTS = st.lists(st.builds(DocumentRef, COUNT, TEXT, TEXT, COUNT), max_size=2).map(tuple)
RANGES = st.lists(st.builds(PageRange, COUNT, COUNT, COUNT), max_size=2).map(tuple)
PARTS = st.lists(
    st.builds(TextPart, TEXT)
    | st.builds(ReasoningPart, TEXT, st.floats(0, 1e6))
    | st.builds(ToolCallPart, TEXT, TEXT, st.dictionaries(TEXT, VALUES, max_size=3))
    | st.builds(DocumentsPart, DOCUMENTS, MODE, RANGES)
    | st.builds(
        CitationsPart,
        st.lists(CITATION, max_size=2).map(tuple),
        st.none() | COVERAGE,
        PLACES,
        TEXT,
    ),
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


def test_an_older_version_reads_documents_and_citations_as_words():
    document = DocumentRef(1, "ab", "lease.pdf", 3)
    coverage = Coverage("whole", 3, 3, 1, 1)
    citation = Citation("quote", 1, 2, "verified")
    parts = (DocumentsPart((document,)), CitationsPart((citation,), coverage))

    texts = [item["text"] for item in json.loads(parts_to_json(parts))]

    assert texts == ["[lease.pdf]\n\n", "\n\n[Read 3 of 3 pages.]\n\n[1 of 1 quote verified.]"]


def test_documents_and_citations_are_no_part_of_the_text():
    document = DocumentRef(1, "ab", "lease.pdf", 3)
    question = Message("user", (DocumentsPart((document,)), TextPart("How long?")))
    answer = Message("assistant", (TextPart("Three years."), CitationsPart()))

    assert (question.text, answer.text) == ("How long?", "Three years.")
    assert question.documents == DocumentsPart((document,))
    assert answer.proof == CitationsPart()
