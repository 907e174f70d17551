"""A small button under a message: an icon, its name in a tooltip, invisible until revealed."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.chat.quiet_button import paint_focus_ring
from app.ui.chat.style import Style
from app.ui.icons import icon

_PADDING = 6  # around the icon


def action_size(style: Style) -> int:
    """How wide and high an action is: it grows with the text."""
    return _icon_size(style) + 2 * _PADDING


def _icon_size(style: Style) -> int:
    return style.theme.size("icon_small") + 2


class IconAction(QAbstractButton):
    """Muted, darker under the pointer. A hidden one can still be reached with Tab."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._icon_name = ""
        self._is_revealed = True
        self._is_hovered = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def show_action(self, icon_name: str, name: str) -> None:
        self._icon_name = icon_name
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setToolTip(name)
        self.update()

    def set_revealed(self, is_revealed: bool) -> None:
        if is_revealed != self._is_revealed:
            self._is_revealed = is_revealed
            self.update()

    def sizeHint(self) -> QSize:
        size = action_size(self._style) if self._style is not None else 0
        return QSize(size, size)

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
        theme, rect = self._style.theme, QRectF(self.rect())
        is_lit = self._is_hovered and self.isEnabled()
        if is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected"))
            painter.drawRoundedRect(rect, theme.size("radius"), theme.size("radius"))
        if self.hasFocus():
            paint_focus_ring(painter, rect, theme.size("radius"), self._style)
        color = self._style.text if is_lit else self._style.muted
        place = self.rect().adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        icon(self._icon_name, color, _icon_size(self._style)).paint(painter, place)
        painter.end()
