"""The list of conversations: choose, rename in place, move to the trash."""

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from app.ui.icons import icon
from app.ui.sidebar.conversation_delegate import ConversationDelegate
from app.ui.sidebar.conversation_model import ID_ROLE, MESSAGE_ROLE, ConversationModel
from app.ui.theme import Theme


class ConversationList(QListView):
    """Emits what the user chose; the current row follows what the window shows."""

    chosen = Signal(int, object)  # conversation, the message found in it or None
    trash_requested = Signal(int)

    def __init__(self, model: ConversationModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._shown: int | None = None
        self.setObjectName("conversations")
        self.setAccessibleName(self.tr("Chats"))
        self.setModel(model)
        self._delegate = ConversationDelegate(self._theme, self)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._on_picked)
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

    def set_query(self, query: str) -> None:
        """The words to mark in the hits; empty outside a search, when rows have one line."""
        self._delegate.query = query
        self.scheduleDelayedItemsLayout()

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).bottomLeft() if is_by_key else event.pos()
            self._show_menu(index, self.viewport().mapToGlobal(place))

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        size, color = self._theme.size("icon"), self._theme.color("muted")
        rename = menu.addAction(icon("rename", color, size), self.tr("Rename"))
        rename.setData(index.data(ID_ROLE))
        rename.triggered.connect(self._on_rename)
        trash = menu.addAction(icon("trash", color, size), self.tr("Move to trash"))
        trash.setData(index.data(ID_ROLE))
        trash.triggered.connect(self._on_trash)
        menu.popup(place)

    def _on_picked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(ID_ROLE), index.data(MESSAGE_ROLE))

    def _on_rename(self) -> None:
        number = self.model().row_of(self.sender().data())
        if number is not None:
            self.edit(self.model().index(number))

    def _on_trash(self) -> None:
        self.trash_requested.emit(self.sender().data())

    def _on_model_reset(self) -> None:
        self.show_conversation(self._shown)
