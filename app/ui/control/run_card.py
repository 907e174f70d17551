"""The run card: which answer it shows in which conversation, and what a replay changed."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.storage.conversations import ConversationStore, StoredMessage
from app.ui.background import Background
from app.ui.control.asking import Asking
from app.ui.control.conversation import ConversationControl
from app.ui.control.messages import MessageControl
from app.ui.control.running import RunningAnswer
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.panel.run_card import difference_in_words


class RunCardControl(QObject):
    """Each conversation remembers whether its card is open, and for which answer."""

    failed = Signal(object)  # AppError

    def __init__(
        self,
        page: ConversationPage,
        conversation: ConversationControl,
        messages: MessageControl,
        asking: Asking,
        store: ConversationStore,
        reads: Background,
    ) -> None:
        super().__init__()
        self._page, self._conversation = page, conversation
        self._store, self._reads = store, reads
        self._open: dict[int, int] = {}  # conversation: message
        page.run_card.closed.connect(self._on_closed)
        page.run_card.replay_requested.connect(messages.replay)
        messages.details_requested.connect(self._on_requested)
        conversation.opened.connect(self._on_opened)
        asking.ended.connect(self._on_ended)

    def _on_requested(self, message_id: int) -> None:
        """Open the card; a second time for the same answer closes it."""
        card = self._page.run_card
        if card.isVisible() and card.message_id == message_id:
            self._on_closed()
        else:
            self._show(message_id)

    def _show(self, message_id: int) -> None:
        current = self._conversation.current
        if current is not None:
            self._open[current] = message_id
            self._reads.run(
                partial(self._store.messages, [message_id]),
                partial(self._on_read, current, ""),
                self.failed.emit,
            )

    def _on_read(
        self, conversation_id: int, difference: str, messages: list[StoredMessage]
    ) -> None:
        is_wanted = bool(messages) and self._open.get(conversation_id) == messages[0].id
        if is_wanted and conversation_id == self._conversation.current:
            self._page.run_card.show_answer(messages[0], difference)
            self._page.set_panel_shown(True)

    def _on_closed(self) -> None:
        if self._conversation.current is not None:
            self._open.pop(self._conversation.current, None)
        self._page.set_panel_shown(False)

    def _on_opened(self, conversation_id: int | None) -> None:
        message_id = self._open.get(conversation_id)
        if message_id is None:
            self._page.set_panel_shown(False)
        else:
            self._show(message_id)

    def _on_ended(
        self, conversation_id: int, answer: StoredMessage, running: RunningAnswer
    ) -> None:
        """The card goes on to the newest answer; a replay is compared with what it replays."""
        if conversation_id not in self._open:
            return
        self._open[conversation_id] = answer.id
        if running.replayed is None:
            self._on_read(conversation_id, "", [answer])
        else:
            self._reads.run(
                partial(self._store.messages, [running.replayed]),
                partial(self._on_replayed, conversation_id, answer),
                self.failed.emit,
            )

    def _on_replayed(
        self, conversation_id: int, answer: StoredMessage, former: list[StoredMessage]
    ) -> None:
        before, after = (m.message.reasoning + m.message.text for m in (former[0], answer))
        difference = difference_in_words(before, after)
        self._on_read(conversation_id, difference, [answer])
