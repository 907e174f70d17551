"""A chat that is kept: every word goes to the log while the engine writes it.

Nothing is ever overwritten: an edited message or answer, another answer and one that goes on are
siblings of what was there before.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.chat.answer_keeper import AnswerKeeper, AnswerLog
from app.chat.context import Fitted, fit, is_surely_short
from app.chat.messages import (
    EDITED,
    AnswerDetails,
    CitationsPart,
    DocumentsPart,
    Message,
    PageRange,
    Part,
    ReasoningPart,
    Role,
    TextPart,
)
from app.chat.presets import Preset
from app.chat.sources import Reading, ReadingProgress, Sources
from app.chat.template import render_prompt
from app.chat.turn import Turn, TurnFailed, TurnRequest, TurnUpdate, start_turn
from app.documents.citation import Citation, ReadingMode
from app.engine.client import EngineClient
from app.engine.protocol import ModelInfo, SamplingParams
from app.errors import AppError, cannot_replay

CLOSE_LIMIT_S = 2.0

_ROOT = 0  # app.storage.conversations.ROOT: beside the first message
_SEEDS = random.SystemRandom()

OnUpdate = Callable[[TurnUpdate | ReadingProgress], None]


class KeptHeader(Protocol):
    """A message of the branch that is shown."""

    @property
    def id(self) -> int: ...

    @property
    def role(self) -> Role: ...


class KeptMessage(Protocol):
    """A message of the log."""

    @property
    def parent_id(self) -> int | None: ...

    @property
    def message(self) -> Message: ...

    @property
    def details(self) -> AnswerDetails: ...


class ConversationLog(AnswerLog, Protocol):
    """What a session needs of the storage; see ``app.storage.conversations``."""

    def append(
        self, conversation_id: int, message: Message, *, parent_id: int | None = None
    ) -> int: ...

    def begin_answer(
        self, conversation_id: int, model: str, *, parent_id: int | None, seed: int | None
    ) -> int: ...

    def append_answer(
        self,
        conversation_id: int,
        parts: tuple[Part, ...],
        details: AnswerDetails,
        *,
        parent_id: int | None,
    ) -> int: ...

    def branch(self, conversation_id: int) -> Sequence[KeptHeader]: ...

    def messages(self, ids: Sequence[int]) -> Sequence[KeptMessage]: ...

    def history(self, conversation_id: int, until: int | None = None) -> list[Message]: ...

    def preset(self, conversation_id: int) -> Preset | None: ...


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """An answer being written. One that goes on begins with the words of its ``opening``."""

    conversation_id: int
    user_message_id: int
    answer_id: int
    turn: Turn
    opening: Message | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to answer: the question's id, and the answer to go on with.

    ``sampling`` None means as the conversation's preset or the settings say.
    """

    question_id: int
    sampling: SamplingParams | None = None
    opening: Message | None = None
    details: AnswerDetails = field(default_factory=AnswerDetails)  # of the opening
    basis: CitationsPart | None = None  # of a former answer: its documents are not read again


class ChatSession:
    """Sends messages and keeps what comes back. Every method may be called from any thread.

    Those that ask for an answer wait for the model: call them on a worker thread. The last update
    comes after the answer is stored. They raise AppError when no answer can be started; an edited
    or new message is stored even then. Without ``sources`` no message may be about documents.
    """

    def __init__(
        self,
        log: ConversationLog,
        engine: EngineClient,
        sampling: SamplingParams,
        sources: Sources | None = None,
    ) -> None:
        self._log = log
        self._engine = engine
        self._sampling = sampling
        self._sources = sources
        self._lock = threading.Lock()
        self._sendings: list[_Sending] = []

    def send(
        self,
        conversation_id: int,
        text: str,
        on_update: OnUpdate,
        *,
        documents: Sequence[int] = (),
        mode: ReadingMode = "whole",
        ranges: Sequence[PageRange] = (),
    ) -> LiveAnswer:
        """Store the message durably, then start the answer.

        Documents in it are read in the way of ``mode``; while that takes passes, ``on_update`` is
        called with ReadingProgress on this thread. Raises AppError, with nothing stored, for
        documents that are not there.
        """
        message = Message.of("user", text)
        if documents and self._sources is not None:
            part = DocumentsPart(self._sources.refs(documents), mode, tuple(ranges))
            message = Message("user", (part, TextPart(text)))
        question_id = self._log.append(conversation_id, message)
        return self._answer(conversation_id, _Asked(question_id), on_update)

    def edit(
        self, conversation_id: int, message_id: int, text: str, on_update: OnUpdate
    ) -> LiveAnswer:
        """Store the text beside the user's message as it was, then start an answer to it."""
        (former,) = self._log.messages([message_id])
        parent_id = _ROOT if former.parent_id is None else former.parent_id
        documents = (former.message.documents,) if former.message.documents else ()
        message = Message("user", (*documents, TextPart(text)))
        question_id = self._log.append(conversation_id, message, parent_id=parent_id)
        return self._answer(conversation_id, _Asked(question_id), on_update)

    def edit_answer(self, conversation_id: int, answer_id: int, text: str) -> int:
        """Store the text beside the answer as it was, with its thoughts; returns its id.

        Quotes are proven anew: those of the former text are not those of this one.
        """
        (former,) = self._log.messages([answer_id])
        question_id, basis = _question_of(former), former.message.proof
        thoughts = [part for part in former.message.parts if isinstance(part, ReasoningPart)]
        parts: tuple[Part, ...] = (*thoughts, TextPart(text))
        if basis is not None:
            history = self._log.history(conversation_id, question_id)
            asked_of = (*history, Message("assistant", (basis,)))
            parts = (*parts, replace(basis, citations=self._proven(text, asked_of)))
        details = AnswerDetails(former.details.model, finish_reason=EDITED)
        return self._log.append_answer(conversation_id, parts, details, parent_id=question_id)

    def answer_again(self, conversation_id: int, on_update: OnUpdate) -> LiveAnswer:
        """Answer the last message of the user on the branch that is shown.

        It has none, or one that failed: that one stays, beside the new one. LookupError when the
        branch has no message of the user.
        """
        branch = self._log.branch(conversation_id)
        questions = [header.id for header in branch if header.role == "user"]
        if not questions:
            raise LookupError(f"no question in conversation {conversation_id}")
        return self._answer(conversation_id, _Asked(questions[-1]), on_update)

    def regenerate(self, conversation_id: int, answer_id: int, on_update: OnUpdate) -> LiveAnswer:
        """Start another answer beside this one."""
        (former,) = self._log.messages([answer_id])
        asked = _Asked(_question_of(former), basis=former.message.proof)
        return self._answer(conversation_id, asked, on_update)

    def replay(self, conversation_id: int, answer_id: int, on_update: OnUpdate) -> LiveAnswer:
        """Start another answer beside this one, with its settings and its seed.

        Raises AppError when they are not known.
        """
        (former,) = self._log.messages([answer_id])
        sampling = former.details.sampling
        if sampling is None or sampling.seed is None:
            raise cannot_replay()
        asked = _Asked(_question_of(former), sampling, basis=former.message.proof)
        return self._answer(conversation_id, asked, on_update)

    def continue_answer(
        self, conversation_id: int, answer_id: int, on_update: OnUpdate
    ) -> LiveAnswer:
        """Start an answer that begins with the words of this one and goes on.

        Raises AppError for an answer that ends in a tool call.
        """
        (former,) = self._log.messages([answer_id])
        basis = former.message.proof
        asked = _Asked(_question_of(former), None, former.message, former.details, basis)
        return self._answer(conversation_id, asked, on_update)

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

    def _answer(self, conversation_id: int, asked: _Asked, on_update: OnUpdate) -> LiveAnswer:
        sending = _Sending(conversation_id)
        with self._lock:
            self._sendings.append(sending)
        with contextlib.ExitStack() as when_it_fails:
            when_it_fails.callback(self._forget, sending)
            live = self._start(sending, asked, on_update)
            when_it_fails.pop_all()
        return live

    def _stop(self, sendings: list["_Sending"]) -> list[Turn]:
        """Stop what runs now, and what does not run yet as soon as it does."""
        with self._lock:
            for sending in sendings:
                sending.is_stopped = True
            turns = [sending.turn for sending in sendings if sending.turn is not None]
        for turn in turns:
            turn.cancel()
        return turns

    def _start(self, sending: "_Sending", asked: _Asked, on_update: OnUpdate) -> LiveAnswer:
        model = self._engine.wait_ready()
        conversation_id, question_id = sending.conversation_id, asked.question_id
        preset = self._log.preset(conversation_id)
        history = self._log.history(conversation_id, question_id)
        sampling = _seeded(asked.sampling or (preset and preset.sampling) or self._sampling)
        answer_id = self._log.begin_answer(
            conversation_id, model.name, parent_id=question_id, seed=sampling.seed
        )
        details = replace(
            asked.details, model=model.name, seed=sampling.seed, sampling=sampling, error=""
        )
        keeper = AnswerKeeper(
            self._log, answer_id, details, on_update, lambda: self._forget(sending), asked.opening
        )
        try:
            reading = self._read(sending, history, asked.basis, on_update)
            if reading.basis is not None:
                asked_of = (*history, Message("assistant", (reading.basis,)))
                keeper.rests_on(reading.basis, lambda answer: self._proven(answer, asked_of))
            fitted = self._fit(model, _with_instructions(preset, reading.messages))
            keeper.left_out(fitted.left_out)
            request = TurnRequest(
                fitted.messages,
                sampling,
                session_key=f"chat-{conversation_id}",
                opening=asked.opening,
            )
            turn = start_turn(self._engine, request, keeper.take)
        except AppError as error:
            keeper.take(TurnFailed(error))
            raise
        with self._lock:
            sending.turn = turn
            is_stopped = sending.is_stopped
        if is_stopped:
            turn.cancel()
        return LiveAnswer(conversation_id, question_id, answer_id, turn, asked.opening)

    def _read(
        self,
        sending: "_Sending",
        history: Sequence[Message],
        basis: CitationsPart | None,
        on_update: OnUpdate,
    ) -> Reading:
        """The history with its documents in it, as far as somebody reads them."""
        if self._sources is None:
            return Reading(tuple(history))
        return self._sources.read(history, basis, on_update, lambda: sending.is_stopped)

    def _proven(self, answer: str, history: Sequence[Message]) -> tuple[Citation, ...]:
        return self._sources.proven(answer, history) if self._sources is not None else ()

    def _fit(self, model: ModelInfo, messages: Sequence[Message]) -> Fitted:
        if is_surely_short(messages, model.context_length):
            return Fitted(tuple(messages), 0, 0)
        return self._fitted(model, messages)

    def measure(self, conversation_id: int | None, preset: Preset | None, text: str) -> Fitted:
        """What would be sent if ``text`` were the next message; nothing is sent or stored.

        Raises AppError when no model is loaded: it does not wait for one.
        """
        model = self._engine.wait_ready(0)
        history = [] if conversation_id is None else self._log.history(conversation_id)
        messages = [*history, Message.of("user", text)]
        if self._sources is not None:
            messages = list(self._sources.read(messages).messages)
        return self._fitted(model, _with_instructions(preset, messages))

    def _fitted(self, model: ModelInfo, messages: Sequence[Message]) -> Fitted:
        def count(kept: Sequence[Message]) -> int:
            return self._engine.count_prompt(render_prompt(model, kept))

        return fit(messages, count, model.context_length)

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


def _question_of(answer: KeptMessage) -> int:
    if answer.parent_id is None:
        raise LookupError("an answer without a question")
    return answer.parent_id


def _with_instructions(preset: Preset | None, history: Sequence[Message]) -> list[Message]:
    if preset is None or not preset.instructions.strip():
        return list(history)
    return [Message.of("system", preset.instructions), *history]


def _seeded(sampling: SamplingParams) -> SamplingParams:
    """With a seed, so that the answer can be replayed."""
    if sampling.seed is not None:
        return sampling
    return replace(sampling, seed=_SEEDS.randrange(2**32 - 1))
