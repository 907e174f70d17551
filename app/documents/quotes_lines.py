"""Finds the lines that a document repeats at the edges of its pages: headers, footers, numbers.

A sentence that goes on over the page has them in its middle, though they are no part of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

Span = tuple[int, int]  # first character, and the one after the last

MIN_PAGES = 3  # that a line must stand on
_EDGE = 3  # lines from the top or the bottom of a page

_LINE = re.compile(r"[^\r\n\f]*\S[^\r\n\f]*")
_NUMBER = re.compile(r"\d{1,6}")
_ROMAN = re.compile(r"(?<![^\W_])[ivxlc]{1,8}(?![^\W_])", re.IGNORECASE)
_LONGEST = 200  # characters; a longer line is part of the text
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def running_lines(texts: Sequence[str]) -> list[list[Span]]:
    """For each page, the lines of its text that run through the document.

    A line runs when it stands at the edge of at least MIN_PAGES pages with the same words, where
    one number may count along with the pages.
    """
    pages_of: defaultdict[str, set[int]] = defaultdict(set)
    lines = [list(_edges(text)) for text in texts]
    for number, edges in enumerate(lines):
        for start, end in edges:
            for key in _keys(texts[number][start:end], number):
                pages_of[key].add(number)
    running = {key for key, pages in pages_of.items() if len(pages) >= MIN_PAGES}
    return [
        [
            (start, end)
            for start, end in edges
            if not running.isdisjoint(_keys(texts[number][start:end], number))
        ]
        for number, edges in enumerate(lines)
    ]


def _edges(text: str) -> Iterator[Span]:
    """The first and last few lines of a page that say something."""
    first = [found.span() for _, found in zip(range(_EDGE), _LINE.finditer(text), strict=False)]
    tail_from = text.rfind("\n", 0, max(0, len(text) - _EDGE * 2 * _LONGEST)) + 1
    last = [found.span() for found in _LINE.finditer(text, tail_from)][-_EDGE:]
    for start, end in dict.fromkeys([*first, *last]):
        if end - start <= _LONGEST:
            yield start, end


def _keys(line: str, page: int) -> Iterator[str]:
    """The line as it is, and with each of its numbers told from the page it is on."""
    words = " ".join(line.split())
    yield words
    for found in _NUMBER.finditer(words):
        yield f"{words[: found.start()]}\0{int(found[0]) - page}\0{words[found.end() :]}"
    for found in _ROMAN.finditer(words):
        yield f"{words[: found.start()]}\1{_roman(found[0]) - page}\1{words[found.end() :]}"


def _roman(text: str) -> int:
    values = [_VALUES[letter] for letter in text.lower()]
    following = [*values[1:], 0]
    pairs = zip(values, following, strict=True)
    return sum(-value if value < after else value for value, after in pairs)
