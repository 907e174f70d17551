"""Gathered text is what was added, and little more."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from app.server.gathered import Gathered


def gathered(texts):
    found = Gathered()
    for text in texts:
        found.add(text)
    return found


@given(st.lists(st.text(max_size=3), max_size=600))
def test_it_is_all_that_was_added(texts):
    assert str(gathered(texts)) == "".join(texts)


def test_it_is_begun_anew():
    found = gathered(["a"] * 1000)

    found.clear()

    assert not found
    assert str(found) == ""


def test_a_long_answer_takes_little_more_than_its_text():
    texts = [f"{number} " for number in range(10_000)]
    found = gathered(texts)

    held = sum(map(sys.getsizeof, [*found._pieces, *found._runs]))

    assert held < 1.5 * len("".join(texts)) + 256 * 60
