"""One line of text that ends in an ellipsis where the space ends."""

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_END = re.compile(r"\s*(?:\([^()]{1,24}\)|（[^（）]{1,24}）)$")
_LEAST = 4  # letters before a kept end


class ElidedLabel(QLabel):
    """Shows as much as fits; the tooltip has the whole text when that is less than all."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._explain()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.contentsRect(), int(self.alignment()) | Qt.TextFlag.TextSingleLine, self._elided()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def _elided(self) -> str:
        return elided(self.text(), self.fontMetrics(), self.contentsRect().width())

    def _explain(self) -> None:
        self.setToolTip(self.text() if self._elided() != self.text() else "")


def elided(text: str, metrics: QFontMetrics, width: int) -> str:
    """As much as fits. What ends the text in brackets stays: it tells a branch from its chat."""
    end = _END.search(text) if metrics.horizontalAdvance(text) > width else None
    room = width - metrics.horizontalAdvance(end[0]) if end else 0
    mode = Qt.TextElideMode.ElideRight
    if end is None or room < _LEAST * metrics.averageCharWidth():
        return metrics.elidedText(text, mode, width)
    return metrics.elidedText(text[: end.start()], mode, room) + end[0]
