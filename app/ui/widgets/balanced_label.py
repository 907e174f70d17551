"""Centred words whose lines are about equally long, so that none ends alone on the last."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

_FLAGS = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


class BalancedLabel(QLabel):
    """As many lines as the width asks for, each no wider than that takes."""

    def __init__(self, text: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        spare = area.width() - self.narrowest(area.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area.adjusted(spare // 2, 0, -(spare // 2), 0), _FLAGS, self.text())

    def narrowest(self, width: int) -> int:
        """The least width that takes no more lines than this one."""
        height = self._height(width)
        low, high = 1, width
        while low < high:
            middle = (low + high) // 2
            if self._needs_no_more(middle, height):
                high = middle
            else:
                low = middle + 1
        return high

    def _needs_no_more(self, width: int, height: int) -> bool:
        words = self.fontMetrics().boundingRect(QRect(0, 0, width, 0), _FLAGS, self.text())
        return words.height() <= height and words.width() <= width

    def _height(self, width: int) -> int:
        return self.fontMetrics().boundingRect(QRect(0, 0, width, 0), _FLAGS, self.text()).height()
