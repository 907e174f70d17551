"""Rectangles merged per line, and words at points."""

from app.documents.boxes import boxes_of_words, merge_lines, selection_in_words
from app.documents.values import Box, Word

WORDS = (
    Word(0, 3, Box(10, 10, 40, 22)),
    Word(4, 8, Box(46, 10, 86, 22)),
    Word(9, 12, Box(10, 30, 40, 42)),
)


def test_boxes_of_one_line_become_one():
    found = merge_lines([Box(10, 10, 40, 22), Box(46, 11, 86, 21)])

    assert found == [Box(10, 10, 86, 22)]


def test_boxes_of_two_lines_stay_two():
    assert len(merge_lines([Box(10, 10, 40, 22), Box(10, 30, 40, 42)])) == 2


def test_boxes_of_two_columns_stay_two():
    assert len(merge_lines([Box(10, 10, 40, 22), Box(300, 10, 340, 22)])) == 2


def test_boxes_without_an_area_are_left_out():
    assert merge_lines([Box(10, 10, 10, 22), Box(10, 30, 40, 30)]) == []


def test_a_range_has_the_boxes_of_the_words_it_touches():
    assert boxes_of_words(WORDS, 2, 5) == [Box(10, 10, 86, 22)]
    assert boxes_of_words(WORDS, 5, 12) == [Box(46, 10, 86, 22), Box(10, 30, 40, 42)]
    assert boxes_of_words(WORDS, 3, 4) == []


def test_a_selection_runs_in_the_order_of_the_text():
    assert selection_in_words(WORDS, 50, 15, 20, 35) == (4, 12)
    assert selection_in_words(WORDS, 20, 35, 50, 15) == (4, 12)
    assert selection_in_words((), 1, 1, 2, 2) is None
