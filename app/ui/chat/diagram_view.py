"""The picture of a diagram: as wide as the column at most, a very wide one scrolled sideways."""

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.ui.chat.diagram_pictures import SMALLEST, DiagramPicture
from app.ui.chat.sideways import scroll_sideways
from app.ui.chat.text_block import is_by_keyboard

_STEP = 40  # pixels, by the arrow keys


class DiagramView(QAbstractScrollArea):
    """Passes everything that would scroll it up or down to the page."""

    focus_shown = Signal(bool)  # whether a ring belongs around it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: DiagramPicture | None = None
        self._shown = QSizeF()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.horizontalScrollBar().setSingleStep(_STEP)

    @property
    def picture(self) -> DiagramPicture | None:
        return self._picture

    def show_picture(self, picture: DiagramPicture, letters: int, width: int) -> int:
        """Show it with letters of so many pixels; returns the height that it needs."""
        self._picture = picture
        natural = QSizeF(picture.width, picture.height) * letters
        self._shown = natural * min(1.0, max(width / natural.width(), SMALLEST))
        is_wide = self._shown.width() > width + 1
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if is_wide else policy.ScrollBarAlwaysOff
        )
        bar = self.horizontalScrollBar()
        bar.setPageStep(width)
        bar.setRange(0, math.ceil(self._shown.width() - width) if is_wide else 0)
        self.viewport().update()
        return math.ceil(self._shown.height()) + (bar.sizeHint().height() if is_wide else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            return
        image, ratio = self._picture.image, self.devicePixelRatioF()
        size = self._shown
        drawn = QSizeF(image.size()) / ratio
        if abs(drawn.width() - size.width()) * ratio < 2:
            size = drawn  # pixel by pixel
        left = round(max(0.0, (self.viewport().width() - size.width()) / 2))
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(
            QRectF(QPointF(left - self.horizontalScrollBar().value(), 0), size), image
        )
        painter.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        scroll_sideways(self.horizontalScrollBar(), event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_shown.emit(is_by_keyboard(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_shown.emit(False)
