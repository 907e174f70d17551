"""What the user does in the sidebar with the lists of chats: search, rename, step, shelves."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.ui.actions import Actions
from app.ui.appearance import Appearance
from app.ui.body import Body
from app.ui.control.conversation import ConversationControl
from app.ui.control.library import LibraryControl
from app.ui.control.shelves import ShelfControl
from app.ui.sidebar.sidebar import Sidebar
from app.ui.widgets.toast import Toast


class SidebarControl(QObject):
    """Between the sidebar on one side and the library and the conversation on the other."""

    chosen = Signal(int, object)  # conversation, message to go to or None

    def __init__(
        self,
        window: QWidget,
        sidebar: Sidebar,
        body: Body,
        toast: Toast,
        library: LibraryControl,
        conversation: ConversationControl,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._sidebar, self._body = sidebar, body
        self.shelves = ShelfControl(window, sidebar, toast, library, conversation, appearance)
        sidebar.collapse_requested.connect(body.toggle_sidebar)
        sidebar.searched.connect(library.search)
        library.showing.connect(sidebar.conversations.set_query)
        sidebar.conversations.chosen.connect(self.chosen)

    def connect_actions(self, actions: Actions) -> None:
        self.shelves.connect_actions(actions)
        actions.sidebar.triggered.connect(self._body.toggle_sidebar)
        actions.search.triggered.connect(self._on_search)
        actions.rename.triggered.connect(self._on_rename)
        actions.previous_chat.triggered.connect(self._on_previous)
        actions.next_chat.triggered.connect(self._on_next)

    def _on_search(self) -> None:
        self._show_sidebar()
        self._sidebar.search.setFocus()
        self._sidebar.search.selectAll()

    def _on_rename(self) -> None:
        self._show_sidebar()
        self._sidebar.conversations.rename_current()

    def _show_sidebar(self) -> None:
        if not self._body.is_sidebar_shown:
            self._body.toggle_sidebar()

    def _on_previous(self) -> None:
        self._step(-1)

    def _on_next(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        conversation_id = self._sidebar.conversations.beside_shown(by)
        if conversation_id is not None:
            self.chosen.emit(conversation_id, None)
