"""One conversation at a time on the page: open it, send, show the answer as it comes, stop."""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.chat.messages import Message
from app.chat.session import ChatSession, LiveAnswer
from app.chat.turn import TurnFailed, TurnFinished
from app.engine.client import EngineState, EngineStatus
from app.errors import AppError, ErrorKind
from app.storage.conversations import AnswerDetails, ConversationStore, MessageHeader, StoredMessage
from app.ui.background import Background
from app.ui.bridge import AnswerFeed, Flush
from app.ui.control.running import RunningAnswer
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.words import finished_caption, idle_caption, reading_caption, waiting_caption


class ConversationControl(QObject):
    """Between the page on one side and the session and the store on the other.

    ``reads`` runs what is short, ``sends`` what may wait for a model to load.
    """

    opened = Signal(object)  # the conversation's id, None for a new one
    answering_changed = Signal(object)  # frozenset of the ids in which an answer is written
    busy_changed = Signal(bool)  # there is something to stop on the page
    conversations_changed = Signal()  # in the store: titles, order
    failed = Signal(object)  # AppError

    def __init__(
        self,
        page: ConversationPage,
        store: ConversationStore,
        session: ChatSession,
        reads: Background,
        sends: Background,
    ) -> None:
        super().__init__()
        self._page, self._store, self._session = page, store, session
        self._reads, self._sends = reads, sends
        self._feed = AnswerFeed(self._on_flush)
        self._status = EngineStatus(EngineState.STOPPED)
        self._current: int | None = None
        self._visit = 0  # counts what was opened, to drop results that come too late
        self._is_shown = True  # the transcript shows what is current
        self._is_creating = False
        self._running: dict[int, RunningAnswer] = {}
        self._speeds: dict[int, str] = {}
        self._drafts: dict[int | None, str] = {}
        self._provisional: dict[int, StoredMessage] = {}
        self._real_ids: dict[int, int] = {}
        page.composer.submitted.connect(self._on_submitted)
        page.composer.stop_requested.connect(self.stop)

    @property
    def current(self) -> int | None:
        return self._current

    def open(self, conversation_id: int | None) -> None:
        """Show a conversation, or with None the beginning of a new one."""
        if conversation_id == self._current and not self._is_creating:
            self._page.composer.field.setFocus()
            return
        self._drafts[self._current] = self._page.composer.text
        self._current, self._is_creating = conversation_id, False
        self._page.composer.set_text(self._drafts.get(conversation_id, ""))
        self._show_current()
        self.opened.emit(conversation_id)
        self._page.composer.field.setFocus()

    def stop(self) -> None:
        """End the answer on the page."""
        running = self._running.get(self._current)
        if running is not None and not running.is_over:
            running.is_stopping = True
            self._session.stop(self._current)
            self._show_activity()

    def forget(self, conversation_id: int) -> None:
        """The conversation went to the trash: stop its answer and leave it."""
        if conversation_id in self._running:
            self._session.stop(conversation_id)
        if conversation_id == self._current:
            self.open(None)

    def show_status(self, status: EngineStatus) -> None:
        self._status = status
        self._show_activity()

    def close(self) -> None:
        self._feed.close()

    def _show_current(self) -> None:
        self._visit += 1
        self._is_shown = self._current is None
        if self._current is None:
            self._page.transcript.clear()
            self._page.show_empty()
        else:
            self._reads.run(
                partial(self._store.branch, self._current),
                partial(self._on_branch, self._visit),
                self.failed.emit,
            )
        self._show_activity()

    def _on_branch(self, visit: int, headers: list[MessageHeader]) -> None:
        if visit != self._visit:
            return
        running = self._running.get(self._current)
        live = running.live if running is not None else None
        stored = [h for h in headers if live is None or h.id != live.answer_id]
        self._page.transcript.open(stored, self._load)
        self._page.show_transcript()
        self._is_shown = True
        if live is not None:
            self._page.transcript.begin_answer(live.answer_id)
            if running.reasoning:
                self._page.transcript.add_reasoning(running.reasoning)
            if running.text:
                self._page.transcript.add_text(running.text)
        self._page.transcript.show_end()

    def _load(self, ids: Sequence[int]) -> list[StoredMessage]:
        """Texts for the transcript; questions just sent have an id of ours until stored."""
        real = [self._real_ids.get(id_, id_) for id_ in ids]
        found = {m.id: m for m in self._store.messages([id_ for id_ in real if id_ > 0])}
        messages = (found.get(id_) or self._provisional.get(id_) for id_ in real)
        return [message for message in messages if message is not None]

    def _on_submitted(self, text: str) -> None:
        if self._is_creating or self._current in self._running:
            return
        self._page.composer.set_text("")
        self._drafts.pop(self._current, None)
        provisional_id = self._show_question(text)
        if self._current is not None:
            self._send(self._current, text, provisional_id)
            return
        self._is_creating = True
        self._reads.run(
            self._store.create_conversation,
            partial(self._on_created, self._visit, text, provisional_id),
            partial(self._on_not_created, self._visit, text),
        )
        self._show_activity()

    def _show_question(self, text: str) -> int:
        """Show the message at once, before it is stored and before a model is ready for it."""
        id_ = -1 - len(self._provisional)
        message = StoredMessage(
            id_,
            self._current or 0,
            None,
            Message.of("user", text),
            "complete",
            time.time(),
            AnswerDetails(),
            True,
        )
        self._provisional[id_] = message
        if self._current is None:
            self._page.transcript.open([], self._load)
        self._page.show_transcript()
        self._page.transcript.append(message)
        self._page.transcript.show_end()
        return id_

    def _on_created(self, visit: int, text: str, provisional_id: int, conversation_id: int) -> None:
        if visit == self._visit:
            self._is_creating = False
            self._current = conversation_id
            self.opened.emit(conversation_id)
        self._send(conversation_id, text, provisional_id)

    def _on_not_created(self, visit: int, text: str, error: AppError) -> None:
        if visit == self._visit:
            self._is_creating = False
            self._show_current()
        self._give_back(None, text)
        self.failed.emit(error)

    def _send(self, conversation_id: int, text: str, provisional_id: int) -> None:
        running = RunningAnswer(text, provisional_id)
        self._running[conversation_id] = running
        self._speeds.pop(conversation_id, None)
        self._sends.run(
            partial(self._session.send, conversation_id, text, running.buffer.put),
            partial(self._on_live, conversation_id, self._visit),
            partial(self._on_not_sent, conversation_id),
        )
        self._announce_running()

    def _on_live(self, conversation_id: int, visit: int, live: LiveAnswer) -> None:
        running = self._running[conversation_id]
        running.live = live
        self._real_ids[running.provisional_id] = live.user_message_id
        if conversation_id == self._current:
            if visit == self._visit:
                self._page.transcript.begin_answer(live.answer_id)
            else:  # it was left and opened again meanwhile: what it shows may be older
                self._show_current()
        self._feed.follow(conversation_id, running.buffer)
        self._show_activity()
        self.conversations_changed.emit()

    def _on_not_sent(self, conversation_id: int, error: AppError) -> None:
        running = self._running.pop(conversation_id)
        if error.kind is ErrorKind.DATABASE:  # only then the message may not be stored
            self._give_back(conversation_id, running.question)
        if conversation_id == self._current:
            self._show_current()
        self._announce_running()
        self.conversations_changed.emit()
        self.failed.emit(error)

    def _give_back(self, conversation_id: int | None, text: str) -> None:
        """The text is never lost: back into the composer it was written in."""
        if conversation_id == self._current and not self._page.composer.text:
            self._page.composer.set_text(text)
        elif not self._drafts.get(conversation_id):
            self._drafts[conversation_id] = text

    def _on_flush(self, conversation_id: int, flush: Flush) -> None:
        running = self._running[conversation_id]
        running.take(flush)
        if conversation_id == self._current and self._is_shown:
            if flush.reasoning:
                self._page.transcript.add_reasoning(flush.reasoning)
            if flush.text:
                self._page.transcript.add_text(flush.text)
        if flush.end is not None:
            self._end(conversation_id, running, flush.end)
        if conversation_id == self._current:
            self._show_activity()

    def _end(
        self, conversation_id: int, running: RunningAnswer, end: TurnFinished | TurnFailed
    ) -> None:
        if isinstance(end, TurnFinished):
            self._speeds[conversation_id] = finished_caption(end)
        elif end.error.kind is not ErrorKind.ENGINE_DIED:  # the engine's banner speaks of that
            self.failed.emit(end.error)
        self._reads.run(
            partial(self._store.messages, [running.live.answer_id]),
            partial(self._on_stored, conversation_id),
            self.failed.emit,
        )

    def _on_stored(self, conversation_id: int, messages: list[StoredMessage]) -> None:
        self._running.pop(conversation_id, None)
        if conversation_id == self._current and self._is_shown and messages:
            self._page.transcript.end_answer(messages[0])
        self._announce_running()
        self.conversations_changed.emit()

    def _announce_running(self) -> None:
        self._show_activity()
        self.answering_changed.emit(frozenset(self._running))

    def _show_activity(self) -> None:
        """Send or Stop, and the line below the composer."""
        running = self._running.get(self._current)
        is_busy = self._is_creating or running is not None
        self._page.composer.set_answering(is_busy)
        self.busy_changed.emit(is_busy)
        if not is_busy:
            speed = self._speeds.get(self._current, "")
            self._page.composer.set_caption(idle_caption(self._status), speed)
        else:
            self._page.composer.set_caption(self._busy_caption(running))

    def _busy_caption(self, running: RunningAnswer | None) -> str:
        if running is not None and running.is_stopping:
            return self.tr("Stopping")
        if running is None or (running.progress is None and not running.has_begun):
            return waiting_caption(self._status)
        if not running.has_begun and running.progress.done < running.progress.total:
            return reading_caption(running.progress)
        return self.tr("Writing")
