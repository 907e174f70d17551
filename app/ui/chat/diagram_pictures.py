"""Diagrams as pictures: drawn elsewhere, once for each size and theme, and kept for a while."""

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QImage

from app.diagrams.drawer import Drawer, can_draw
from app.diagrams.job import LANGUAGES, LONGEST, UNIT_FONT, DiagramJob, Drawing
from app.ui.chat.rows import Row, RowKind
from app.ui.chat.style import Style

SMALLEST = 0.6  # of its size; a diagram that is wider still is scrolled sideways

_KEPT, _KEPT_BYTES = 200, 48 << 20
_MEASURED_AT = 100  # pixels
_SIDES = 32  # pixels of the column beside the picture


@dataclass(frozen=True, slots=True)
class DiagramPicture:
    """Width and height are those of the diagram with letters of one pixel."""

    image: QImage
    width: float
    height: float


class Key(NamedTuple):
    """What a picture depends on. size: of the letters, in pixels; ratio: device pixels each."""

    source: str
    theme: str
    size: int
    family: str
    ratio: int


def is_diagram(row: Row) -> bool:
    """Whether the row is finished code that can be drawn here."""
    return (
        row.kind is RowKind.CODE
        and not row.is_open
        and row.info.lower() in LANGUAGES
        and len(row.text) <= LONGEST
        and can_draw()
    )


def key_of(source: str, style: Style, ratio: float) -> Key:
    family = QFontInfo(style.body).family()
    return Key(source, style.theme.name, style.body.pixelSize(), family, max(1, round(ratio + 0.3)))


class DiagramPictures:
    """GUI thread only. A picture that nobody waits for any more is not drawn."""

    def __init__(self, drawer: Drawer[DiagramPicture] | None = None) -> None:
        self._drawer = drawer or Drawer(_developed)
        self._kept: OrderedDict[Key, DiagramPicture | None] = OrderedDict()
        self._waited: dict[Key, tuple[Future[DiagramPicture | None], int]] = {}
        self._letters: dict[str, tuple[dict[str, float], float]] = {}
        self._as_source: set[str] = set()

    def find(self, key: Key) -> DiagramPicture | None:
        """The picture; until there is one, one of another theme or size."""
        found = self._kept.get(key)
        if key in self._kept:
            self._kept.move_to_end(key)
            return found
        same = (kept for other, kept in reversed(self._kept.items()) if other.source == key.source)
        return next((kept for kept in same if kept is not None), None)

    def is_done(self, key: Key) -> bool:
        """Whether it was drawn, or refused."""
        return key in self._kept

    def is_refused(self, key: Key) -> bool:
        return key in self._kept and self._kept[key] is None

    def want(self, key: Key, style: Style) -> "Future[DiagramPicture | None]":
        """Have it drawn; who wants it must ``leave`` in the end, whether it is done or not."""
        result, count = self._waited.get(key) or (self._drawer.draw(self._job(key, style)), 0)
        self._waited[key] = result, count + 1
        return result

    def leave(self, key: Key) -> None:
        result, count = self._waited.pop(key)
        if result.done() and not result.cancelled():
            self._keep(key, result.result())
        if count > 1:
            self._waited[key] = result, count - 1
        else:
            result.cancel()

    def show_source(self, source: str, *, is_shown: bool) -> None:
        """Whether the source is to be seen in the place of the picture."""
        (self._as_source.add if is_shown else self._as_source.discard)(source)

    def is_source_shown(self, source: str) -> bool:
        return source in self._as_source

    def _keep(self, key: Key, picture: DiagramPicture | None) -> None:
        self._kept[key] = picture
        size = sum(kept.image.sizeInBytes() for kept in self._kept.values() if kept is not None)
        while len(self._kept) > (_KEPT if size <= _KEPT_BYTES else 1):
            _, gone = self._kept.popitem(last=False)
            size -= gone.image.sizeInBytes() if gone is not None else 0

    def _job(self, key: Key, style: Style) -> DiagramJob:
        theme = style.theme
        advances, bold = self._letters_of(key)
        return DiagramJob(
            source=key.source,
            is_dark=theme.is_dark,
            colors=theme.colors,
            family=key.family,
            advances=advances,
            bold=bold,
            scale=key.size / UNIT_FONT,
            room=theme.size("column") - _SIDES,
            smallest=SMALLEST,
            ratio=key.ratio,
        )

    def _letters_of(self, key: Key) -> tuple[dict[str, float], float]:
        """How wide the letters of the source are; each is measured once."""
        font = QFont(key.family)
        font.setPixelSize(_MEASURED_AT)
        metrics = QFontMetricsF(font)
        if key.family not in self._letters:
            font.setBold(True)
            usual = "the quick brown fox"
            bold = QFontMetricsF(font).horizontalAdvance(usual) / metrics.horizontalAdvance(usual)
            self._letters[key.family] = {}, bold
        known, bold = self._letters[key.family]
        letters = {letter for letter in key.source if letter.isprintable() and letter < "\u2e80"}
        for letter in letters - known.keys():
            known[letter] = metrics.horizontalAdvance(letter) / _MEASURED_AT
        return {letter: known[letter] for letter in letters}, bold


def _developed(drawing: Drawing) -> DiagramPicture | None:
    """In the drawer's thread."""
    image = QImage.fromData(drawing.png, "PNG")
    if image.isNull():
        return None
    image.convertTo(QImage.Format.Format_ARGB32_Premultiplied)
    return DiagramPicture(image, drawing.width, drawing.height)


PICTURES = DiagramPictures()
