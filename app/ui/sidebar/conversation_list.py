"""The list of conversations: choose, rename in place, and what is done with one or many."""

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui.sidebar.conversation_delegate import ConversationDelegate
from app.ui.sidebar.conversation_model import ID_ROLE, MESSAGE_ROLE, ConversationModel
from app.ui.sidebar.row_menu import RowMenu
from app.ui.theme import Theme


class ConversationList(QListView):
    """Emits what the user chose; the current row follows what the window shows."""

    chosen = Signal(int, object)  # conversation, the message found in it or None
    trash_requested = Signal(object)  # list of conversations, here and below
    pin_requested = Signal(object, bool)
    archive_requested = Signal(object, bool)
    file_requested = Signal(object, str)  # into which folder
    new_folder_requested = Signal(object)
    selection_changed = Signal(int)  # how many rows are selected

    def __init__(self, model: ConversationModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._shown: int | None = None
        self._shelf = "chats"
        self.setObjectName("conversations")
        self.setAccessibleName(self.tr("Chats"))
        self.setModel(model)
        self._delegate = ConversationDelegate(self._theme, self)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(200)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_picked)
        model.modelReset.connect(self._on_model_reset)

    def show_conversation(self, conversation_id: int | None) -> None:
        """Select the conversation that the window shows."""
        self._shown = conversation_id
        number = self.model().row_of(conversation_id)
        if number is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.model().index(number))

    @property
    def selected(self) -> list[int]:
        """The conversations of the selected rows, from the top."""
        return [index.data(ID_ROLE) for index in sorted(self.selectedIndexes())]

    def set_shelf(self, shelf: str) -> None:
        """What is in the trash is not opened by a click."""
        self._shelf = shelf

    def set_query(self, query: str) -> None:
        """The words to mark in the hits; empty outside a search, when rows have one line."""
        self._delegate.query = query
        self.scheduleDelayedItemsLayout()

    def beside_shown(self, by: int) -> int | None:
        """The conversation so many rows below what the window shows, if there is one."""
        number = self.model().row_of(self._shown)
        index = self.model().index((-1 if number is None else number) + by)
        return index.data(ID_ROLE) if index.isValid() else None

    def rename_current(self) -> None:
        """Open the name for editing: of the current row, or of what the window shows."""
        index = self.currentIndex()
        if not (self.hasFocus() and index.isValid()):
            number = self.model().row_of(self._shown)
            index = self.model().index(-1 if number is None else number)
        if index.isValid():
            self.setFocus()
            self.edit(index)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._delegate.theme = theme
        self.viewport().update()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._theme.size("row") * 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A heading is painted in the row below it, but is not part of it."""
        if not self._is_on_heading(event.position().toPoint()):
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if index.isValid() and (is_by_key or not self._is_on_heading(event.pos())):
            place = self.visualRect(index).bottomLeft() if is_by_key else event.pos()
            self._show_menu(index, self.viewport().mapToGlobal(place))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(len(self.selectedIndexes()))

    def _is_on_heading(self, place: QPoint) -> bool:
        index = self.indexAt(place)
        top = self.visualRect(index).top()
        return index.isValid() and place.y() < top + self._delegate.heading_height(index)

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        """For all selected rows, when the one below the pointer is among them."""
        ids = self.selected
        if index.data(ID_ROLE) not in ids:
            ids = [index.data(ID_ROLE)]
        menu = RowMenu(self, ids, self.model().row(index), self.model().folders, self._theme)
        menu.popup(place)

    def edit_row(self, conversation_id: int) -> None:
        number = self.model().row_of(conversation_id)
        if number is not None:
            self.edit(self.model().index(number))

    def _on_clicked(self, index: QModelIndex) -> None:
        """With Ctrl or Shift one selects, and opens nothing."""
        held = QGuiApplication.keyboardModifiers()
        if not held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self._on_picked(index)

    def _on_picked(self, index: QModelIndex) -> None:
        if self._shelf != "trash":
            self.chosen.emit(index.data(ID_ROLE), index.data(MESSAGE_ROLE))

    def _on_model_reset(self) -> None:
        self.show_conversation(self._shown)
