"""Text that remembers which of its characters a chat template wrote itself.

A template mixes its own markers with the words of users, tools and files. ``TracedText`` is a
string that carries, through the operations templates use, which runs came from the template.
Whatever loses the trace counts as foreign, so a mistake here can only cost a control token, never
make one.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import SupportsIndex

Run = tuple[str, bool]  # text, and whether the template wrote it
Span = tuple[int, int]  # first character, and the one after the last


class TracedText(str):
    """A string made of runs. Behaves as the plain string in every other way."""

    __slots__ = ("runs",)

    runs: tuple[Run, ...]

    def __new__(cls, text: str = "") -> "TracedText":
        """Foreign text."""
        made = super().__new__(cls, text)
        made.runs = ((text, False),) if text else ()
        return made

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "TracedText":
        merged = tuple(
            ("".join(text for text, _ in group), is_own)
            for is_own, group in groupby((run for run in runs if run[0]), key=itemgetter(1))
        )
        made = super().__new__(cls, "".join(text for text, _ in merged))
        made.runs = merged
        return made

    @classmethod
    def own(cls, text: str) -> "TracedText":
        """Text written by the template."""
        return cls.of([(text, True)])

    def __str__(self) -> str:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, ("".join(text for text, _ in self.runs),)

    def __add__(self, other: str) -> "TracedText":
        if not isinstance(other, str):
            return NotImplemented
        return TracedText.of([*self.runs, *runs_of(other)])

    def __radd__(self, other: str) -> "TracedText":
        return TracedText.of([*runs_of(other), *self.runs])

    def __mul__(self, count: SupportsIndex) -> "TracedText":
        if len(self.runs) == 1:
            text, is_own = self.runs[0]
            return TracedText.of([(text * count, is_own)])
        return TracedText.of(self.runs * count.__index__())

    __rmul__ = __mul__

    def __getitem__(self, key: SupportsIndex | slice) -> "TracedText":
        if not isinstance(key, slice):
            at = key.__index__()
            at = at + len(self) if at < 0 else at
            if not 0 <= at < len(self):
                raise IndexError("string index out of range")
            return self._between(at, at + 1)
        start, stop, step = key.indices(len(self))
        if step != 1:
            return TracedText.of([(str.__getitem__(self, key), False)])
        return self._between(start, stop)

    def strip(self, chars: str | None = None, /) -> "TracedText":
        return self.lstrip(chars).rstrip(chars)

    def lstrip(self, chars: str | None = None, /) -> "TracedText":
        return self._between(len(self) - len(super().lstrip(chars)), len(self))

    def rstrip(self, chars: str | None = None, /) -> "TracedText":
        return self._between(0, len(super().rstrip(chars)))

    def removeprefix(self, prefix: str, /) -> "TracedText":
        return self._between(len(prefix) if self.startswith(prefix) else 0, len(self))

    def removesuffix(self, suffix: str, /) -> "TracedText":
        cut = len(suffix) if suffix and self.endswith(suffix) else 0
        return self._between(0, len(self) - cut)

    def split(  # type: ignore[override]
        self, sep: str | None = None, maxsplit: SupportsIndex = -1
    ) -> "list[TracedText]":
        return self._located(super().split(sep, maxsplit), sep)

    def rsplit(  # type: ignore[override]
        self, sep: str | None = None, maxsplit: SupportsIndex = -1
    ) -> "list[TracedText]":
        return self._located(super().rsplit(sep, maxsplit), sep)

    def splitlines(self, keepends: bool = False) -> "list[TracedText]":  # type: ignore[override]
        return self._located(super().splitlines(keepends), None)

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> "TracedText":
        if not old:
            return TracedText.of([(super().replace(old, new, count), False)])
        kept = self._located(super().split(old, count), old)
        return concat([new]).join(kept)

    def join(self, items: Iterable[str], /) -> "TracedText":
        runs: list[Run] = []
        for number, item in enumerate(items):
            if number:
                runs += self.runs
            runs += runs_of(item)
        return TracedText.of(runs)

    def _between(self, start: int, stop: int) -> "TracedText":
        return self._cut([(start, stop)])[0]

    def _located(self, found: list[str], separator: str | None) -> "list[TracedText]":
        """The same pieces with their trace; they stand in this text one after the other."""
        spans: list[Span] = []
        at = 0
        for piece in found:
            # Space between pieces has no fixed length, but a piece never begins with it.
            start = self.find(piece, at) if separator is None else at
            at = start + len(piece)
            spans.append((start, at))
            at += len(separator or "")
        return self._cut(spans)

    def _cut(self, spans: Sequence[Span]) -> "list[TracedText]":
        """Stretches of this text in ascending order, each with its trace, in one pass."""
        pieces: list[TracedText] = []
        number, at = 0, 0  # the run that the next stretch begins in, and where that run begins
        for start, stop in spans:
            while number < len(self.runs) and at + len(self.runs[number][0]) <= start:
                at += len(self.runs[number][0])
                number += 1
            runs: list[Run] = []
            here, place = number, at
            while here < len(self.runs) and place < stop:
                text, is_own = self.runs[here]
                runs.append((text[max(start - place, 0) : stop - place], is_own))
                here, place = here + 1, place + len(text)
            pieces.append(TracedText.of(runs))
        return pieces


def runs_of(text: object) -> tuple[Run, ...]:
    """The runs of any value a template can print; plain strings are foreign."""
    if isinstance(text, TracedText):
        return text.runs
    return ((str(text), False),)


def concat(pieces: Iterable[str]) -> TracedText:
    """Join what a template printed."""
    return TracedText.of(run for piece in pieces for run in runs_of(piece))
