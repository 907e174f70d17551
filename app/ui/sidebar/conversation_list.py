"""The list of conversations: choose, rename in place, and what is done with one or many."""

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui.sidebar.conversation_delegate import ConversationDelegate
from app.ui.sidebar.conversation_model import (
    DRAGGED,
    ID_ROLE,
    MESSAGE_ROLE,
    ConversationModel,
    Group,
)
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
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)  # things go into a group, not between two rows
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
        if query != self._delegate.query:
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

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Only where folders are shown: not among hits, in the archive or in the trash."""
        if self._shelf == "chats" and not self._delegate.query:
            super().startDrag(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is self and event.mimeData().hasFormat(DRAGGED):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls near the edges
        self._show_target(self._group_at(event.position().toPoint()))
        if self._delegate.target is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_target(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Into the folder of the group below the pointer, out of all, or among the pinned."""
        group = self._group_at(event.position().toPoint())
        ids = [int(id_) for id_ in event.mimeData().data(DRAGGED).data().decode().split(",")]
        self.dragLeaveEvent(QDragLeaveEvent())
        # Not the view's own drop, which would take the rows out of the model.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if group is not None:
            self.drop(ids, group)

    def drop(self, ids: list[int], group: Group) -> None:
        """Ask for what brings these conversations into the group; those in it stay."""
        rows = [row for row in self.model().rows_of(ids) if row.group != group]
        moved = [row.id for row in rows]
        if group.is_pinned:
            if moved:
                self.pin_requested.emit(moved, True)
            return
        if unpinned := [row.id for row in rows if row.is_pinned]:
            self.pin_requested.emit(unpinned, False)
        if filed := [row.id for row in rows if row.folder != group.folder]:
            self.file_requested.emit(filed, group.folder)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if index.isValid() and (is_by_key or not self._is_on_heading(event.pos())):
            place = self.visualRect(index).bottomLeft() if is_by_key else event.pos()
            self._show_menu(index, self.viewport().mapToGlobal(place))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(len(self.selectedIndexes()))

    def _group_at(self, place: QPoint) -> Group | None:
        """The group of the row there; below the last row, outside all folders."""
        index = self.indexAt(place)
        if index.isValid():
            return self.model().row(index).group
        return Group(False, "") if place.y() > 0 else None

    def _show_target(self, group: Group | None) -> None:
        if group != self._delegate.target:
            self._delegate.target = group
            self.viewport().update()

    def _is_on_heading(self, place: QPoint) -> bool:
        index = self.indexAt(place)
        top = self.visualRect(index).top()
        return index.isValid() and place.y() < top + self._delegate.heading_height(index)

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        """For all selected rows, when the one below the pointer is among them."""
        ids = self.selected
        if index.data(ID_ROLE) not in ids:
            ids = [index.data(ID_ROLE)]
        menu = RowMenu(ids, self.model().row(index), self.model().folders, self._theme, self)
        menu.rename_requested.connect(self.edit_row)
        menu.pin_requested.connect(self.pin_requested)
        menu.archive_requested.connect(self.archive_requested)
        menu.trash_requested.connect(self.trash_requested)
        menu.file_requested.connect(self.file_requested)
        menu.new_folder_requested.connect(self.new_folder_requested)
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
