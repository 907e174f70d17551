"""A two-line button with a state dot: what something is called, and how it is."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.widgets.switch import SWITCH_ASPECT, paint_switch

Tone = Literal["ok", "warn", "danger", "muted"]


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
        self._theme = Theme.load("light")
        self.setCheckable(has_switch)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def shown(self) -> ChipText:
        return self._text

    def show_text(self, text: ChipText) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(f"{text.title}: {text.caption}")
            self.setToolTip(f"{text.title}\n{text.caption}")
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._theme
        lines = theme.size("secondary") + theme.size("caption")
        return QSize(160, round(lines * theme.size("line_height_percent") / 100) + 15)

    def _switch_size(self) -> QSize:
        height = self._theme.size("switch")
        return QSize(round(height * SWITCH_ASPECT), height)

    def nextCheckState(self) -> None:
        """Stay as it is: the switch follows the state of what it switches, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inner = QRectF(self.rect()).adjusted(10, 7, -10, -7)
        dot = self._theme.size("dot")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._text.tone))
        first_line = QRectF(inner.x(), inner.y(), inner.width(), inner.height() / 2)
        painter.drawEllipse(QRectF(inner.x(), first_line.center().y() - dot / 2, dot, dot))
        left = inner.x() + dot + 9
        right = inner.right() - (self._switch_size().width() + 8 if self._has_switch else 0)
        self._paint_line(painter, QRectF(left, inner.y(), right - left, inner.height() / 2), True)
        self._paint_line(
            painter, QRectF(left, inner.center().y(), right - left, inner.height() / 2), False
        )
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

    def _paint_line(self, painter: QPainter, area: QRectF, is_first: bool) -> None:
        size = "secondary" if is_first else "caption"
        painter.setFont(self._theme.font(size))
        painter.setPen(self._theme.color("text" if is_first else "muted"))
        text = self._text.title if is_first else self._text.caption
        elided = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideMiddle, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
