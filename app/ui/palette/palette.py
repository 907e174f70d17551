"""The command palette: one field over the window, and below it whatever fits what is typed."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QVBoxLayout,
    QWidget,
)

from app.ui.palette.entries import Entry
from app.ui.palette.entry_delegate import EntryDelegate
from app.ui.palette.entry_model import ENTRY_ROLE, EntryModel
from app.ui.theme import Theme
from app.ui.widgets.line_field import LineField

_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class Palette(QWidget):
    """Lies over its parent. Arrows choose while one types, Enter takes, Esc or a click closes."""

    searched = Signal(str)
    chosen = Signal(object)  # Entry

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._back_to: QWidget | None = None
        self.model = EntryModel()
        self.field = LineField()
        self.field.setObjectName("paletteField")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.searched)
        self.list = QListView()
        self.list.setObjectName("paletteList")
        self.list.setModel(self.model)
        self._delegate = EntryDelegate(self._theme)
        self.list.setItemDelegate(self._delegate)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps the keys
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(self._on_clicked)
        self.nothing = QLabel()
        self.nothing.setProperty("kind", "secondary")
        self.nothing.setContentsMargins(12, 8, 12, 8)
        self._card = QFrame(self)
        self._card.setObjectName("palette")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for part in (self.field, self.list, self.nothing):
            column.addWidget(part)
        parent.installEventFilter(self)
        self._name()
        self.hide()

    def open(self) -> None:
        """Over everything, empty, with the keys; opening it again closes it."""
        if self.isVisible():
            self.close_()
            return
        self._back_to = self.window().focusWidget()
        self.setGeometry(self.parentWidget().rect())
        self.field.clear()
        self.show()
        self.raise_()
        self.field.setFocus()
        self.searched.emit("")

    def close_(self) -> None:
        """Give the keys back to where they were."""
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus()
        self._back_to = None

    def show_entries(self, query: str, entries: Sequence[Entry]) -> None:
        """The first is the current one; results of an older query are not shown."""
        if query != self.field.text():
            return
        self._delegate.query = query
        self.model.show_entries(entries)
        self.list.setCurrentIndex(self.model.index(0))
        self.list.scrollToTop()
        self.nothing.setVisible(not entries)
        self.list.setVisible(bool(entries))
        self._place()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._delegate.theme = theme
        self._place()
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.parentWidget().rect())
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._take_key(event)
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """What is below steps back."""
        QPainter(self).fillRect(self.rect(), self._theme.color("scrim"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Beside the card: the palette leaves."""
        self.close_()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)

    def _name(self) -> None:
        self.field.setPlaceholderText(self.tr("Search chats, messages and commands"))
        self.field.setAccessibleName(self.tr("Search chats, messages and commands"))
        self.list.setAccessibleName(self.tr("What was found"))
        self.nothing.setText(self.tr("Nothing found. Try fewer or other words."))

    def _take_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_()
        elif key in _STEPS:
            self._step(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex())
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):  # there is nowhere else to go
            return False
        return True

    def _step(self, by: int) -> None:
        count = self.model.rowCount()
        if count:
            row = self.list.currentIndex().row() + by
            row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self.model.index(row))

    def _on_clicked(self, index: QModelIndex) -> None:
        self._take(index)

    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            found = index.data(ENTRY_ROLE)
            self.close_()
            self.chosen.emit(found)

    def _place(self) -> None:
        """Upper middle of the window, as high as what was found, never over two thirds."""
        width = min(self._theme.size("palette"), self.width() - 48)
        rows = (self.list.sizeHintForRow(row) for row in range(self.model.rowCount()))
        most = self.height() * 6 // 10
        height = 0
        for row in rows:  # whole ones: half a row looks like a fault
            if height + row > most:
                break
            height += row
        self.list.setFixedHeight(height + 2)
        self._card.setFixedWidth(width)
        self._card.adjustSize()
        self._card.move((self.width() - width) // 2, self.height() // 8)
