"""A button that is only words, or only an icon: Copy, Show all. Its focus is always visible."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.chat.style import Style
from app.ui.icons import icon

_PADDING = 6  # around an icon
_DISABLED = 0.4  # opacity


def action_size(style: Style) -> int:
    """How wide and high a button with an icon is: it grows with the text."""
    return _icon_size(style) + 2 * _PADDING


def _icon_size(style: Style) -> int:
    return style.theme.size("icon_small") + 2


class QuietButton(QAbstractButton):
    """Muted, darker under the pointer; invisible until revealed where its row asks for that.

    A hidden one can still be reached with Tab.
    """

    def __init__(
        self, text: str, parent: QWidget | None = None, *, is_accent: bool = False
    ) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._icon_name = ""
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

    def show_icon(self, icon_name: str, name: str) -> None:
        """An icon instead of words, with its name in a tooltip."""
        self._icon_name = icon_name
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setToolTip(name)
        self.update()

    def show_words(self) -> None:
        """Its words again."""
        self._icon_name = ""
        self.updateGeometry()
        self.update()

    def set_revealed(self, is_revealed: bool) -> None:
        if is_revealed != self._is_revealed:
            self._is_revealed = is_revealed
            self.update()

    def sizeHint(self) -> QSize:
        if self._icon_name:
            size = action_size(self._style) if self._style is not None else 0
            return QSize(size, size)
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
        is_lit = self._is_hovered and self.isEnabled()
        if is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._style.theme.color("selected"))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            paint_focus_ring(painter, rect, radius, self._style)
        self._paint_face(painter, self._style, is_lit=is_lit or self.isDown())
        painter.end()

    def _paint_face(self, painter: QPainter, style: Style, *, is_lit: bool) -> None:
        quiet = style.accent if self._is_accent else style.muted
        color = style.text if is_lit else quiet
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        if self._icon_name:
            place = self.rect().adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
            icon(self._icon_name, color, _icon_size(style)).paint(painter, place)
        else:
            painter.setPen(color)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


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
