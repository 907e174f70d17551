"""Pieces hold whole characters and never a part of a stop string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.text import PieceAssembler, StopMatcher

FAMILY = "👩‍👩‍👧‍👦"


def shown_by(matcher, pieces):
    shown = ""
    for piece in pieces:
        text, is_stopped = matcher.feed(piece)
        shown += text
        if is_stopped:
            return shown, True
    return shown + matcher.flush(), False


@pytest.mark.parametrize("at", range(1, len("one STOP two")))
def test_a_stop_string_is_found_wherever_it_is_cut(at):
    text = "one STOP two"

    assert shown_by(StopMatcher(("STOP",)), [text[:at], text[at:]]) == ("one ", True)


def test_only_text_that_may_become_a_stop_string_is_held_back():
    matcher = StopMatcher(("STOP",))

    assert matcher.feed("go S") == ("go ", False)
    assert matcher.feed("o on") == ("So on", False)


def test_the_first_stop_string_in_the_text_wins():
    assert shown_by(StopMatcher(("later", "now")), ["go now not later"]) == ("go ", True)


def test_a_stop_string_that_overlaps_itself_is_found():
    assert shown_by(StopMatcher(("aab",)), ["a", "a", "a", "b"]) == ("a", True)


@given(
    st.text("ab<|>", max_size=30),
    st.lists(st.text("ab<|>", min_size=1, max_size=4), max_size=3),
    st.data(),
)
def test_any_cut_shows_the_text_before_the_first_stop(text, stops, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    shown, is_stopped = shown_by(StopMatcher(tuple(stops)), pieces)

    # A stop is met at the first moment that one is complete, so of two that overlap the one that
    # ends first counts.
    ends = [text.find(stop) + len(stop) for stop in stops if stop in text]
    assert is_stopped == bool(ends)
    if not ends:
        assert shown == text
    else:
        assert text.startswith(shown)
        assert any(text[len(shown) :].startswith(stop) for stop in stops)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_characters_split_over_tokens_come_whole(size):
    data = f"日本 {FAMILY} é".encode()
    assembler = PieceAssembler()

    pieces = [assembler.feed(data[at : at + size])[0] for at in range(0, len(data), size)]
    rest, _ = assembler.flush()

    assert "".join(pieces) + rest == f"日本 {FAMILY} é"
    assert "\ufffd" not in "".join(pieces)


def test_a_character_that_is_never_completed_is_shown_as_unknown():
    assembler = PieceAssembler()
    assembler.feed("é".encode()[:1])

    assert assembler.flush() == ("\ufffd", 1)


def test_tokens_held_back_are_counted_with_the_text_they_complete():
    assembler = PieceAssembler()
    euro = "€".encode()

    assert [assembler.feed(euro[at : at + 1])[1] for at in range(3)] == [0, 0, 3]
