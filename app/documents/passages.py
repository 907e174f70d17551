"""Cuts pages into passages for search: whole sentences, exact character ranges, some overlap."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.documents.values import Page, Place

LEAST_WORDS = 150
MOST_WORDS = 250
OVERLAP_WORDS = 40

# A Chinese or Japanese character is counted as a part of a word: 250 words are some 400 of them.
_CJK_WORD = 0.6
_WORD_CHARACTERS = 12  # what is no word (rows of signs, base64) counts by its length
_RUN_CHARACTERS = 240  # where a text has no end of any kind, it is cut anywhere
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_]+")
_PARAGRAPH_END = re.compile(r"\n[ \t\u3000]*\n\s*")
# After a full stop of Latin script a space must follow, after one of Chinese none.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？；][”’」』）]*\s*|\n(?=\s*[-*•·#\d])")
_LINE_END = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s+|(?<=[，、：,;])")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that is not cut; the end is that of what stands between it and the next."""

    start: int
    end: int
    words: float
    ends_paragraph: bool


def cut(page: Page, document_id: int) -> Iterator[Place]:
    """Passages of 150 to 250 words that cover the page's text in order; none for an empty page."""
    pieces = list(_pieces(page.text))
    first = 0
    while first < len(pieces):
        last = _last_piece(pieces, first)
        start, end = pieces[first].start, pieces[last].end
        if last == len(pieces) - 1:  # a short rest is given more of what stands before it
            start = pieces[_first_of_the_rest(pieces, first, last)].start
        end = start + len(page.text[start:end].rstrip())
        yield Place(document_id, page.number, start, end)
        if last == len(pieces) - 1:
            return
        first = _after_overlap(pieces, first, last)


def _last_piece(pieces: list[_Piece], first: int) -> int:
    """Where a passage that begins there ends: at a paragraph if one ends in the right range."""
    words, best = 0.0, first
    for at in range(first, len(pieces)):
        words += pieces[at].words
        if words > MOST_WORDS and at > first:
            return best
        best_is_paragraph = pieces[best].ends_paragraph and best > first
        if words < LEAST_WORDS or pieces[at].ends_paragraph or not best_is_paragraph:
            best = at
    return len(pieces) - 1


def _after_overlap(pieces: list[_Piece], first: int, last: int) -> int:
    """Where the next passage begins: some sentences back, unless a paragraph ended here."""
    if pieces[last].ends_paragraph:
        return last + 1
    words, at = 0.0, last + 1
    while at - 1 > first and words + pieces[at - 1].words <= OVERLAP_WORDS:
        at -= 1
        words += pieces[at].words
    return at


def _first_of_the_rest(pieces: list[_Piece], first: int, last: int) -> int:
    words = sum(piece.words for piece in pieces[first : last + 1])
    while first > 0 and words < LEAST_WORDS / 2 and words + pieces[first - 1].words <= MOST_WORDS:
        first -= 1
        words += pieces[first].words
    return first


def _pieces(text: str) -> Iterator[_Piece]:
    """Sentences, and parts of those that are too long; white space before a piece is left out."""
    for start, end in _spans(text, 0, len(text), _PARAGRAPH_END):
        sentences = list(_spans(text, start, end, _SENTENCE_END))
        parts = [part for sentence in sentences for part in _short(text, *sentence)]
        for number, (from_, to, words) in enumerate(parts, 1):
            yield _Piece(from_, to, words, number == len(parts))


def _short(
    text: str, start: int, end: int, ways: tuple[re.Pattern[str], ...] = (_LINE_END, _SPACE)
) -> Iterator[tuple[int, int, float]]:
    """The span, or its lines, words or at last runs of characters, each with its words."""
    words = max(word_count(text[start:end]), (end - start) / _WORD_CHARACTERS)
    if words <= MOST_WORDS / 3:
        yield start, end, words
    elif ways:
        yield from _joined(text, start, end, ways)
    else:
        for at in range(start, end, _RUN_CHARACTERS):
            to = min(at + _RUN_CHARACTERS, end)
            yield at, to, max(word_count(text[at:to]), (to - at) / _WORD_CHARACTERS)


def _joined(
    text: str, start: int, end: int, ways: tuple[re.Pattern[str], ...]
) -> Iterator[tuple[int, int, float]]:
    """Small parts next to each other are put together again, up to the length of a sentence."""
    from_, to, words = start, start, 0.0
    for part_start, part_end in _spans(text, start, end, ways[0]):
        for sub_start, sub_end, sub_words in _short(text, part_start, part_end, ways[1:]):
            if to > from_ and words + sub_words > OVERLAP_WORDS:
                yield from_, to, words
                from_, words = sub_start, 0.0
            to, words = sub_end, words + sub_words
    if to > from_:
        yield from_, to, words


def _spans(text: str, start: int, end: int, ends: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Between the matches; each match belongs to what stands before it."""
    cuts: Iterable[int] = (match.end() for match in ends.finditer(text, start, end))
    for from_, to in pairwise([start, *cuts, end]):
        stripped = from_ + len(text[from_:to]) - len(text[from_:to].lstrip())
        if stripped < to:
            yield stripped, to


def word_count(text: str) -> float:
    """Words of any script; Chinese characters count as parts of one."""
    return sum(_CJK_WORD if word[0] >= "\u2e80" else 1.0 for word in _WORD.findall(text))
