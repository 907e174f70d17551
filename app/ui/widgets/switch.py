"""A switch: on or off, at once."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from app.ui.theme import Theme

SWITCH_ASPECT = 30 / 18
_RING = 3  # around the switch, for the focus


class Switch(QCheckBox):
    """A check box without words of its own; ``name`` is what screen readers say."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = self._theme.size("switch")
        return QSize(round(height * SWITCH_ASPECT) + 2 * _RING, height + 2 * _RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, _: object) -> bool:
        return True

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), self._theme.size("focus_ring")))
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        painter.setOpacity(1 if self.isEnabled() else 0.5)
        track = QRectF(self.rect()).adjusted(_RING, _RING, -_RING, -_RING)
        paint_switch(painter, track, self.isChecked(), self._theme)


def paint_switch(painter: QPainter, track: QRectF, is_on: bool, theme: Theme) -> None:
    """A filled track with the knob on the right is on; an outline with it on the left is off."""
    radius = track.height() / 2
    color = theme.color("accent" if is_on else "muted")
    painter.setPen(QPen(color, 1.5))
    painter.setBrush(color if is_on else theme.color("surface"))
    painter.drawRoundedRect(track.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("on_accent") if is_on else color)
    knob = radius * 0.56
    x = track.right() - radius if is_on else track.left() + radius
    painter.drawEllipse(QPointF(x, track.center().y()), knob, knob)
