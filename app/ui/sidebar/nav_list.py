"""The ways to the pages: rows with icon and name, or icons in one row where height is short."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QToolButton, QWidget

from app.ui.icons import icon
from app.ui.pages.page import PageEntry
from app.ui.theme import Theme

_GAP = 6  # between icon and name, beside what the style leaves


class NavList(QWidget):
    """Shows which page is open; a click asks for another."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = entries
        self.buttons = {entry.key: self._button(entry) for entry in entries}
        self.is_compact = False
        self._theme: Theme | None = None
        self._current = ""
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        for button in self.buttons.values():
            self._layout.addWidget(button)
        self.retranslate()

    def height_of_rows(self) -> int:
        return sum(button.sizeHint().height() for button in self.buttons.values())

    def set_compact(self, is_compact: bool) -> None:
        if is_compact == self.is_compact:
            return
        self.is_compact = is_compact
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if is_compact else direction.TopToBottom)
        style = Qt.ToolButtonStyle
        for button in self.buttons.values():
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if is_compact else style.ToolButtonTextBesideIcon
            )
        self._paint_icons()

    def show_page(self, key: str) -> None:
        self._current = key
        for name, button in self.buttons.items():
            button.setChecked(name == key)
        self._paint_icons()

    def retranslate(self) -> None:
        for entry in self._entries:
            button = self.buttons[entry.key]
            button.setText(entry.name)
            button.setAccessibleName(entry.name)
            button.setToolTip(
                self.tr("{page} ({keys})").format(page=entry.name, keys=entry.shortcuts[0])
            )

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_icons()

    def _button(self, entry: PageEntry) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "nav")
        button.setProperty("page", entry.key)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._on_clicked)
        return button

    def _paint_icons(self) -> None:
        if self._theme is None:
            return
        size = self._theme.size("icon")
        for entry in self._entries:
            button = self.buttons[entry.key]
            color = self._theme.color("accent" if entry.key == self._current else "muted")
            gap = 0 if self.is_compact else _GAP
            button.setIconSize(QSize(size + gap, size))
            button.setIcon(icon(entry.icon, color, size, gap))

    def _on_clicked(self) -> None:
        self.show_page(self._current)  # what is open is shown by who opens it
        self.chosen.emit(self.sender().property("page"))
