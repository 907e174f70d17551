"""Why a prompt could not reuse an earlier one: where their texts part."""

from collections.abc import Iterable
from dataclasses import dataclass

_AROUND = 80  # characters shown on each side


@dataclass(frozen=True, slots=True)
class PrefixMiss:
    """The first difference from the most similar earlier prompt; counts in characters."""

    earlier_id: int
    shared: int
    earlier_length: int
    before: str  # what both have just before it
    was: str  # how the earlier one went on
    now: str


def prefix_miss(prompt: str, earlier: Iterable[tuple[int, str]]) -> PrefixMiss | None:
    """None when the prompt goes on from the whole of an earlier one, or nothing came earlier."""
    best: tuple[int, int, str] | None = None
    for earlier_id, text in earlier:
        shared = shared_length(prompt, text)
        if best is None or shared >= best[0]:
            best = shared, earlier_id, text
    if best is None or best[0] == len(best[2]):
        return None
    shared, earlier_id, text = best
    return PrefixMiss(
        earlier_id,
        shared,
        len(text),
        prompt[max(0, shared - _AROUND) : shared],
        text[shared : shared + _AROUND],
        prompt[shared : shared + _AROUND],
    )


def shared_length(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
