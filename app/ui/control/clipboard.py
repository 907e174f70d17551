"""Copies from the source of the conversation, and quotes what is selected."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.storage.conversations import ConversationStore
from app.ui.chat.blocks import split_blocks
from app.ui.chat.footnotes import with_footnotes
from app.ui.chat.section_cuts import BlockKind
from app.ui.control.chat_tools import ChatTools


class ClipboardControl(QObject):
    """For the conversation on the page."""

    failed = Signal(object)  # AppError

    def __init__(self, tools: ChatTools) -> None:
        super().__init__()
        self._page, self._conversation = tools.page, tools.conversation
        self._store, self._reads = tools.store, tools.reads
        self._chosen = ""
        tools.page.transcript.text_chosen.connect(self._on_text_chosen)
        tools.page.quote_button.clicked.connect(self.quote)

    def quote(self) -> None:
        """Put what is selected in the conversation into the composer, as a quotation."""
        if self._chosen.strip():
            self._page.composer.quote(self._chosen)
            self._on_text_chosen("")

    def copy_last_answer(self) -> None:
        self._run(_last_answer, self.tr("The answer is on the clipboard"))

    def copy_last_code(self) -> None:
        self._run(_last_code, self.tr("The code is on the clipboard"))

    def _run(self, read: object, said: str) -> None:
        if self._conversation.current is not None:
            self._reads.run(
                partial(read, self._store, self._conversation.current),
                partial(self._on_read, said),
                self.failed.emit,
            )

    def _on_read(self, said: str, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
        self._page.toast.show_text(said if text else self.tr("There is nothing to copy yet"))

    def _on_text_chosen(self, text: str) -> None:
        self._chosen = text
        self._page.set_quotable(bool(text.strip()))


def _last_answer(store: ConversationStore, conversation_id: int) -> str:
    """On a worker thread: the source of the last answer on the branch that is shown."""
    for text in _answers(store, conversation_id):
        return text
    return ""


def _last_code(store: ConversationStore, conversation_id: int) -> str:
    """On a worker thread: the last code block of the last answer that has one."""
    for text in _answers(store, conversation_id):
        codes = [block.code for block in split_blocks(text) if block.kind is BlockKind.CODE]
        if codes:
            return codes[-1]
    return ""


def _answers(store: ConversationStore, conversation_id: int) -> list[str]:
    """The last of them, newest first; citations as footnotes."""
    headers = [h for h in store.branch(conversation_id) if h.characters]
    stored = [message.message for message in store.messages([h.id for h in headers[-40:]])]
    names = {
        document.id: document.name
        for message in stored
        if message.documents is not None
        for document in message.documents.documents
    }
    answers = [message for message in reversed(stored) if message.role == "assistant"]
    return [with_footnotes(answer, names) for answer in answers]
