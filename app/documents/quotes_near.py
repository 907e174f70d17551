"""Finds the passage that a quote comes nearest to, by pieces of it that the document has."""

from collections import defaultdict
from dataclasses import dataclass

from app.documents.quotes_fold import is_han
from app.documents.quotes_index import ProofIndex, Skeleton

_PIECE = 10  # letters and digits
_HAN_PIECE = 4
_DRIFT = 24  # letters that words may have been added or left out by
_MIN_SHARE = 0.3
_JOINED_SHARE = 0.75
_MAX_PIECES = 48
_MAX_HITS = 20


@dataclass(frozen=True, slots=True)
class Near:
    """A stretch of the skeleton like the quote; ``share`` of its pieces are there."""

    start: int
    end: int
    share: float


def nearest(index: ProofIndex, skeleton: Skeleton, bones: str) -> list[Near]:
    """The stretches most like the quote, best first: one, or two that were joined."""
    size = _HAN_PIECE if 2 * sum(map(is_han, bones)) > len(bones) else _PIECE
    size = max(2, min(size, len(bones) // 4))
    step = max(size // 2, len(bones) // _MAX_PIECES)
    offsets = range(0, len(bones) - size + 1, step)
    hits: defaultdict[int, dict[int, int]] = defaultdict(dict)  # by where the quote would begin
    for offset in offsets:
        piece = bones[offset : offset + size]
        for at, _ in zip(index.find(piece, skeleton), range(_MAX_HITS), strict=False):
            for bucket in ((at - offset) // _DRIFT, (at - offset) // _DRIFT + 1):
                hits[bucket].setdefault(offset, at)
    found: list[Near] = []
    covered: set[int] = set()
    for bucket in sorted(hits, key=lambda bucket: (-len(hits[bucket]), bucket))[:12]:
        pieces = {offset: at for offset, at in hits[bucket].items() if offset not in covered}
        if not found or len(pieces) >= max(2, 0.15 * len(offsets)):
            found.append(_stretch(pieces, len(bones), len(offsets), is_whole=not found))
            covered |= set(pieces)
        if len(found) == 2:
            break
    if not found or (found[0].share < _MIN_SHARE and found[0].share * len(offsets) < 3):
        return []
    if len(found) == 2 and found[0].share + found[1].share < _JOINED_SHARE:
        return found[:1]
    return found


def _stretch(pieces: dict[int, int], length: int, count: int, *, is_whole: bool) -> Near:
    first, last = min(pieces), max(pieces)
    start = pieces[first] - (first if is_whole else 0)
    end = pieces[last] + (length - last if is_whole else _PIECE)
    return Near(max(0, start), max(end, start + 1), len(pieces) / count)
