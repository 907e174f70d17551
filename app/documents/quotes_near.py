"""Finds the passage that a quote comes nearest to, by pieces of it that the document has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.documents.quotes_fold import is_han

_PIECE = 8  # letters and digits
_SHORT_PIECE = 4  # of Chinese, and of a short quote
_DRIFT = 24  # letters that words may have been added or left out by
_MIN_SHARE = 0.3
_JOINED_SHARE = 0.75
_MAX_PIECES = 48
_MAX_HITS = 20  # of one piece
_MAX_LOOKED_AT = 8000
_BUCKET_BITS = 20
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Near:
    """A stretch of the skeleton like the quote; ``share`` of its pieces are there."""

    start: int
    end: int
    share: float


class Grams:
    """Finds many pieces of one length in a text at once: all its stretches of it as numbers."""

    def __init__(self, text: str, size: int) -> None:
        self.text = text
        self.size = size
        self._hashes = _hashes(text, size)
        self._buckets = (self._hashes >> np.uint32(32 - _BUCKET_BITS)).astype(np.int32)

    def find(self, pieces: Iterable[str]) -> Iterator[tuple[str, int]]:
        """(piece, place), by place; pieces that stand everywhere are cut short."""
        wanted = dict.fromkeys(pieces)
        if not wanted or not len(self._hashes):
            return
        hashes = np.concatenate([_hashes(piece, self.size) for piece in wanted])
        table = np.zeros(1 << _BUCKET_BITS, dtype=np.bool_)
        table[hashes >> np.uint32(32 - _BUCKET_BITS)] = True
        places = np.flatnonzero(table[self._buckets])[:_MAX_LOOKED_AT]
        for at in places.tolist():
            piece = self.text[at : at + self.size]
            if piece in wanted:
                yield piece, at


def piece_size(bones: str) -> int:
    """The length of the pieces that a quote is looked for by."""
    is_chinese = 2 * sum(map(is_han, bones)) > len(bones)
    return _SHORT_PIECE if is_chinese or len(bones) < 4 * _PIECE else _PIECE


def nearest(grams: Grams, bones: str) -> list[Near]:
    """The stretches most like the quote, best first: one, or two that were joined."""
    step = max(grams.size // 2, len(bones) // _MAX_PIECES)
    offsets = range(0, len(bones) - grams.size + 1, step)
    hits = _hits(grams, {offset: bones[offset : offset + grams.size] for offset in offsets})
    found: list[Near] = []
    covered: set[int] = set()
    for bucket in sorted(hits, key=lambda bucket: (-len(hits[bucket]), bucket))[:12]:
        pieces = {offset: at for offset, at in hits[bucket].items() if offset not in covered}
        if not found or len(pieces) >= max(2, 0.15 * len(offsets)):
            found.append(_stretch(pieces, bones, len(offsets), grams.size, is_whole=not found))
            covered |= set(pieces)
        if len(found) == 2:
            break
    if not found or (found[0].share < _MIN_SHARE and found[0].share * len(offsets) < 3):
        return []
    if len(found) == 2 and found[0].share + found[1].share < _JOINED_SHARE:
        return found[:1]
    return found


def _hits(grams: Grams, pieces: dict[int, str]) -> dict[int, dict[int, int]]:
    """By where the quote would begin: the offsets of its pieces and where those stand."""
    offsets_of: defaultdict[str, list[int]] = defaultdict(list)
    for offset, piece in pieces.items():
        offsets_of[piece].append(offset)
    counts: defaultdict[str, int] = defaultdict(int)
    hits: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for piece, at in grams.find(offsets_of):
        counts[piece] += 1
        if counts[piece] > _MAX_HITS:
            continue
        for offset in offsets_of[piece]:
            bucket = (at - offset) // _DRIFT
            hits[bucket].setdefault(offset, at)
            hits[bucket + 1].setdefault(offset, at)
    return hits


def _stretch(pieces: dict[int, int], bones: str, count: int, size: int, *, is_whole: bool) -> Near:
    first, last = min(pieces), max(pieces)
    start = pieces[first] - (first if is_whole else 0)
    end = pieces[last] + (len(bones) - last if is_whole else size)
    return Near(max(0, start), max(end, start + 1), len(pieces) / count)


def _hashes(text: str, size: int) -> NDArray[np.uint32]:
    """One number for each stretch of ``size`` characters."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint32)
    total = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        total *= _BASE
        total += codes[offset : offset + count]
    return (total >> np.uint64(32)).astype(np.uint32)
