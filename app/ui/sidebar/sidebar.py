"""The panel on the left: new chat, pages, search, conversations, and what is running."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.icons import icon
from app.ui.pages.page import PageEntry
from app.ui.sidebar.conversation_list import ConversationList
from app.ui.sidebar.conversation_model import ConversationModel
from app.ui.sidebar.endpoint_chip import EndpointChip
from app.ui.sidebar.model_chip import ModelChip
from app.ui.sidebar.nav_list import NavList
from app.ui.sidebar.shelf_bar import ShelfBar
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.scroll_edge import ScrollEdge
from app.ui.widgets.search_field import SearchField

SEARCH_DELAY_MS = 120
_GAP = 6  # between an icon and its words
_NAV_SHARE = 4  # rows of pages may take a quarter of the height
_SHORT = 9  # rows of chats: in less, the chips at the bottom are one line high


class Sidebar(QFrame):
    """Emits what the user asks for. A search is announced once the typing pauses."""

    new_chat_requested = Signal()
    searched = Signal(str)
    collapse_requested = Signal()

    def __init__(
        self,
        model: ConversationModel,
        pages: Sequence[PageEntry],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.nav = NavList(pages)
        self._row = 0  # of a chat, in pixels
        self.setObjectName("sidebar")
        self.setAccessibleName(self.tr("Sidebar"))
        self._build_controls(model)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._top_row())
        column.addWidget(self._new_chat)
        column.addWidget(self.nav)
        column.addWidget(self.search)
        column.addWidget(self.shelf_bar)
        column.addWidget(self._empty)
        column.addLayout(self._list_above_its_edge(), 1)
        column.addWidget(self.model_chip)
        column.addWidget(self.endpoint_chip)
        model.modelReset.connect(self._on_model_reset)
        self._on_model_reset()

    def set_menu(self, menu: QMenu) -> None:
        """The menu of the whole window, for systems without a menu bar."""
        self.menu_button.setMenu(menu)
        self.menu_button.show()

    def set_theme(self, theme: Theme) -> None:
        size = theme.size("icon")
        self._mark.setPixmap(icon("mark", theme.color("accent"), size).pixmap(size, size))
        self._new_chat.setIcon(icon("new_chat", theme.color("text"), size, _GAP))
        self._new_chat.setIconSize(QSize(size + _GAP, size))
        for part in (
            self._collapse,
            self.menu_button,
            self.nav,
            self.search,
            self.shelf_bar,
            self.conversations,
            self._edge,
            self.model_chip,
            self.endpoint_chip,
        ):
            part.set_theme(theme)
        self._row = theme.size("row")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where height is short the chats come first, and the pages are icons in one row."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field ↓ goes to the hits and Esc clears it, before it stops an answer."""
        is_handled = False
        if watched is self.search and event.type() == QEvent.Type.ShortcutOverride:
            is_handled = event.key() == Qt.Key.Key_Escape and bool(self.search.text())
            event.setAccepted(is_handled)
        elif watched is self.search and event.type() == QEvent.Type.KeyPress:
            is_handled = self._is_handled(event)
        return is_handled or super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.nav.set_compact(self.height() < _NAV_SHARE * self.nav.height_of_rows())
        for part in (self.model_chip, self.endpoint_chip):
            part.chip.set_short(self.height() < _SHORT * self._row)

    def _build_controls(self, model: ConversationModel) -> None:
        self._mark = QLabel()
        self._name = QLabel("Doorstep")
        self._name.setProperty("kind", "heading")
        self.menu_button = IconButton("menu", self.tr("Menu (F10)"))
        self.menu_button.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setShortcut(QKeySequence(Qt.Key.Key_F10))
        self.menu_button.hide()
        self._collapse = IconButton("sidebar", self.tr("Hide sidebar"))
        self._collapse.clicked.connect(self.collapse_requested)
        self._new_chat = QPushButton(self.tr("New chat"))
        self._new_chat.setObjectName("newChat")
        self._new_chat.setToolTip(self.tr("Start a new chat"))
        self._new_chat.clicked.connect(self.new_chat_requested)
        self._build_search()
        self.shelf_bar = ShelfBar()
        self.conversations = ConversationList(model)
        self._edge = ScrollEdge(self.conversations)
        self._empty = QLabel()
        self._empty.setProperty("kind", "caption")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(10, 8, 10, 8)
        self.model_chip = ModelChip()
        self.endpoint_chip = EndpointChip()

    def _build_search(self) -> None:
        self.search = SearchField(self.tr("Search chats"))
        self.search.installEventFilter(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_DELAY_MS)
        self._pause.timeout.connect(self._on_pause)
        self.search.textChanged.connect(self._on_search_text)

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._name)
        row.addStretch()
        row.addWidget(self.menu_button)
        row.addWidget(self._collapse)
        return row

    def _list_above_its_edge(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.conversations, 1)
        column.addWidget(self._edge)
        return column

    def _is_handled(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down:
                self.conversations.setFocus()
                if not self.conversations.currentIndex().isValid():
                    self.conversations.setCurrentIndex(self.conversations.model().index(0))
                return True
            case Qt.Key.Key_Escape if self.search.text():
                self.search.clear()
                return True
        return False

    def _on_search_text(self) -> None:
        self._pause.start()

    def _on_pause(self) -> None:
        self.searched.emit(self.search.text().strip())

    def _on_model_reset(self) -> None:
        is_empty = self.conversations.model().rowCount() == 0
        is_searching = bool(self.search.text().strip())
        self._empty.setText(
            self.tr("Nothing found. Try fewer or other words.")
            if is_searching
            else self.tr("There is nothing here.")
            if self.shelf_bar.isVisible()
            else self.tr("Your chats will be listed here.")
        )
        self._empty.setVisible(is_empty)
