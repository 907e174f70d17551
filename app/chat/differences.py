"""Where texts that should be alike part."""

from collections.abc import Sequence
from dataclasses import dataclass

_BEFORE, _AFTER = 24, 40  # characters shown around a difference


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What stands around a difference, on one line; ``mark`` is the character that differs."""

    before: str
    mark: str
    after: str


def first_difference(texts: Sequence[str]) -> int | None:
    """The place of the first character that is not the same in all of them; None where all are."""
    low, high = min(texts, default=""), max(texts, default="")  # these two differ first
    pairs = enumerate(zip(low, high, strict=False))
    common = next((at for at, (one, other) in pairs if one != other), len(low))
    return None if low == high else common


def excerpt(text: str, at: int) -> Excerpt:
    """``mark`` is empty where the text has ended already."""
    start, end = max(0, at - _BEFORE), at + 1 + _AFTER
    before = "…" * (start > 0) + _one_line(text[start:at])
    after = _one_line(text[at + 1 : end]) + "…" * (end < len(text))
    return Excerpt(before, _one_line(text[at : at + 1]), after)


def _one_line(text: str) -> str:
    """As long as it was, so that spaces at its ends stay; a line end is shown as its sign."""
    return "".join("↵" if char in "\r\n" else " " if char.isspace() else char for char in text)
