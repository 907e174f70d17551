"""Everything about the conversation on the page: makes its controls and connects them."""

from PySide6.QtCore import QObject, Signal

from app.engine.status import EngineStatus
from app.settings import Settings
from app.ui.actions import Actions
from app.ui.background import Background
from app.ui.control.announcer import Announcer
from app.ui.control.asking import Asking
from app.ui.control.chat_tools import ChatTools
from app.ui.control.clipboard import ClipboardControl
from app.ui.control.composer import ComposerControl
from app.ui.control.conversation import UNDO_QUEUE, ConversationControl
from app.ui.control.documents import DocumentsControl
from app.ui.control.find import FindControl
from app.ui.control.messages import MessageControl
from app.ui.control.pictures import PictureControl
from app.ui.control.run_card import RunCardControl
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.services import Services


class Chat(QObject):
    """``reads`` runs what is short, ``sends`` what may wait for a model to load."""

    failed = Signal(object)  # AppError

    def __init__(
        self,
        page: ConversationPage,
        services: Services,
        reads: Background,
        sends: Background,
    ) -> None:
        super().__init__()
        self._page = page
        store, session = services.store, services.session
        self.asking = Asking(store, session, reads, sends)
        self.conversation = ConversationControl(page, store, session, self.asking, reads)
        tools = ChatTools(page, self.conversation, store, session, reads)
        self.messages = MessageControl(tools)
        self.find = FindControl(tools)
        self.announcer = Announcer(page, self.conversation, self.asking)
        self.announcer.mode = services.settings.announce
        self.composer = ComposerControl(tools)
        self.documents: DocumentsControl | None = None
        if services.documents is not None:
            self.documents = DocumentsControl(
                page, self.conversation, services.documents, store, reads, sends
            )
            self.documents.failed.connect(self.failed)
        else:
            page.composer.submitted.connect(self.conversation.submit)
            page.composer.attach.hide()
            page.setAcceptDrops(False)
        self.clipboard = ClipboardControl(tools)
        self.pictures = PictureControl(tools)
        self.run_card = RunCardControl(
            page, self.conversation, self.messages, self.asking, store, reads
        )
        page.toast.undone.connect(self._on_undone)
        for control in (
            self.asking,
            self.conversation,
            self.messages,
            self.find,
            self.clipboard,
            self.pictures,
            self.composer,
            self.run_card,
        ):
            control.failed.connect(self.failed)

    def connect_actions(self, actions: Actions) -> None:
        actions.stop.triggered.connect(self.conversation.stop)
        actions.find.triggered.connect(self.find.begin)
        actions.find_next.triggered.connect(self.find.go_next)
        actions.find_previous.triggered.connect(self.find.go_back)
        actions.regenerate.triggered.connect(self.messages.regenerate_last)
        actions.edit_last.triggered.connect(self.messages.edit_last)
        actions.edit_answer.triggered.connect(self.messages.edit_last_answer)
        actions.copy_answer.triggered.connect(self.clipboard.copy_last_answer)
        actions.copy_code.triggered.connect(self.clipboard.copy_last_code)
        actions.quote.triggered.connect(self.clipboard.quote)

    def show_settings(self, settings: Settings) -> None:
        self.announcer.mode = settings.announce

    def show_status(self, status: EngineStatus) -> None:
        self.conversation.show_status(status)
        self.composer.show_status(status)

    def follow(self, url: str) -> bool:
        """Go where a link of the chat's own leads; False for any other."""
        return self.documents is not None and self.documents.follow(url)

    def close(self) -> None:
        if self.documents is not None:
            self.documents.close()
        self.composer.close()
        self.conversation.drafts.close()
        self.asking.close()
        self._page.transcript.clear()  # what it would still prepare needs the store

    def _on_undone(self, what: str) -> None:
        if what == UNDO_QUEUE:
            self.conversation.take_back_queue()
