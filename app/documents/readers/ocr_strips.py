"""Where lines of text are on a picture: strips that may be slanted, found by where ink is likely.

The way from likelihoods to lines is that of Liao et al., "Real-time Scene Text Detection with
Differentiable Binarization" (arXiv:1911.08947): connected areas, their least rectangles, grown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.documents.values import Box

Floats = NDArray[np.floating[Any]]

_INK = 0.3  # a pixel this likely belongs to a line
_SURE = 0.5  # … and all of a line's pixels together are at least this likely
_GROWTH = 1.6  # areas are trained to be smaller than their lines, by this much
_LEAST_SIDE = 3.0
_UPRIGHT = 1.5  # times higher than wide: a line that runs down the page
_LEVEL_PIXELS = 1.0  # a strip that rises less is cut out as it is


@dataclass(frozen=True, slots=True)
class Strip:
    """A rectangle around its middle, turned clockwise by ``angle``, in pixels of its picture."""

    x: float
    y: float
    width: float
    height: float
    angle: float  # radians

    @property
    def is_upright(self) -> bool:
        return self.height >= self.width * _UPRIGHT

    def cut(self, picture: Image.Image) -> Image.Image:
        """The pixels of the strip, level; one that runs down the page is turned to the left."""
        width, height = max(round(self.width), 1), max(round(self.height), 1)
        left, top = self._at(0.0, 0.0)
        if abs(sin(self.angle)) * self.width < _LEVEL_PIXELS:
            x, y = round(left), round(top)
            level = picture.crop((x, y, x + width, y + height))
        else:
            across, down = (cos(self.angle), -sin(self.angle)), (sin(self.angle), cos(self.angle))
            level = picture.transform(
                (width, height),
                Image.Transform.AFFINE,
                (*across, left, *down, top),
                Image.Resampling.BICUBIC,
            )
        return level.transpose(Image.Transpose.ROTATE_90) if self.is_upright else level

    def part(self, start: float, end: float) -> Box:
        """The box around what is between two shares, 0 to 1, of the way along the line."""
        if self.is_upright:
            corners = [self._at(x, y) for x in (0.0, 1.0) for y in (start, end)]
        else:
            corners = [self._at(x, y) for x in (start, end) for y in (0.0, 1.0)]
        xs, ys = zip(*corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def _at(self, across: float, down: float) -> tuple[float, float]:
        x, y = (across - 0.5) * self.width, (down - 0.5) * self.height
        return (
            self.x + x * cos(self.angle) - y * sin(self.angle),
            self.y + x * sin(self.angle) + y * cos(self.angle),
        )


def find_strips(likely: Floats, scale: float) -> list[Strip]:
    """``likely`` (height, width): how likely each pixel is ink, of a picture ``scale`` times the
    size of the one that the strips are for.
    """
    found = []
    for runs in _areas(likely > _INK):
        strip = _strip(runs)
        if min(strip.width, strip.height) < _LEAST_SIDE or _mean(likely, runs) < _SURE:
            continue
        growth = strip.width * strip.height * _GROWTH / (strip.width + strip.height)
        found.append(
            Strip(
                strip.x / scale,
                strip.y / scale,
                (strip.width + growth) / scale,
                (strip.height + growth) / scale,
                strip.angle,
            )
        )
    return found


def _areas(mask: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Rows (y, first x, x after the last) of each area whose pixels touch, corners included."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    step = mask.shape[1] + 2
    # The runs of the row below that begin before this one ends, and end after it begins.
    first = np.searchsorted(rows * step + ends, (rows + 1) * step + starts)
    last = np.searchsorted(rows * step + starts, (rows + 1) * step + ends, side="right")
    parents = list(range(len(rows)))
    for above in range(len(rows)):
        for below in range(first[above], last[above]):
            one, other = _root(parents, above), _root(parents, below)
            parents[max(one, other)] = min(one, other)
    roots = np.array([_root(parents, run) for run in range(len(rows))], np.intp)
    order = np.argsort(roots, kind="stable")
    runs = np.stack((rows, starts, ends), axis=1)[order]
    yield from np.split(runs, np.nonzero(np.diff(roots[order]))[0] + 1) if len(runs) else ()


def _root(parents: list[int], run: int) -> int:
    while parents[run] != run:
        parents[run] = run = parents[parents[run]]
    return run


def _strip(runs: NDArray[np.intp]) -> Strip:
    """The least rectangle around an area; its angle within 45 degrees."""
    rows, starts, ends = runs.T.astype(np.float64)
    xs = np.concatenate((starts, ends, starts, ends))
    ys = np.concatenate((rows, rows, rows + 1, rows + 1))
    angle = _least(xs, ys, np.linspace(-pi / 4, pi / 4, 91))
    angle = _least(xs, ys, angle + np.linspace(-pi / 180, pi / 180, 41))
    level = _least(xs, ys, np.array([0.0, angle]))  # the first of two that are as good
    (left,), (right,), (top,), (bottom,) = _bounds(xs, ys, np.array([level]))
    x, y = (left + right) / 2, (top + bottom) / 2
    return Strip(
        x * cos(level) - y * sin(level),
        x * sin(level) + y * cos(level),
        float(right - left),
        float(bottom - top),
        level,
    )


def _least(xs: Floats, ys: Floats, angles: Floats) -> float:
    """The angle at which the rectangle around these points is smallest."""
    left, right, top, bottom = _bounds(xs, ys, angles)
    return float(angles[np.argmin((right - left) * (bottom - top))])


def _bounds(xs: Floats, ys: Floats, angles: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Left, right, top and bottom edge, one per angle, seen from a picture turned by it."""
    across = np.outer(np.cos(angles), xs) + np.outer(np.sin(angles), ys)
    down = np.outer(np.cos(angles), ys) - np.outer(np.sin(angles), xs)
    return across.min(1), across.max(1), down.min(1), down.max(1)


def _mean(likely: Floats, runs: NDArray[np.intp]) -> float:
    values = np.concatenate([likely[row, start:end] for row, start, end in runs])
    return float(values.mean())
