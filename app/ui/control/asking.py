"""Answers being written, in any conversation: asked for on a worker thread, told here."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.chat.session import ChatSession, LiveAnswer
from app.chat.sources import ReadingProgress
from app.chat.turn import TurnFailed, TurnFinished, TurnUpdate
from app.errors import AppError, ErrorKind
from app.storage.conversations import ConversationStore, StoredMessage
from app.ui.background import Background
from app.ui.bridge import AnswerFeed, Flush
from app.ui.control.running import RunningAnswer
from app.ui.words import finished_caption

Ask = Callable[[Callable[[TurnUpdate], None]], LiveAnswer]


class Asking(QObject):
    """One answer at a time in each conversation.

    ``reads`` runs what is short, ``sends`` what may wait for a model to load.
    """

    began = Signal(int, object)  # conversation, RunningAnswer
    arrived = Signal(int, object)  # conversation, Flush
    ended = Signal(int, object, object)  # conversation, StoredMessage, RunningAnswer
    reading = Signal(int, object)  # conversation, ReadingProgress
    not_started = Signal(int, object, object)  # conversation, RunningAnswer, AppError
    changed = Signal()  # in which conversations answers are written
    failed = Signal(object)  # AppError

    def __init__(
        self,
        store: ConversationStore,
        session: ChatSession,
        reads: Background,
        sends: Background,
    ) -> None:
        super().__init__()
        self._store, self._session = store, session
        self._reads, self._sends = reads, sends
        self._feed = AnswerFeed(self._on_flush)
        self._running: dict[int, RunningAnswer] = {}
        self._speeds: dict[int, str] = {}

    def ask(self, conversation_id: int, ask: Ask, running: RunningAnswer) -> None:
        """``ask`` is a call of the session that lacks only who is told of updates."""
        self._running[conversation_id] = running
        self._speeds.pop(conversation_id, None)
        self._sends.run(
            partial(ask, partial(self._take, conversation_id, running)),
            partial(self._on_live, conversation_id),
            partial(self._on_not_started, conversation_id),
        )
        self.changed.emit()

    def of(self, conversation_id: int | None) -> RunningAnswer | None:
        return self._running.get(conversation_id)

    def speed_of(self, conversation_id: int | None) -> str:
        """Of the last answer there, in words."""
        return self._speeds.get(conversation_id, "")

    @property
    def conversations(self) -> frozenset[int]:
        return frozenset(self._running)

    def stop(self, conversation_id: int) -> bool:
        """End the answer there; False when there is none, or when it is ending already."""
        running = self._running.get(conversation_id)
        if running is None or running.is_over or running.is_stopping:
            return False
        running.is_stopping = True
        self._session.stop(conversation_id)
        return True

    def close(self) -> None:
        self._feed.close()

    def _take(self, conversation_id: int, running: RunningAnswer, update: TurnUpdate) -> None:
        """On the thread that tells: what comes before the answer is passed on at once."""
        if isinstance(update, ReadingProgress):
            running.reading = update
            self.reading.emit(conversation_id, update)
        else:
            running.buffer.put(update)

    def _on_live(self, conversation_id: int, live: LiveAnswer) -> None:
        running = self._running[conversation_id]
        running.begin(live)
        self.began.emit(conversation_id, running)
        self._feed.follow(conversation_id, running.buffer)

    def _on_not_started(self, conversation_id: int, error: AppError) -> None:
        running = self._running.pop(conversation_id)
        self.not_started.emit(conversation_id, running, error)
        self.changed.emit()
        self.failed.emit(error)

    def _on_flush(self, conversation_id: int, flush: Flush) -> None:
        running = self._running[conversation_id]
        running.take(flush)
        self.arrived.emit(conversation_id, flush)
        if flush.end is not None:
            self._end(conversation_id, running, flush.end)

    def _end(
        self, conversation_id: int, running: RunningAnswer, end: TurnFinished | TurnFailed
    ) -> None:
        if isinstance(end, TurnFinished):
            self._speeds[conversation_id] = finished_caption(end)
        else:
            running.has_failed = True
            if end.error.kind is not ErrorKind.ENGINE_DIED:  # the engine's banner speaks of that
                self.failed.emit(end.error)
        self._reads.run(
            partial(self._store.messages, [running.live.answer_id]),
            partial(self._on_stored, conversation_id),
            partial(self._on_not_read, conversation_id),
        )

    def _on_stored(self, conversation_id: int, messages: list[StoredMessage]) -> None:
        running = self._running.pop(conversation_id)
        self.ended.emit(conversation_id, messages[0], running)
        self.changed.emit()

    def _on_not_read(self, conversation_id: int, error: AppError) -> None:
        del self._running[conversation_id]
        self.changed.emit()
        self.failed.emit(error)
