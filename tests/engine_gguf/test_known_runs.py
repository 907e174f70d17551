"""Texts are tokenised once while they are used, and not all of them are kept."""

import pytest

from engine_gguf import known_runs
from engine_gguf.known_runs import KnownRuns


class Counted:
    """A tokenizer that makes a token of each character and counts what it is asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, text):
        self.asked.append(text)
        return [ord(letter) for letter in text]


@pytest.fixture
def counted():
    return Counted()


LONG = "The door was open and the wind came in."


def test_a_text_is_tokenised_once(counted):
    runs = KnownRuns(counted)

    first, second = runs.tokens(LONG), runs.tokens(LONG)

    assert first == second == [ord(letter) for letter in LONG]
    assert counted.asked == [LONG]


def test_changing_what_was_given_changes_nothing(counted):
    runs = KnownRuns(counted)
    runs.tokens(LONG).clear()

    assert len(runs.tokens(LONG)) == len(LONG)


def test_what_was_used_longest_ago_is_forgotten(counted, monkeypatch):
    monkeypatch.setattr(known_runs, "_ROOM", 2 * (40 + known_runs._EACH))
    runs = KnownRuns(counted)
    a, b, c = (letter * 40 for letter in "abc")
    for text in (a, b, a, c, a, b):
        runs.tokens(text)

    assert counted.asked == [a, b, c, b]


def test_a_text_that_is_larger_than_all_room_is_not_kept(counted, monkeypatch):
    monkeypatch.setattr(known_runs, "_ROOM", 200)
    runs = KnownRuns(counted)
    huge = "d" * 201
    for text in (LONG, huge, LONG, huge):
        runs.tokens(text)

    assert counted.asked == [LONG, huge, huge]
