"""Text that remembers which of its characters a chat template wrote itself.

A template mixes its own markers with the words of users, tools and files. ``TracedText`` is a
string that carries, through the operations templates use, which runs came from the template.
Whatever loses the trace counts as foreign, so a mistake here can only cost a control token, never
make one.
"""

from collections.abc import Iterable
from typing import SupportsIndex

Run = tuple[str, bool]  # text, and whether the template wrote it


class TracedText(str):
    """A string made of runs. Behaves as the plain string in every other way."""

    __slots__ = ("runs",)

    runs: tuple[Run, ...]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "TracedText":
        merged: list[Run] = []
        for text, is_own in runs:
            if text and merged and merged[-1][1] == is_own:
                merged[-1] = (merged[-1][0] + text, is_own)
            elif text:
                merged.append((text, is_own))
        made = super().__new__(cls, "".join(text for text, _ in merged))
        made.runs = tuple(merged)
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
        return TracedText.of([*self.runs, *runs_of(other)])

    def __radd__(self, other: str) -> "TracedText":
        return TracedText.of([*runs_of(other), *self.runs])

    def __mul__(self, count: SupportsIndex) -> "TracedText":
        return TracedText.of(self.runs * count.__index__())

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
        return self._located(super().split(sep, maxsplit))

    def rsplit(  # type: ignore[override]
        self, sep: str | None = None, maxsplit: SupportsIndex = -1
    ) -> "list[TracedText]":
        return self._located(super().rsplit(sep, maxsplit))

    def splitlines(self, keepends: bool = False) -> "list[TracedText]":  # type: ignore[override]
        return self._located(super().splitlines(keepends))

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> "TracedText":
        if not old:
            return TracedText.of([(super().replace(old, new, count), False)])
        runs: list[Run] = []
        at, left = 0, count.__index__()
        while left != 0 and (found := self.find(old, at)) >= 0:
            runs += [*self._between(at, found).runs, *runs_of(new)]
            at, left = found + len(old), left - 1
        return TracedText.of([*runs, *self._between(at, len(self)).runs])

    def join(self, items: Iterable[str], /) -> "TracedText":
        runs: list[Run] = []
        for number, item in enumerate(items):
            if number:
                runs += self.runs
            runs += runs_of(item)
        return TracedText.of(runs)

    def _between(self, start: int, stop: int) -> "TracedText":
        runs: list[Run] = []
        at = 0
        for text, is_own in self.runs:
            low, high = max(start - at, 0), min(stop - at, len(text))
            if low < high:
                runs.append((text[low:high], is_own))
            at += len(text)
        return TracedText.of(runs)

    def _located(self, found: list[str]) -> "list[TracedText]":
        """The same pieces with their trace; they stand in this text one after the other."""
        pieces: list[TracedText] = []
        at = 0
        for piece in found:
            start = self.find(piece, at)
            pieces.append(self._between(start, start + len(piece)))
            at = start + len(piece)
        return pieces


def runs_of(text: object) -> tuple[Run, ...]:
    """The runs of any value a template can print; plain strings are foreign."""
    if isinstance(text, TracedText):
        return text.runs
    return ((str(text), False),)


def concat(pieces: Iterable[str]) -> TracedText:
    """Join what a template printed."""
    return TracedText.of(run for piece in pieces for run in runs_of(piece))
