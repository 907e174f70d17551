"""One answer of a comparison, from the request to its end. Nothing of it is stored."""

import time
from dataclasses import dataclass, field, replace

from app.chat.messages import AnswerDetails, Message, MessageState, ReasoningPart, TextPart
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
from app.engine.protocol import Timings, Usage
from app.storage.conversations import StoredMessage
from app.ui.bridge import AnswerBuffer, Flush
from app.ui.control.compare_engines import CompareEngines

ANSWER_ID = -1


@dataclass(slots=True)
class CompareRun:
    """GUI thread only, but for ``start`` and ``buffer``."""

    asked: TurnRequest
    engine_key: str
    buffer: AnswerBuffer = field(default_factory=AnswerBuffer)
    text: str = ""
    reasoning: str = ""
    first_token_s: float | None = None
    end: TurnFinished | TurnFailed | None = None
    _model: str = ""
    _turn: Turn | None = None
    _began_at: float = 0.0
    _is_stopped: bool = False

    def start(self, engines: CompareEngines) -> None:
        """On a worker thread; waits for the model. Raises AppError."""
        if self._is_stopped:  # before its turn came: nothing is opened for it
            self.buffer.put(TurnFinished("cancelled", Usage(0, 0, 0), Timings(0.0, 0.0)))
            return
        engine: EngineClient = engines.open(self.engine_key)
        self._model = engine.wait_ready().name
        self._began_at = time.monotonic()
        self._turn = start_turn(engine, self.asked, self._on_update)
        if self._is_stopped:
            self._turn.cancel()

    def stop(self) -> None:
        self._is_stopped = True
        if self._turn is not None:
            self._turn.cancel()

    def take(self, flush: Flush) -> None:
        self.reasoning += flush.reasoning
        self.text += flush.text
        self.end = flush.end or self.end

    @property
    def is_over(self) -> bool:
        return self.end is not None

    @property
    def answer(self) -> StoredMessage:
        """As a message of the transcript, which is not in the store."""
        parts: tuple[ReasoningPart | TextPart, ...] = (TextPart(self.text),)
        if self.reasoning:
            parts = (ReasoningPart(self.reasoning, 0.0), *parts)
        return StoredMessage(
            ANSWER_ID,
            0,
            None,
            Message("assistant", parts),
            self._state,
            time.time(),
            self._details,
            True,
        )

    @property
    def _state(self) -> MessageState:
        match self.end:
            case TurnFinished(reason="cancelled"):
                return "stopped"
            case TurnFailed():
                return "interrupted" if self.text else "failed"
        return "complete"

    @property
    def _details(self) -> AnswerDetails:
        sampling = self.asked.sampling
        known = AnswerDetails(model=self._model, seed=sampling.seed, sampling=sampling)
        match self.end:
            case TurnFailed(error):
                return replace(known, error=str(error))
            case TurnFinished(reason, usage, timings, _, drafts):
                return AnswerDetails(
                    self._model,
                    usage.prompt_tokens,
                    usage.cached_tokens,
                    usage.completion_tokens,
                    timings.prefill_s,
                    timings.decode_s,
                    reason,
                    seed=sampling.seed,
                    sampling=sampling,
                    drafts=drafts,
                )
        return known

    def _on_update(self, update: TurnUpdate) -> None:
        """On a thread of the engine client."""
        is_text = isinstance(update, ReasoningDelta | ContentDelta)
        if is_text and self.first_token_s is None:
            self.first_token_s = time.monotonic() - self._began_at
        self.buffer.put(update)
