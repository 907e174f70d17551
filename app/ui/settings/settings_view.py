"""The settings: a search field, the sections as tabs, and the cards of what is chosen or found."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.settings.sections import Section
from app.ui.widgets.card import words
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.search_field import SearchField


class SettingsView(QWidget):
    """One section at a time; while something is searched, all that have it."""

    section_shown = Signal(int)

    def __init__(self, sections: Sequence[Section], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sections = sections
        self.search = SearchField(self.tr("Search settings"))
        self.search.textChanged.connect(self._on_searched)
        self.search.installEventFilter(self)
        self.nothing = words(self.tr("No setting has these words."), "secondary")
        self._tabs = QWidget()
        flow = FlowLayout(self._tabs)
        self.tabs = [self._tab(section.title.text()) for section in sections]
        for tab in self.tabs:
            flow.addWidget(tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.search, self._tabs, self.nothing, *sections):
            column.addWidget(part)
        self.show_section(0)

    def show_section(self, number: int) -> None:
        self.search.clear()
        self._show([number])
        for place, tab in enumerate(self.tabs):
            tab.setChecked(place == number)
        self.section_shown.emit(number)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc clears the search before it leaves the page."""
        is_esc = (
            event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
            and bool(self.search.text())
        )
        if is_esc:
            self.search.clear()
        return is_esc or super().eventFilter(watched, event)

    def _tab(self, name: str) -> QPushButton:
        tab = QPushButton(name)
        tab.setProperty("kind", "tab")
        tab.setCheckable(True)
        tab.clicked.connect(self._on_tab)
        return tab

    def _on_tab(self) -> None:
        self.show_section(self.tabs.index(self.sender()))

    def _on_searched(self, query: str) -> None:
        query = query.strip()
        if not query:
            chosen = next((n for n, tab in enumerate(self.tabs) if tab.isChecked()), 0)
            self._tabs.show()
            self._show([chosen])
            return
        self._tabs.hide()
        self._show([n for n, section in enumerate(self.sections) if section.search(query)], query)

    def _show(self, numbers: list[int], query: str = "") -> None:
        for number, section in enumerate(self.sections):
            section.search(query)
            section.title.setVisible(bool(query))  # otherwise the tab says it
            section.setVisible(number in numbers)
        self.nothing.setVisible(not numbers)
