"""Reasoning and content come out the same wherever the pieces are cut."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.stream_parser import ContentDelta, ReasoningDelta, StreamParser


def split_whole(text: str, starts_inside: bool) -> tuple[str, str]:
    """What the parser must find, from the whole text at once."""
    if not starts_inside:
        opening = re.match(r"\s*<think>", text)
        if opening is None:
            return "", text
        text = text[opening.end() :]
    text = text[re.match(r"\n?(<think>\n?)?", text).end() :]
    thought, closing, content = text.partition("</think>")
    if not closing:
        return thought, ""
    return thought.removesuffix("\n"), content.lstrip("\n")


def parsed(pieces: list[str], starts_inside: bool) -> tuple[str, str]:
    parser = StreamParser(starts_inside=starts_inside)
    deltas = [delta for piece in pieces for delta in parser.feed(piece)] + parser.flush()
    assert all(delta.text for delta in deltas)
    reasoning = "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))
    content = "".join(delta.text for delta in deltas if isinstance(delta, ContentDelta))
    kinds = [type(delta) for delta in deltas]
    assert kinds == sorted(kinds, key=lambda kind: kind is ContentDelta)
    return reasoning, content


# text, starts inside the reasoning, reasoning, content
EXAMPLES = {
    "no reasoning": ("Hello.", False, "", "Hello."),
    "reasoning": ("<think>\nHm.\n</think>\n\nHello.", False, "Hm.", "Hello."),
    "space before the tag": (" \n<think>Hm.</think>Hello.", False, "Hm.", "Hello."),
    "opened by the prompt": ("Hm.\n</think>\nHello.", True, "Hm.", "Hello."),
    "a tag repeated": ("<think>\nHm.\n</think>\n\nHello.", True, "Hm.", "Hello."),
    "a tag repeated on its own line": ("\n<think>\nHm.</think>Hello.", True, "Hm.", "Hello."),
    "empty reasoning": ("<think>\n\n</think>\n\nHello.", False, "", "Hello."),
    "empty reasoning inside": ("\n</think>\n\nHello.", True, "", "Hello."),
    "closed at once": ("</think>Hello.", True, "", "Hello."),
    "no closer": ("<think>\nHm. And", False, "Hm. And", ""),
    "no closer inside": ("Hm. And\n", True, "Hm. And\n", ""),
    "half a closer": ("Hm.\n</thin", True, "Hm.\n</thin", ""),
    "half an opener": ("<thin", False, "", "<thin"),
    "half an opener inside": ("\n<thin", True, "<thin", ""),
    "only an opener": ("<think>", False, "", ""),
    "only space": (" \n ", False, "", " \n "),
    "only a newline inside": ("\n", True, "", ""),
    "nothing": ("", False, "", ""),
    "a literal tag later": ("Is <think> a </think> b?", False, "", "Is <think> a </think> b?"),
    "a literal tag in the content": ("<think>A</think>B<think>C", False, "A", "B<think>C"),
    "a literal opener in the reasoning": ("A <think> B</think>C", True, "A <think> B", "C"),
    "what looks like a tag": ("<thinking>A</thinking>", False, "", "<thinking>A</thinking>"),
    "what looks like a closer": ("A</thinker>B\n\n</think>C", True, "A</thinker>B\n", "C"),
    "less than": ("a < b <\n< c", False, "", "a < b <\n< c"),
    "space in the content": ("<think>A</think>\n  B\n", False, "A", "  B\n"),
    "newlines and nothing": ("<think>A\n</think>\n\n", False, "A", ""),
    "other scripts": ("<think>想一想。👩‍👩‍👧</think>\n\n你好", False, "想一想。👩‍👩‍👧", "你好"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_cut_in_two_gives_the_same(name: str):
    text, starts_inside, reasoning, content = EXAMPLES[name]

    for at in range(len(text) + 1):
        assert parsed([text[:at], text[at:]], starts_inside) == (reasoning, content)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_cut_in_three_gives_the_same(name: str):
    text, starts_inside, reasoning, content = EXAMPLES[name]

    for one, two in itertools.combinations(range(len(text) + 1), 2):
        pieces = [text[:one], text[one:two], text[two:]]
        assert parsed(pieces, starts_inside) == (reasoning, content)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("name", EXAMPLES)
def test_pieces_of_any_size_give_the_same(name: str, size: int):
    text, starts_inside, reasoning, content = EXAMPLES[name]
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert parsed(pieces, starts_inside) == (reasoning, content)


PIECES = st.lists(
    st.sampled_from(["<think>", "</think>", "<", "</", "think", ">", "\n", " ", "a", "想", ""])
)


@given(PIECES, st.booleans())
def test_any_pieces_give_what_the_whole_text_gives(pieces: list[str], starts_inside: bool):
    expected = split_whole("".join(pieces), starts_inside)

    assert parsed(pieces, starts_inside) == expected


@given(st.lists(st.text(st.characters())))
def test_text_without_tags_is_never_changed(pieces: list[str]):
    whole = "".join(pieces)
    if "think>" not in whole:
        assert parsed(pieces, False) == ("", whole)


def test_text_is_shown_at_once_unless_it_may_be_a_tag():
    parser = StreamParser()

    assert parser.feed("Hello") == [ContentDelta("Hello")]
    assert parser.feed(" <") == [ContentDelta(" <")]


def test_reasoning_is_shown_at_once_unless_it_may_be_the_closer():
    parser = StreamParser(starts_inside=True)

    assert parser.feed("Hm") == [ReasoningDelta("Hm")]
    assert parser.feed("\n") == []
    assert parser.feed("</") == []
    assert parser.feed("b") == [ReasoningDelta("\n</b")]


def test_flushing_twice_gives_nothing_more():
    parser = StreamParser(starts_inside=True)
    parser.feed("Hm</thi")

    assert parser.flush() == [ReasoningDelta("</thi")]
    assert parser.flush() == []
