"""A sentence about a message: interrupted, stopped, failed and why, damaged on disk."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.chat.rows import Row
from app.ui.chat.style import Style


class NoteLine(QLabel):
    """Shows a note row in the colour that ``row.info`` names; the words say it too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.setFont(style.secondary)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        assert self._style is not None
        palette = QPalette(self._style.text_palette)
        is_about = row.info == "about"  # what a question is about: above it, on its side
        token = "muted" if is_about else row.info
        self.setAlignment(Qt.AlignmentFlag.AlignRight if is_about else Qt.AlignmentFlag.AlignLeft)
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
            palette.setColor(role, self._style.theme.color(token))
        self.setPalette(palette)
        self.setText(row.text)
        self.setAccessibleName(row.text)
        return max(self.heightForWidth(width), self.fontMetrics().height() + 4)
