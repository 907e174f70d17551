"""Keeps one answer while it is written: partial text now and then, the whole at the end."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from app.chat.messages import (
    AnswerDetails,
    CitationsPart,
    Message,
    MessageState,
    Part,
    ReasoningPart,
    TextPart,
)
from app.chat.turn import ContentDelta, ReasoningDelta, TurnFailed, TurnFinished, TurnUpdate
from app.documents.citation import Citation
from app.errors import AppError

log = logging.getLogger(__name__)


class AnswerLog(Protocol):
    """Where an answer is kept; see ``app.storage.conversations``."""

    def save_partial(self, message_id: int, parts: tuple[Part, ...]) -> None: ...

    def finish_answer(
        self,
        message_id: int,
        parts: tuple[Part, ...],
        state: MessageState,
        details: AnswerDetails,
    ) -> None: ...


class AnswerKeeper:
    """Stores the answer as it grows, then passes the update on.

    ``details`` is what is known when it begins; an answer that goes on brings its ``opening``.
    """

    def __init__(
        self,
        log: AnswerLog,
        answer_id: int,
        details: AnswerDetails,
        on_update: Callable[[TurnUpdate], None],
        on_over: Callable[[], None],
        opening: Message | None = None,
    ) -> None:
        self._log = log
        self._answer_id = answer_id
        self._begun = details
        self._on_update = on_update
        self._on_over = on_over
        self._basis: CitationsPart | None = None
        self._prove: Callable[[str], tuple[Citation, ...]] = lambda _: ()
        self._reasoning = opening.reasoning if opening is not None else ""
        self._text = opening.text if opening is not None else ""
        self._thought_s = opening.thought_s if opening is not None else 0.0
        self._began_at = time.monotonic() - self._thought_s

    def rests_on(self, basis: CitationsPart, prove: Callable[[str], tuple[Citation, ...]]) -> None:
        """The answer is about documents; ``prove`` judges its quotes when it is over."""
        self._basis = basis
        self._prove = prove

    def left_out(self, messages: int) -> None:
        """So many of the oldest messages do not fit into the prompt."""
        self._begun = replace(self._begun, left_out=messages)

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
        return parts if self._basis is None else (*parts, self._basis)

    def _finish(self, update: TurnFinished | TurnFailed) -> TurnFinished | TurnFailed:
        """Store the whole answer; a full disk turns a finished turn into a failed one."""
        try:
            self._judge()
            self._log.finish_answer(
                self._answer_id, self._parts(), self._state(update), self._details(update)
            )
        except AppError as error:
            log.error("answer could not be stored: %s", error.title)
            return TurnFailed(error)
        finally:
            self._on_over()
        return update

    def _judge(self) -> None:
        """Prove the quotes. Documents that cannot be read leave the answer without."""
        if self._basis is None:
            return
        try:
            self._basis = replace(self._basis, citations=self._prove(self._text))
        except AppError as error:
            log.error("quotes could not be proven: %s", error.title)

    def _state(self, update: TurnFinished | TurnFailed) -> MessageState:
        match update:
            case TurnFinished(reason="cancelled"):
                return "stopped"
            case TurnFinished():
                return "complete"
        return "interrupted" if self._text or self._reasoning else "failed"

    def _details(self, update: TurnFinished | TurnFailed) -> AnswerDetails:
        """What was known when it began, and what this run adds to it."""
        begun = self._begun
        if isinstance(update, TurnFailed):
            return replace(begun, error=str(update.error))
        return replace(
            begun,
            prompt_tokens=update.usage.prompt_tokens,
            cached_tokens=update.usage.cached_tokens,
            completion_tokens=begun.completion_tokens + update.usage.completion_tokens,
            prefill_s=begun.prefill_s + update.timings.prefill_s,
            decode_s=begun.decode_s + update.timings.decode_s,
            finish_reason=update.reason,
            drafts=update.drafts,
        )
