"""Where control and marker tokens stand in a prompt, and which of them a template wrote.

One rule for every engine: a marker becomes a token only where all of it is template text. Any other
occurrence is for the tokenizer to cut after its first character, so that it cannot form.
"""

from collections.abc import Iterable, Iterator, Sequence

from app.engine.protocol import PromptPart

Span = tuple[int, int]  # first character, and the one after the last


class MarkerFinder:
    """Finds the markers of a vocabulary in any text."""

    def __init__(self, markers: Iterable[str]) -> None:
        # Longest first, as a tokenizer matches added tokens.
        self._by_first: dict[str, tuple[str, ...]] = {}
        for marker in sorted(markers, key=len, reverse=True):
            first = marker[0]
            self._by_first[first] = (*self._by_first.get(first, ()), marker)

    def found(self, text: str) -> Iterator[tuple[int, str]]:
        """Every place where a marker stands, overlapping ones too, from left to right."""
        starts: list[int] = []
        for first in self._by_first:
            at = text.find(first)
            while at >= 0:
                starts.append(at)
                at = text.find(first, at + 1)
        for at in sorted(starts):
            candidates = self._by_first[text[at]]
            if text.startswith(candidates, at):
                yield at, next(marker for marker in candidates if text.startswith(marker, at))


def trusted_spans(parts: Sequence[PromptPart]) -> list[Span]:
    """Runs of template text, neighbouring parts joined."""
    spans: list[Span] = []
    at = 0
    for part in parts:
        end = at + len(part.text)
        if part.special and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], end)
        elif part.special:
            spans.append((at, end))
        at = end
    return spans


def is_trusted(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether all of these characters are template text."""
    return any(low <= start and end <= high for low, high in spans)


def checkpoints(parts: Sequence[PromptPart]) -> list[int]:
    """Characters before each checkpoint, each place once."""
    marks: list[int] = []
    at = 0
    for part in parts:
        at += len(part.text)
        if part.checkpoint and at not in marks:
            marks.append(at)
    return marks
