"""A hairline where a list is cut off by what stands below it; nothing where the list ends."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.ui.theme import Theme


class ScrollEdge(QWidget):
    """To be laid out right below the list."""

    def __init__(self, area: QAbstractScrollArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = QColor()
        self._bar = area.verticalScrollBar()
        self._bar.valueChanged.connect(self.update)
        self._bar.rangeChanged.connect(self.update)
        self.setFixedHeight(1)

    def set_theme(self, theme: Theme) -> None:
        self._color = theme.color("line")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bar.value() < self._bar.maximum():
            QPainter(self).fillRect(QRect(0, 0, self.width(), 1), self._color)
