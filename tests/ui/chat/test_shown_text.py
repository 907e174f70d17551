"""Text as it is shown: nothing invisible, nothing that Qt cannot hold, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.chat.shown_text import pieces, shown, shown_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b", "a\u2400b"),
        ("bell\x07", "bell\u2407"),
        ("\x1b[31m", "\u241b[31m"),
        ("a\r\nb\rc", "a\nb\u240dc"),
        ("tab\tkept\n", "tab\tkept\n"),
        ("\ufdd0frame\ufffc", "\ufffdframe\ufffd"),
        ("\ud800lone", "\ufffdlone"),
        ("one\u2029two", "one\ntwo"),
    ],
)
def test_control_characters_are_made_visible(text: str, expected: str):
    assert shown(text) == expected


def test_letters_of_any_script_and_joined_emoji_stay_as_they_are():
    text = "שלום \u200f مرحبا 中文 👨\u200d👩\u200d👧 é🏳️\u200d🌈"

    assert shown(text) == text


def test_marks_that_reorder_code_are_made_visible():
    assert "\u202e" not in shown_code("access = 'user\u202e'")


def test_endless_lines_of_code_are_broken_for_the_eye_only():
    text = shown_code("x" * 5_000)

    assert [len(line) for line in text.split("\n")] == [2_000, 2_000, 1_000]


@given(st.text(alphabet="ab\n", max_size=200))
def test_no_line_of_code_is_longer_than_the_limit_and_no_character_is_lost(text: str):
    lines = shown_code(text, 5).split("\n")

    assert max(map(len, lines)) <= 5
    assert "".join(lines) == text.replace("\n", "")


@given(st.text(alphabet="ab \n\U0001f468\u200d", max_size=9_000))
def test_pieces_put_together_are_the_text(text: str):
    assert "".join(pieces(text)) == text
