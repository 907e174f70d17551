"""One message as a group: named for its role, reached with Tab, ringed when it has the focus."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from app.ui.chat.message_actions import MessageActions
from app.ui.chat.quiet_button import paint_focus_ring
from app.ui.chat.style import Style

MARGIN = 12  # around the rows, so that the ring does not touch the text


class MessageFrame(QWidget):
    """Holds the live widgets of one message; the transcript places them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._source = ""
        self._is_hovered = False
        self.actions: MessageActions | None = None
        self._ringed: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def show_message(self, name: str, source: str) -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(source[:200])
        self._source = source
        self._ringed = None
        self.actions = None
        self._is_hovered = False

    def set_source(self, source: str) -> None:
        self._source = source

    def set_ringed(self, block: QWidget | None) -> None:
        """Draw the focus ring around one block."""
        self._ringed = block
        self.update()
        self.reveal()

    def reveal(self) -> None:
        """Show the actions while the pointer or the focus is here."""
        focus = QGuiApplication.focusObject()
        has_focus = self.hasFocus() or (isinstance(focus, QWidget) and self.isAncestorOf(focus))
        if self.actions is not None:
            self.actions.set_revealed(self._is_hovered or has_focus)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._is_hovered = True
        self.reveal()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._is_hovered = False
        self.reveal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.reveal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
        self.reveal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasFocus():
            QGuiApplication.clipboard().setText(self._source)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        is_ringed = self._ringed is not None and self._ringed.parentWidget() is self
        if self._style is None or not (self.hasFocus() or is_ringed):
            return
        rect = QRectF(self.rect()).adjusted(2, 4, -2, -4)
        if is_ringed and self._ringed is not None:
            rect = QRectF(self._ringed.geometry()).adjusted(-8, -5, 8, 5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._style.theme.size("radius_card")
        paint_focus_ring(painter, rect, radius, self._style)
        painter.end()
