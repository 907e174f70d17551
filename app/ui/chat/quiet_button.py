"""A button that is only words: Copy, Show all. Its focus is always visible."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.chat.style import Style


class QuietButton(QAbstractButton):
    """Muted, darker under the pointer; invisible until revealed where its row asks for that."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, is_accent: bool = False
    ) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._is_accent = is_accent
        self._is_revealed = True
        self._is_hovered = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setText(text)
        self.setAccessibleName(text)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.setFont(style.caption)
        self.update()

    def set_revealed(self, is_revealed: bool) -> None:
        if is_revealed != self._is_revealed:
            self._is_revealed = is_revealed
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 16, metrics.height() + 8)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._is_hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._is_hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None or not (self._is_revealed or self.hasFocus() or self._is_hovered):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._style.theme.size("radius")
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self._is_hovered:
            painter.setBrush(self._style.theme.color("selected"))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            paint_focus_ring(painter, rect, radius, self._style)
        is_dark_text = self._is_hovered or self.isDown()
        quiet = self._style.accent if self._is_accent else self._style.muted
        painter.setPen(self._style.text if is_dark_text else quiet)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


def paint_focus_ring(painter: QPainter, rect: QRectF, radius: float, style: Style) -> None:
    """The accent ring just inside ``rect``."""
    width = style.theme.size("focus_ring")
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(style.accent)
    pen.setWidthF(width)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)
