"""A chat that is kept: every word goes to the log while the engine writes it."""

import contextlib
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
        self._sendings: list[_Sending] = []

    def send(
        self, conversation_id: int, text: str, on_update: Callable[[TurnUpdate], None]
    ) -> LiveAnswer:
        """Store the message durably, then start the answer.

        Waits for the model: call on a worker thread. The last update comes after the answer is
        stored. Raises AppError when no answer can be started; the message is stored even then.
        """
        user_id = self._log.append(conversation_id, Message.of("user", text))
        sending = _Sending(conversation_id)
        with self._lock:
            self._sendings.append(sending)
        with contextlib.ExitStack() as when_it_fails:
            when_it_fails.callback(self._forget, sending)
            live = self._start(sending, user_id, on_update)
            when_it_fails.pop_all()
        return live

    def stop(self, conversation_id: int) -> None:
        """End the answer; what is written stays. Returns at once."""
        with self._lock:
            sendings = [sent for sent in self._sendings if sent.conversation_id == conversation_id]
        self._stop(sendings)

    def is_answering(self, conversation_id: int) -> bool:
        """From the moment the message is stored until the answer is."""
        with self._lock:
            return any(sent.conversation_id == conversation_id for sent in self._sendings)

    def close(self) -> None:
        """Stop every answer and wait, at most 2 s, until their text is stored."""
        deadline = time.monotonic() + CLOSE_LIMIT_S
        with self._lock:
            sendings = list(self._sendings)
        for turn in self._stop(sendings):
            turn.wait(max(0.0, deadline - time.monotonic()))

    def _stop(self, sendings: list["_Sending"]) -> list[Turn]:
        """Stop what runs now, and what does not run yet as soon as it does."""
        with self._lock:
            for sending in sendings:
                sending.is_stopped = True
            turns = [sending.turn for sending in sendings if sending.turn is not None]
        for turn in turns:
            turn.cancel()
        return turns

    def _start(
        self, sending: "_Sending", user_id: int, on_update: Callable[[TurnUpdate], None]
    ) -> LiveAnswer:
        model = self._engine.wait_ready()
        history = tuple(self._log.history(sending.conversation_id))
        answer_id = self._log.begin_answer(sending.conversation_id, model.name)
        keeper = _Keeper(self._log, answer_id, model.name, on_update, lambda: self._forget(sending))
        try:
            turn = start_turn(self._engine, TurnRequest(history, self._sampling), keeper.take)
        except AppError as error:
            keeper.take(TurnFailed(error))
            raise
        with self._lock:
            sending.turn = turn
            is_stopped = sending.is_stopped
        if is_stopped:
            turn.cancel()
        return LiveAnswer(sending.conversation_id, user_id, answer_id, turn)

    def _forget(self, sending: "_Sending") -> None:
        with self._lock:
            if sending in self._sendings:
                self._sendings.remove(sending)


@dataclass(eq=False, slots=True)
class _Sending:
    """A message whose answer is not stored yet; ``turn`` is None until the engine is asked."""

    conversation_id: int
    turn: Turn | None = None
    is_stopped: bool = False


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
        try:
            self._log.finish_answer(
                self._answer_id, self._parts(), self._state(update), self._details(update)
            )
        except AppError as error:
            log.error("answer could not be stored: %s", error.title)
            return TurnFailed(error)
        finally:
            self._on_over()
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
