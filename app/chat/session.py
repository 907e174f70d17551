"""A chat that is kept: every word goes to the log while the engine writes it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.chat.messages import (
    AnswerDetails,
    Message,
    MessageState,
    Part,
    ReasoningPart,
    TextPart,
)
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    Turn,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.engine.client import EngineClient
from app.engine.protocol import SamplingParams
from app.errors import AppError

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 2.0


class ConversationLog(Protocol):
    """What a session needs of the storage; see ``app.storage.conversations``."""

    def append(
        self, conversation_id: int, message: Message, *, parent_id: int | None = None
    ) -> int: ...

    def begin_answer(self, conversation_id: int, model: str) -> int: ...

    def save_partial(self, message_id: int, parts: tuple[Part, ...]) -> None: ...

    def finish_answer(
        self,
        message_id: int,
        parts: tuple[Part, ...],
        state: MessageState,
        details: AnswerDetails,
    ) -> None: ...

    def history(self, conversation_id: int) -> list[Message]: ...


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """An answer being written."""

    conversation_id: int
    user_message_id: int
    answer_id: int
    turn: Turn


class ChatSession:
    """Sends messages and keeps what comes back. Every method may be called from any thread."""

    def __init__(
        self, log: ConversationLog, engine: EngineClient, sampling: SamplingParams
    ) -> None:
        self._log = log
        self._engine = engine
        self._sampling = sampling
        self._lock = threading.Lock()
        self._live: dict[int, LiveAnswer | None] = {}  # None: sent, not yet running
        self._stopping: set[int] = set()

    def send(
        self, conversation_id: int, text: str, on_update: Callable[[TurnUpdate], None]
    ) -> LiveAnswer:
        """Store the message durably, then start the answer.

        Waits for the model: call on a worker thread. The last update comes after the answer is
        stored. Raises AppError when no answer can be started; the message is stored even then.
        """
        user_id = self._log.append(conversation_id, Message.of("user", text))
        with self._lock:
            self._live[conversation_id] = None
            self._stopping.discard(conversation_id)
        try:
            live = self._start(conversation_id, user_id, on_update)
        except AppError:
            self._forget(conversation_id)
            raise
        return live

    def stop(self, conversation_id: int) -> None:
        """End the answer; what is written stays. Returns at once."""
        with self._lock:
            live = self._live.get(conversation_id)
            if conversation_id in self._live and live is None:
                self._stopping.add(conversation_id)
        if live is not None:
            live.turn.cancel()

    def is_answering(self, conversation_id: int) -> bool:
        with self._lock:
            return conversation_id in self._live

    def close(self) -> None:
        """Stop every answer and wait, at most 2 s, until their text is stored."""
        deadline = time.monotonic() + CLOSE_LIMIT_S
        with self._lock:
            running = [live for live in self._live.values() if live is not None]
        for live in running:
            live.turn.cancel()
        for live in running:
            live.turn.wait(max(0.0, deadline - time.monotonic()))

    def _start(
        self, conversation_id: int, user_id: int, on_update: Callable[[TurnUpdate], None]
    ) -> LiveAnswer:
        model = self._engine.wait_ready()
        history = tuple(self._log.history(conversation_id))
        answer_id = self._log.begin_answer(conversation_id, model.name)
        keeper = _Keeper(
            self._log, answer_id, model.name, on_update, lambda: self._forget(conversation_id)
        )
        try:
            turn = start_turn(self._engine, TurnRequest(history, self._sampling), keeper.take)
        except AppError as error:
            keeper.take(TurnFailed(error))
            raise
        live = LiveAnswer(conversation_id, user_id, answer_id, turn)
        with self._lock:
            if conversation_id in self._live:
                self._live[conversation_id] = live
            is_stopping = conversation_id in self._stopping
        if is_stopping:
            turn.cancel()
        return live

    def _forget(self, conversation_id: int) -> None:
        with self._lock:
            self._live.pop(conversation_id, None)
            self._stopping.discard(conversation_id)


class _Keeper:
    """Keeps one answer: stores it as it grows, then passes the update on."""

    def __init__(
        self,
        log: ConversationLog,
        answer_id: int,
        model: str,
        on_update: Callable[[TurnUpdate], None],
        on_over: Callable[[], None],
    ) -> None:
        self._log = log
        self._answer_id = answer_id
        self._model = model
        self._on_update = on_update
        self._on_over = on_over
        self._reasoning = ""
        self._text = ""
        self._began_at = time.monotonic()
        self._thought_s = 0.0

    def take(self, update: TurnUpdate) -> None:
        match update:
            case ReasoningDelta(text):
                self._reasoning += text
                self._thought_s = time.monotonic() - self._began_at
            case ContentDelta(text):
                self._text += text
            case TurnFinished() | TurnFailed():
                update = self._finish(update)
        if isinstance(update, ReasoningDelta | ContentDelta):
            self._log.save_partial(self._answer_id, self._parts())
        self._on_update(update)

    def _parts(self) -> tuple[Part, ...]:
        parts: tuple[Part, ...] = (TextPart(self._text),)
        if self._reasoning:
            parts = (ReasoningPart(self._reasoning, round(self._thought_s, 1)), *parts)
        return parts

    def _finish(self, update: TurnFinished | TurnFailed) -> TurnFinished | TurnFailed:
        """Store the whole answer; a full disk turns a finished turn into a failed one."""
        self._on_over()
        try:
            self._log.finish_answer(
                self._answer_id, self._parts(), self._state(update), self._details(update)
            )
        except AppError as error:
            log.error("answer could not be stored: %s", error.title)
            return TurnFailed(error)
        return update

    def _state(self, update: TurnFinished | TurnFailed) -> MessageState:
        match update:
            case TurnFinished(reason="cancelled"):
                return "stopped"
            case TurnFinished():
                return "complete"
        return "interrupted" if self._text or self._reasoning else "failed"

    def _details(self, update: TurnFinished | TurnFailed) -> AnswerDetails:
        if isinstance(update, TurnFailed):
            return AnswerDetails(model=self._model, error=str(update.error))
        return AnswerDetails(
            self._model,
            update.usage.prompt_tokens,
            update.usage.cached_tokens,
            update.usage.completion_tokens,
            update.timings.prefill_s,
            update.timings.decode_s,
            update.reason,
        )
