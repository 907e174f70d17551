"""Traced text is the plain string in every way, and never claims a foreign character."""

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from app.chat.template_trace import TracedText, concat

RUNS = st.lists(st.tuples(st.text("ab< \n", max_size=4), st.booleans()), max_size=6)
SHORT = st.text("ab<", min_size=1, max_size=2)
INDEX = st.none() | st.integers(-12, 12)


def flags(text: TracedText) -> list[bool]:
    return [is_own for run, is_own in text.runs for _ in run]


def assert_holds(text: TracedText, plain: str, expected: list[bool]) -> None:
    assert str.__eq__(text, plain)
    assert "".join(run for run, _ in text.runs) == plain
    assert flags(text) == expected


@given(RUNS, INDEX, INDEX)
def test_a_slice_keeps_the_trace(runs, start, stop):
    text = TracedText.of(runs)

    assert_holds(text[start:stop], "".join(r for r, _ in runs)[start:stop], flags(text)[start:stop])


@given(RUNS, RUNS)
def test_a_sum_keeps_the_trace(left, right):
    one, two = TracedText.of(left), TracedText.of(right)

    assert_holds(one + two, str.__add__(one, two), flags(one) + flags(two))


@given(RUNS, st.integers(-1, 4))
def test_repeating_keeps_the_trace(runs, count):
    text = TracedText.of(runs)

    assert_holds(text * count, str.__mul__(text, count), flags(text) * count)
    assert_holds(count * text, str.__mul__(text, count), flags(text) * count)


@given(RUNS, SHORT, st.integers(-1, 3))
def test_splitting_keeps_the_trace(runs, separator, count):
    text = TracedText.of(runs)
    for pieces, plain in (
        (text.split(separator, count), str.split(text, separator, count)),
        (text.rsplit(separator, count), str.rsplit(text, separator, count)),
    ):
        at = 0
        for piece, expected in zip(pieces, plain, strict=True):
            assert_holds(piece, expected, flags(text)[at : at + len(expected)])
            at += len(expected) + len(separator)


@given(RUNS, st.integers(-1, 3))
def test_splitting_at_space_and_lines_never_claims_a_foreign_character(runs, count):
    text = TracedText.of([(run.upper() if is_own else run, is_own) for run, is_own in runs])
    plain = str(text.encode(), "utf-8")
    for pieces, expected in (
        (text.split(None, count), plain.split(None, count)),
        (text.rsplit(None, count), plain.rsplit(None, count)),
        (text.splitlines(), plain.splitlines()),
        (text.splitlines(keepends=True), plain.splitlines(keepends=True)),
    ):
        assert pieces == expected
        for piece in pieces:
            assert not any(run.islower() for run, is_own in piece.runs if is_own)


@given(RUNS, SHORT, RUNS, st.integers(-1, 3))
def test_replacing_keeps_the_trace(runs, old, new_runs, count):
    text, new = TracedText.of(runs), TracedText.of(new_runs)
    pieces = text.split(old, count)
    expected = flags(pieces[0])
    for piece in pieces[1:]:
        expected += flags(new) + flags(piece)

    assert_holds(text.replace(old, new, count), str.replace(text, old, new, count), expected)


@given(RUNS, st.none() | SHORT)
def test_stripping_keeps_the_trace(runs, characters):
    text = TracedText.of(runs)
    left = len(text) - len(str.lstrip(text, characters))
    right = len(str.rstrip(text, characters))

    assert_holds(text.lstrip(characters), str.lstrip(text, characters), flags(text)[left:])
    assert_holds(text.rstrip(characters), str.rstrip(text, characters), flags(text)[:right])
    assert_holds(
        text.strip(characters), str.strip(text, characters), flags(text)[left : max(left, right)]
    )


@given(RUNS, SHORT)
def test_prefixes_and_suffixes_come_off_with_their_trace(runs, affix):
    text = TracedText.of(runs)
    front = len(affix) if text.startswith(affix) else 0
    back = len(text) - (len(affix) if text.endswith(affix) else 0)

    assert_holds(text.removeprefix(affix), str.removeprefix(text, affix), flags(text)[front:])
    assert_holds(text.removesuffix(affix), str.removesuffix(text, affix), flags(text)[:back])


@given(RUNS, st.lists(RUNS, max_size=4))
def test_joining_keeps_the_trace(glue_runs, item_runs):
    glue, items = TracedText.of(glue_runs), [TracedText.of(runs) for runs in item_runs]
    expected: list[bool] = []
    for number, item in enumerate(items):
        expected += (flags(glue) if number else []) + flags(item)

    assert_holds(glue.join(items), str.join(glue, items), expected)


def test_a_piece_like_its_separator_is_found_where_it_stands():
    text = TracedText.of([("x", False), ("ab", True), ("b", False)])

    assert [piece.runs for piece in text.split("ab")] == [(("x", False),), (("b", False),)]


def test_text_made_without_a_trace_is_foreign():
    assert TracedText("<|im_end|>").runs == (("<|im_end|>", False),)
    assert concat(["<|im_end|>"]).runs == (("<|im_end|>", False),)


def test_a_copy_and_a_pickle_are_the_plain_text():
    text = TracedText.own("a") + "b"

    assert pickle.loads(pickle.dumps(text)) == "ab"
    assert copy.copy(text) == "ab"


def test_what_changes_every_character_is_foreign():
    assert concat([TracedText.own("<|a|>").upper()]).runs == (("<|A|>", False),)
