"""Formulas as pictures: typeset by mathra, painted once for each size and colour, and kept."""

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

import mathra
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_KEPT = 600
_WIDEST, _HIGHEST = 3_000, 1_500  # pixels
_FORMAT = QImage.Format.Format_ARGB32_Premultiplied
_SLICE_S, _REST_S = 0.006, 0.016  # so long is painted, then so long everything else goes first
_EM = re.compile(r'width="([\d.]+)em" height="([\d.]+)em" style="vertical-align: (-?[\d.]+)em"')
# What QSvgRenderer would paint wrongly or warn of: the invisible text layer and its style.
_UNSEEN = re.compile(r"<(metadata|title|text|style)\b.*?</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FormulaImage:
    """``ascent`` above and ``descent`` below the line of text, in pixels.

    Qt does not smooth a picture in a text: it has to be as many pixels as the screen shows of it.
    """

    image: QImage
    width: float
    ascent: float
    descent: float
    speech: str


class FormulaPainter:
    """GUI thread only. Paints for a few milliseconds at a time; None means "not yet"."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], FormulaImage | str] = OrderedDict()
        self._began = 0.0

    def image(
        self, tex: str, size: int, color: str, *, is_display: bool, ratio: float = 1.0
    ) -> FormulaImage | str | None:
        """The picture; a sentence about why there is none; None when there was no time for it.

        ``ratio``: how many pixels of the screen one pixel of the window is.
        """
        key = (tex, is_display, size, color, ratio)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if not self._has_time():
            return None
        made = _made(tex, size, color, is_display, ratio)
        self._kept[key] = made
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def _has_time(self) -> bool:
        now = time.perf_counter()
        if now - self._began > _SLICE_S + _REST_S:
            self._began = now
        return now - self._began <= _SLICE_S


def _made(tex: str, size: int, color: str, is_display: bool, ratio: float) -> FormulaImage | str:
    try:
        found = mathra.render(tex, display=is_display)
    except ValueError as error:
        return str(error)
    if found["warnings"]:  # it would be drawn in red, or not as it was meant
        return str(found["warnings"][0]["description"])
    svg = found["svg"]
    measures = _EM.search(svg)
    if measures is None:
        return "it has no size"
    width, height, below = (float(value) * size for value in measures.groups())
    if not 0 < width <= _WIDEST or not 0 < height <= _HIGHEST:
        return "it is too large"
    place = QRectF(0, 0, width * ratio, height * ratio)
    above, below_line = ceil((height + below) * ratio) + 1, ceil(-below * ratio) + 1
    place.moveTop(above - (height + below) * ratio)  # its line between two rows of pixels
    image = QImage(ceil(place.width()), above + below_line, _FORMAT)
    _paint(image, _UNSEEN.sub("", svg).replace("currentColor", color), place)
    return FormulaImage(
        image, image.width() / ratio, above / ratio, below_line / ratio, found["speech"]
    )


def _paint(image: QImage, svg: str, place: QRectF) -> None:
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, place)
    painter.end()


FORMULAS = FormulaPainter()
