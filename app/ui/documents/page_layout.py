"""Where each page of a document stands when they follow each other down one column."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QRectF

POINTS_PER_INCH, PIXELS_PER_INCH = 72.0, 96.0
GAP = 12
_LEAST_SCALE, _MOST_SCALE = 0.1, 8.0


class PageLayout:
    """Pixels of the view; pages are counted from 1. ``scale`` is pixels per point."""

    def __init__(
        self, sizes: Sequence[tuple[float, float]], view_width: int, zoom: float | None
    ) -> None:
        """``sizes`` in points; ``zoom`` 1 is the size on paper, None as wide as the view."""
        widest = max((width for width, _ in sizes), default=1.0) or 1.0
        fitting = (view_width - 2 * GAP) / widest
        scale = fitting if zoom is None else zoom * PIXELS_PER_INCH / POINTS_PER_INCH
        self.scale = min(max(scale, _LEAST_SCALE), _MOST_SCALE)
        self._sizes = [(width * self.scale, height * self.scale) for width, height in sizes]
        steps = (height + GAP for _, height in self._sizes)
        self._tops = list(accumulate(steps, initial=float(GAP)))
        self.width = max(view_width, round(widest * self.scale) + 2 * GAP)
        self.height = round(self._tops[-1])

    @property
    def count(self) -> int:
        return len(self._sizes)

    @property
    def zoom(self) -> float:
        return self.scale * POINTS_PER_INCH / PIXELS_PER_INCH

    def rect(self, number: int) -> QRectF:
        width, height = self._sizes[number - 1]
        return QRectF((self.width - width) / 2, self._tops[number - 1], width, height)

    def page_at(self, y: float) -> int:
        """The page at this height, or the one above the gap there."""
        return min(max(bisect_right(self._tops, y), 1), max(self.count, 1))

    def visible(self, top: float, bottom: float) -> range:
        """Numbers of the pages that can be seen between two heights."""
        if not self.count:
            return range(0)
        return range(self.page_at(top), self.page_at(bottom) + 1)
