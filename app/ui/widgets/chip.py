"""A button with a state dot: what something is called, and below it how it is."""

import re
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.widgets.switch import SWITCH_ASPECT, paint_switch

Tone = Literal["ok", "warn", "danger", "muted"]

_INSET, _ABOVE, _GAP = 10, 7, 9  # pixels: beside, above and below, behind the dot
_MOST_LINES = 2  # of the title, and of the caption
_JOINTS = re.compile(r"(?<=[:/_])(?=.)")  # where an address or a file's name may be broken


@dataclass(frozen=True, slots=True)
class ChipText:
    """``title`` on the first line, ``caption`` with the state in words on the second."""

    title: str
    caption: str
    tone: Tone


class Chip(QAbstractButton):
    """With ``has_switch`` it is a check box that draws itself as a switch."""

    def __init__(self, *, has_switch: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_switch = has_switch
        self._text = ChipText("", "", "muted")
        self._is_short = False
        self._theme = Theme.load("light")
        self.setCheckable(has_switch)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def shown(self) -> ChipText:
        return self._text

    def show_text(self, text: ChipText) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(f"{text.title}: {text.caption}")
            self.setToolTip(f"{text.title}\n{text.caption}")
            self.updateGeometry()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_short(self, is_short: bool) -> None:
        """Where height is short the caption is left out, unless something is wrong."""
        if is_short != self._is_short:
            self._is_short = is_short
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, self._height(1, 0 if self._is_short else 1))

    def heightForWidth(self, width: int) -> int:
        """Words that do not fit beside the switch go on in a second line."""
        room = self._room(width)
        return self._height(*(len(self._lines(is_title, room)) for is_title in (True, False)))

    def _height(self, titles: int, captions: int) -> int:
        return titles * self._line(True) + captions * self._line(False) + 2 * _ABOVE + 1

    def _line(self, is_title: bool) -> int:
        size = self._theme.size("secondary" if is_title else "caption")
        return round(size * self._theme.size("line_height_percent") / 100)

    def _left(self) -> int:
        return _INSET + self._theme.size("dot") + _GAP

    def _room(self, width: int) -> int:
        switch = self._switch_size().width() + 8 if self._has_switch else 0
        return max(1, width - self._left() - _INSET - switch)

    def _font(self, is_title: bool) -> QFont:
        return self._theme.font("secondary" if is_title else "caption")

    def _lines(self, is_title: bool, room: int) -> list[str]:
        if not is_title and self._is_short and self._text.tone in ("ok", "muted"):
            return []
        text = self._text.title if is_title else self._text.caption
        return _wrapped(text, self._font(is_title), room)

    def _switch_size(self) -> QSize:
        height = self._theme.size("switch")
        return QSize(round(height * SWITCH_ASPECT), height)

    def nextCheckState(self) -> None:
        """Stay as it is: the switch follows the state of what it switches, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inner = QRectF(self.rect()).adjusted(_INSET, _ABOVE, -_INSET, -_ABOVE)
        dot = self._theme.size("dot")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._text.tone))
        middle = inner.y() + self._line(True) / 2
        painter.drawEllipse(QRectF(inner.x(), middle - dot / 2, dot, dot))
        below = self._paint_lines(painter, inner.y(), True)
        self._paint_lines(painter, below, False)
        if self._has_switch:
            size = self._switch_size()
            track = QRectF(inner.right() - size.width(), 0, size.width(), size.height())
            track.moveTop(inner.center().y() - size.height() / 2)
            paint_switch(painter, track, self.isChecked(), self._theme)

    def _paint_ground(self, painter: QPainter) -> None:
        ring = self._theme.size("focus_ring")
        radius = self._theme.size("radius")
        half = ring / 2
        area = QRectF(self.rect()).adjusted(half, half, -half, -half)
        is_lit = self.underMouse() or self.isDown()
        painter.setBrush(self._theme.color("selected" if self.isDown() else "hover"))
        if is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(area, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), ring))
            painter.drawRoundedRect(area, radius, radius)

    def _paint_lines(self, painter: QPainter, top: float, is_title: bool) -> float:
        """Returns where they end."""
        painter.setFont(self._font(is_title))
        painter.setPen(self._theme.color("text" if is_title else "muted"))
        room, height = self._room(self.width()), self._line(is_title)
        for line in self._lines(is_title, room):
            area = QRectF(self._left(), top, room, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
            top += height
        return top


def _wrapped(text: str, font: QFont, room: int) -> list[str]:
    """Whole as long as two lines hold it."""
    broken = _JOINTS.sub("\u200b", text)
    layout = QTextLayout(broken, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:_MOST_LINES], len(broken)]
    lines = [broken[start:end].strip() for start, end in zip(starts, ends, strict=False)]
    metrics = QFontMetrics(font)
    return [
        metrics.elidedText(line.replace("\u200b", ""), Qt.TextElideMode.ElideRight, room)
        for line in lines
    ] or [""]
