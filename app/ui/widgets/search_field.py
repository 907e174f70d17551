"""A field to search with: a magnifier before the words and a cross after them, as large as they."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.line_field import LineField

_INSET, _GAP = 8, 6


class SearchField(LineField):
    """Qt's own pictures in fields keep their size when the text grows; these grow with it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = Theme.load("light")
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.clear_button = IconButton("close", self.tr("Clear search"), self)
        self.clear_button.setCursor(Qt.CursorShape.ArrowCursor)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Esc does it
        self.clear_button.clicked.connect(self.clear)
        self.clear_button.hide()
        self.textChanged.connect(self._on_text_changed)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        size = theme.size("icon_small")
        self.clear_button.set_theme(theme, size="icon_small")
        self.set_sides(size + _GAP, size + 2 * _GAP if self.text() else 0)
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        size = self._theme.size("icon_small")
        mark = icon("search", self._theme.color("muted"), size)
        mark.paint(QPainter(self), _INSET + 1, (self.height() - size) // 2, size, size)

    def _place(self) -> None:
        size = self.clear_button.sizeHint()
        size.setHeight(min(size.height(), self.height() - 4))
        top = (self.height() - size.height()) // 2
        self.clear_button.setGeometry(self.width() - size.width() - 3, top, *size.toTuple())

    def _on_text_changed(self, text: str) -> None:
        if bool(text) != self.clear_button.isVisibleTo(self):
            self.clear_button.setVisible(bool(text))
            self.set_theme(self._theme)
