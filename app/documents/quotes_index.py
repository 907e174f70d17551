"""A document made ready for finding quotes in it: built once, used for every answer."""

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.documents.quotes_fold import located_skeleton
from app.documents.quotes_lines import Span, running_lines
from app.documents.quotes_near import Grams
from app.documents.values import Page, Place

BREAK = "\f"  # between pages
MAX_FOUND = 50  # places of one quote; more say nothing

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Letters and digits of a text, and where each of them stands in it."""

    text: str
    positions: NDArray[np.int32]

    def span(self, start: int, end: int) -> Span:
        """Characters of the text that these of the skeleton stand for."""
        return int(self.positions[start]), int(self.positions[end - 1]) + 1


class ProofIndex:
    """The pages of one document as one text. Any thread may use it."""

    def __init__(
        self, document_id: int, name: str, pages: Sequence[Page], *, is_partial: bool = False
    ) -> None:
        """``is_partial``: the document has other pages too."""
        self.document_id = document_id
        self.is_partial = is_partial
        self.name = name
        self.numbers = tuple(page.number for page in pages)
        self.text = BREAK.join(page.text for page in pages)
        self._starts: list[int] = []
        at = 0
        for page in pages:
            self._starts.append(at)
            at += len(page.text) + len(BREAK)
        found = running_lines([page.text for page in pages])
        self._running = [
            (offset + start, offset + end)
            for offset, spans in zip(self._starts, found, strict=True)
            for start, end in sorted(spans)
        ]
        self.whole = Skeleton(*located_skeleton(self.text))
        self.body = self._without_running_lines()
        self._grams: dict[int, Grams] = {}

    def find(self, needle: str, skeleton: Skeleton) -> Iterator[int]:
        """Where these letters stand in the skeleton, at most MAX_FOUND times."""
        at = skeleton.text.find(needle)
        for _ in range(MAX_FOUND):
            if at < 0:
                return
            yield at
            at = skeleton.text.find(needle, at + 1)

    def stretches(self, span: Span, *, is_body: bool) -> list[Span]:
        """The span without the running lines in it."""
        if not is_body:
            return [span]
        start, end = span
        found: list[Span] = []
        first = bisect.bisect_left(self._running, (start, start))
        for low, high in self._running[first:]:
            if low >= end:
                break
            found.append((start, low))
            start = high
        return [*found, (start, end)]

    def words_at(self, span: Span, *, is_body: bool) -> str:
        """The text of a span as it is read."""
        stretches = self.stretches(span, is_body=is_body)
        return "\n".join(self.text[start:end] for start, end in stretches)

    def places(self, span: Span, *, is_body: bool) -> tuple[Place, ...]:
        """The span as places, one for each part on a page."""
        return tuple(
            place
            for stretch in self.stretches(span, is_body=is_body)
            for place in self._places(stretch)
        )

    def grams(self, size: int) -> Grams:
        """For finding pieces of a quote in the body."""
        found = self._grams.get(size)
        if found is None:
            found = self._grams[size] = Grams(self.body.text, size)
        return found

    def has_word(self, word: str) -> bool:
        """Whether it is a word of the document, in small letters."""
        return word in self._vocabulary

    @functools.cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text.casefold()))

    def _places(self, span: Span) -> Iterator[Place]:
        first = bisect.bisect_right(self._starts, span[0]) - 1
        for number in range(first, len(self._starts)):
            offset = self._starts[number]
            if offset >= span[1]:
                return
            start, end = max(span[0], offset), min(span[1], self._end_of(number))
            text = self.text[start:end]
            start += len(text) - len(text.lstrip())
            end -= len(text) - len(text.rstrip())
            if start < end:
                place = Place(self.document_id, self.numbers[number], start - offset, end - offset)
                yield place

    def _end_of(self, number: int) -> int:
        following = self._starts[number + 1 :][:1]
        return following[0] - len(BREAK) if following else len(self.text)

    def _without_running_lines(self) -> Skeleton:
        if not self._running:
            return self.whole
        edges = np.array(self._running, dtype=np.int64).ravel()
        # Inside a running line an odd number of edges lies at or before a character.
        is_kept = np.searchsorted(edges, self.whole.positions, side="right") % 2 == 0
        codes = np.frombuffer(self.whole.text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        text = codes[is_kept].tobytes().decode("utf-32-le", "surrogatepass")
        return Skeleton(text, self.whole.positions[is_kept])
