"""Rectangles of a range of characters, and characters at a point, on a page of known words."""

from collections.abc import Iterable, Sequence

from app.documents.values import Box, Word

_SAME_LINE = 0.5  # of the smaller height must overlap
_MAX_GAP = 1.5  # line heights between two boxes of one line; more is another column


def merge_lines(boxes: Iterable[Box]) -> list[Box]:
    """One box per line and column instead of one per word or change of font; order is kept."""
    merged: list[Box] = []
    for box in boxes:
        if box.right <= box.left or box.bottom <= box.top:
            continue
        if merged and _continues(merged[-1], box):
            merged[-1] = _around(merged[-1], box)
        else:
            merged.append(box)
    return merged


def boxes_of_words(words: Sequence[Word], start: int, end: int) -> list[Box]:
    """Boxes of the words that characters ``start`` to ``end`` touch, merged per line."""
    return merge_lines(word.box for word in words if word.start < end and word.end > start)


def selection_in_words(
    words: Sequence[Word], x0: float, y0: float, x1: float, y1: float
) -> tuple[int, int] | None:
    """Characters between two points: from the word nearest to one to that nearest to the other."""
    if not words:
        return None
    ends = [min(words, key=lambda word: _distance(word.box, x, y)) for x, y in ((x0, y0), (x1, y1))]
    return min(word.start for word in ends), max(word.end for word in ends)


def _continues(line: Box, box: Box) -> bool:
    height = min(line.bottom - line.top, box.bottom - box.top)
    overlap = min(line.bottom, box.bottom) - max(line.top, box.top)
    gap = max(box.left - line.right, line.left - box.right)
    return overlap > height * _SAME_LINE and gap < max(height, 1.0) * _MAX_GAP


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _distance(box: Box, x: float, y: float) -> float:
    """From the point to the box; lines count before columns, as readers do."""
    across = max(box.left - x, x - box.right, 0.0)
    along = max(box.top - y, y - box.bottom, 0.0)
    return across + along * 3
