"""The newest question and its answer in the transcript, while the answer is being written."""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.chat.messages import DocumentsPart
from app.storage.conversations import AnswerDetails, ConversationStore, StoredMessage
from app.ui.background import Background
from app.ui.bridge import Flush
from app.ui.control.conversation_work import question
from app.ui.control.running import RunningAnswer
from app.ui.conversation.conversation_page import ConversationPage


class ShownTurn(QObject):
    """Whoever calls it knows that the transcript shows the conversation of this turn."""

    failed = Signal(object)  # AppError

    def __init__(self, page: ConversationPage, store: ConversationStore, reads: Background) -> None:
        super().__init__()
        self._page, self._transcript = page, page.transcript
        self._store, self._reads = store, reads
        self._provisional = 0  # counts questions shown before they are stored

    def show_question(
        self, conversation_id: int | None, text: str, about: DocumentsPart | None
    ) -> int:
        """Before it is stored and before a model is ready for it; returns the id it has here."""
        self._provisional -= 1
        message = StoredMessage(
            self._provisional,
            conversation_id or 0,
            None,
            question(text, about),
            "complete",
            time.time(),
            AnswerDetails(),
            True,
        )
        if conversation_id is None:
            self._transcript.open([], self._store.messages)
        self._page.show_transcript()
        self._transcript.append(message)
        self._transcript.show_end()
        return self._provisional

    def name_question(self, running: RunningAnswer) -> None:
        """The question has its id now; what can be done with it follows."""
        self._transcript.rename(running.provisional_id, running.live.user_message_id)
        self._reads.run(
            partial(self._store.messages, [running.live.user_message_id]),
            self._on_question_stored,
            self.failed.emit,
        )

    def is_answer_next(self, running: RunningAnswer) -> bool:
        """Whether the transcript ends with the question of this answer."""
        asked = (running.provisional_id, running.live.user_message_id)
        return self._transcript.last_id in asked

    def begin_answer(self, running: RunningAnswer) -> None:
        """With all that has come of it already."""
        self._transcript.begin_answer(running.live.answer_id)
        self._add(running.reasoning, running.text)

    def add(self, flush: Flush) -> None:
        self._add(flush.reasoning, flush.text)

    def _add(self, reasoning: str, text: str) -> None:
        if reasoning:
            self._transcript.add_reasoning(reasoning)
        if text:
            self._transcript.add_text(text)

    def _on_question_stored(self, messages: Sequence[StoredMessage]) -> None:
        for message in messages:  # in another conversation the transcript has none of this id
            self._transcript.message_stored(message)
