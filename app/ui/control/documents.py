"""Documents in the chat: attached to messages, shown beside it, opened from citations."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.documents.desk import DocumentDesk
from app.storage.conversations import ConversationStore, StoredMessage
from app.storage.documents_rows import Document
from app.ui.background import Background
from app.ui.chat.citation_marks import cited, numbered
from app.ui.control.attachments import AttachmentControl
from app.ui.control.conversation import ConversationControl
from app.ui.conversation.conversation_page import ConversationPage

if TYPE_CHECKING:  # made when the first document is opened
    from app.ui.control.reader import ReaderControl


class DocumentsControl(QObject):
    """The reader is made when the first document is opened."""

    failed = Signal(object)  # AppError

    def __init__(
        self,
        page: ConversationPage,
        conversation: ConversationControl,
        desk: DocumentDesk,
        store: ConversationStore,
        reads: Background,
        sends: Background,
    ) -> None:
        super().__init__()
        self._page, self._conversation = page, conversation
        self._desk, self._store, self._reads = desk, store, reads
        self.attachments = AttachmentControl(page, conversation, desk, store, reads, sends)
        self.attachments.failed.connect(self.failed)
        self.attachments.open_requested.connect(self.open)
        self.reader: ReaderControl | None = None

    def open(self, document_id: int, page: int = 1) -> None:
        """Show a document beside the conversation."""
        self._made().show_document(document_id, page)

    def follow(self, url: str) -> bool:
        """Go to a citation; False for a link that is none."""
        found = cited(url)
        if found is None:
            return False
        message_id, number = found
        self._reads.run(
            partial(self._store.messages, [message_id]),
            partial(self._on_message, number),
            self.failed.emit,
        )
        return True

    def close(self) -> None:
        self.attachments.close()
        if self.reader is not None:
            self.reader.close()

    def _on_message(self, number: int, messages: list[StoredMessage]) -> None:
        proof = messages[0].message.proof
        if proof is None or not 1 <= number <= len(proof.citations):
            return  # the link was written by the model
        self._made().show_citation(numbered(proof), number - 1)

    def _made(self) -> "ReaderControl":
        if self.reader is None:
            from app.ui.control.reader import ReaderControl
            from app.ui.documents.reader_pane import ReaderPane

            pane = ReaderPane()
            pane.set_theme(self._page.theme)
            self._page.set_reader(pane)
            self.reader = ReaderControl(pane, self._desk.library, self._reads)
            self.reader.failed.connect(self.failed)
            self.reader.shown.connect(self._page.arrange)
            self.reader.asked_about.connect(self._on_asked_about)
        return self.reader

    def _on_asked_about(self, document_id: int, _: int, text: str) -> None:
        """The selection goes into the message as a quotation, and the document with it."""
        self._page.composer.quote(text)
        self._reads.run(
            partial(_documents, self._desk, document_id),
            self.attachments.attach,
            self.failed.emit,
        )


def _documents(desk: DocumentDesk, document_id: int) -> list[Document]:
    return [desk.library().document(document_id)]
