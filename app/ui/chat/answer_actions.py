"""The quiet row under an answer: Copy, and how fast it came."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.chat.copy_button import CopyButton
from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_HEIGHT = 28


class AnswerActions(QWidget):
    """Seen while the pointer or the keyboard is on its answer; its place is always kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._caption = ""
        self._is_revealed = False
        self._copy = CopyButton("answer", self)
        self._copy.set_revealed(False)
        self.setFocusProxy(self._copy)

    def set_style(self, style: Style) -> None:
        self._style = style
        self._copy.set_style(style)
        self.setFont(style.caption)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        self._caption = row.text
        self._copy.source = row.source
        hint = self._copy.sizeHint()
        self._copy.setGeometry(-8, (_HEIGHT - hint.height()) // 2, *hint.toTuple())
        self.setAccessibleName(row.text or "Actions")
        self.set_revealed(False)
        return _HEIGHT

    def set_revealed(self, is_revealed: bool) -> None:
        if is_revealed != self._is_revealed:
            self._is_revealed = is_revealed
            self._copy.set_revealed(is_revealed)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None or not self._is_revealed or not self._caption:
            return
        painter = QPainter(self)
        painter.setPen(self._style.muted)
        left = self._copy.geometry().right() + 8
        place = QRect(left, 0, self.width() - left, _HEIGHT)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._caption)
        painter.end()
