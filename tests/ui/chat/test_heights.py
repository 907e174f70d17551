"""The heights of many rows: the tree answers as a plain list would."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from app.ui.chat.heights import Heights

HEIGHTS = st.lists(st.integers(0, 500), min_size=1, max_size=60)


@given(HEIGHTS, st.integers(0, 60))
def test_the_top_of_a_row_is_what_is_above_it(heights: list[int], index: int):
    index = min(index, len(heights))

    assert Heights(heights).top(index) == sum(heights[:index])


@given(HEIGHTS, HEIGHTS)
def test_rows_can_be_appended(first: list[int], more: list[int]):
    heights = Heights(first)
    for height in more:
        heights.append(height)

    tops = [heights.top(index) for index in range(len(heights) + 1)]
    assert tops == [0, *accumulate(first + more)]


@given(HEIGHTS, st.integers(0, 59), st.integers(0, 500))
def test_a_changed_height_moves_what_is_below(heights: list[int], index: int, height: int):
    index %= len(heights)
    tree = Heights(heights)
    tree.set(index, height)
    heights[index] = height

    assert [tree.top(n) for n in range(len(heights))] == [
        sum(heights[:n]) for n in range(len(heights))
    ]
    assert tree.total == sum(heights)


@given(HEIGHTS.filter(any), st.data())
def test_find_gives_the_row_that_covers_a_height(heights: list[int], data: st.DataObject):
    y = data.draw(st.integers(0, sum(heights) - 1))

    index = Heights(heights).find(y)

    assert sum(heights[:index]) <= y < sum(heights[: index + 1])


def test_find_gives_the_last_row_for_a_height_below_all():
    assert Heights([10, 20]).find(1_000) == 1


@given(HEIGHTS)
def test_the_last_row_can_be_taken_away(heights: list[int]):
    tree = Heights([*heights, 7])
    tree.pop()
    tree.append(9)

    assert (tree.total, tree.top(len(heights))) == (sum(heights) + 9, sum(heights))
