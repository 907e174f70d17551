import pytest

from app.chat.differences import Excerpt, excerpt, first_difference


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["same", "same"], None),
        (["", ""], None),
        (["The harbour", "The hill"], 5),
        (["The tide", "The tide went out"], 8),
        (["", "a"], 0),
        (["abc", "abc", "abd"], 2),
        (["港口很静", "港口很吵"], 3),
    ],
)
def test_texts_part_at_the_first_character_that_is_not_the_same_in_all(texts, place):
    assert first_difference(texts) == place


def test_an_excerpt_has_the_words_around_the_character():
    text = "The tide went out, and the harbour lay still. " * 3

    assert excerpt(text, 27) == Excerpt(
        "… tide went out, and the ", "h", "arbour lay still. The tide went out, and…"
    )


def test_an_excerpt_of_a_text_that_has_ended_marks_nothing():
    assert excerpt("The end", 7) == Excerpt("The end", "", "")


def test_a_line_end_is_shown_in_an_excerpt():
    assert excerpt("one\ntwo", 3) == Excerpt("one", "↵", "two")
