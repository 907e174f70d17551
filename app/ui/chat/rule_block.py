"""A thematic break: one hairline."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_HEIGHT = 9


class RuleBlock(QWidget):
    """Shows a rule row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None

    def set_style(self, style: Style) -> None:
        self._style = style

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        return _HEIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is not None:
            painter = QPainter(self)
            painter.fillRect(0, _HEIGHT // 2, self.width(), 1, self._style.line)
            painter.end()
