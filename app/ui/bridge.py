"""What the engine's threads report reaches the GUI thread here, never one signal per token."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnUpdate,
)
from app.engine.status import EngineStatus

FLUSH_MS = 33


@dataclass(frozen=True, slots=True)
class Flush:
    """Everything that came since the last one, in the order reasoning, text, end."""

    reasoning: str = ""
    text: str = ""
    progress: PromptProgress | None = None
    end: TurnFinished | TurnFailed | None = None


class AnswerBuffer:
    """Collects the updates of one answer. ``put`` is for any thread, ``take`` for the GUI's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._updates: list[TurnUpdate] = []

    def put(self, update: TurnUpdate) -> None:
        with self._lock:
            self._updates.append(update)

    def take(self) -> Flush:
        with self._lock:
            updates, self._updates = self._updates, []
        flush = Flush(
            reasoning="".join(u.text for u in updates if isinstance(u, ReasoningDelta)),
            text="".join(u.text for u in updates if isinstance(u, ContentDelta)),
        )
        for update in updates:
            match update:
                case PromptProgress():
                    flush = replace(flush, progress=update)
                case TurnFinished() | TurnFailed():
                    flush = replace(flush, end=update)
        return flush


class AnswerFeed:
    """Empties the buffers of all running answers every 33 ms, and rests when there is none."""

    def __init__(self, on_flush: Callable[[int, Flush], None]) -> None:
        self._on_flush = on_flush
        self._buffers: dict[int, AnswerBuffer] = {}
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._on_timeout)

    def follow(self, conversation_id: int, buffer: AnswerBuffer) -> None:
        self._buffers[conversation_id] = buffer
        self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        self._buffers.clear()

    def _on_timeout(self) -> None:
        for conversation_id, buffer in list(self._buffers.items()):
            flush = buffer.take()
            if flush.end is not None:
                del self._buffers[conversation_id]
            if flush != Flush():
                self._on_flush(conversation_id, flush)
        if not self._buffers:
            self._timer.stop()


class _Relay(QObject):
    changed = Signal()


class StatusFeed:
    """Hands the newest engine status to the GUI thread; older ones that wait are dropped."""

    def __init__(self, on_status: Callable[[EngineStatus], None]) -> None:
        self._on_status = on_status
        self._lock = threading.Lock()
        self._newest: EngineStatus | None = None
        self._relay = _Relay()
        self._relay.changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)

    def put(self, status: EngineStatus) -> None:
        """For any thread."""
        with self._lock:
            is_waiting = self._newest is not None
            self._newest = status
        if not is_waiting:
            self._relay.changed.emit()

    def _on_changed(self) -> None:
        with self._lock:
            status, self._newest = self._newest, None
        if status is not None:
            self._on_status(status)
