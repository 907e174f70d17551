"""The ways through the window: to a chat, a page, a document, a new question."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.storage.documents_rows import Document
from app.ui.actions import Actions
from app.ui.body import Body
from app.ui.control.chat import Chat
from app.ui.control.links import LinkControl
from app.ui.control.navigation import Navigation
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.palette.entries import Entry


class Ways(QObject):
    """Each shows the page it leads to; in a narrow window the sidebar leaves."""

    def __init__(self, page: ConversationPage, body: Body, chat: Chat, links: LinkControl) -> None:
        super().__init__()
        self._page, self._body, self._chat, self._links = page, body, chat, links
        self.navigation: Navigation | None = None  # it is given these ways, and then to them

    def connect_actions(self, actions: Actions) -> None:
        actions.new_chat.triggered.connect(self.begin_chat)
        actions.shortcuts.triggered.connect(self._on_shortcuts)
        actions.composer.triggered.connect(self._on_composer)

    def show_page(self, key: str) -> None:
        self.navigation.show(key)
        self._body.hide_overlay()

    def begin_chat(self) -> None:
        self.open_chat(None, None)

    def open_chat(self, conversation_id: int | None, message_id: int | None) -> None:
        self.navigation.show_chat()
        self._chat.conversation.open(conversation_id, message_id)
        self._body.hide_overlay()

    def ask(self, text: str, conversation_id: int | None = None) -> None:
        """In this chat or a new one, at once; without words it is only shown."""
        self.open_chat(conversation_id, None)
        if text:
            self._page.composer.submitted.emit(text)

    def write(self, text: str) -> None:
        """Into the field of a new chat, to be changed and sent."""
        self.begin_chat()
        self._page.composer.set_text(text)

    def ask_about(self, documents: Sequence[Document]) -> None:
        self.begin_chat()
        if self._chat.documents is not None:
            self._chat.documents.attachments.attach(documents)

    def open_document(self, document_id: int, page: int) -> None:
        if self._chat.documents is not None:
            self._chat.documents.open(document_id, page)

    def go_to(self, found: Entry) -> None:
        """A model or a document that the palette found."""
        match found.kind, found.key:
            case "document", int(document_id):
                self.navigation.show_chat()
                self.open_document(document_id, 1)
            case "model", path:
                self.show_page("models")
                self.navigation.page.choose(str(path))

    def follow(self, untrusted_url: str) -> None:
        if not self._chat.follow(untrusted_url):
            self._links.ask(untrusted_url)

    def _on_shortcuts(self) -> None:
        self.show_page("settings")
        self.navigation.page.show_shortcuts()

    def _on_composer(self) -> None:
        self.navigation.show_chat()
        self._page.composer.field.setFocus()
