"""One assistant turn: messages in, reasoning and content out. Window and endpoint share it."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.chat.messages import Message
from app.chat.stream_parser import (
    OPEN_TAG,
    ContentDelta,
    ReasoningDelta,
    StreamParser,
)
from app.chat.template import render_prompt
from app.chat.tools import (
    Tool,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolChoice,
)
from app.engine.client import EngineClient
from app.engine.protocol import (
    Event,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    Piece,
    Progress,
    SamplingParams,
    Timings,
    Usage,
)
from app.errors import AppError

__all__ = [
    "ContentDelta",
    "PromptProgress",
    "ReasoningDelta",
    "Tool",
    "ToolCallDelta",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolChoice",
    "Turn",
    "TurnFailed",
    "TurnFinished",
    "TurnRequest",
    "TurnUpdate",
    "start_turn",
]


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What to answer and how.

    ``response_schema`` is the JSON schema that the answer must follow. ``session_key`` names the
    conversation, so that its prefix can be kept apart from side requests.
    """

    messages: tuple[Message, ...]
    sampling: SamplingParams
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = field(default_factory=ToolChoice)
    parallel_tool_calls: bool = True
    response_schema: dict[str, Any] | None = None
    session_key: str | None = None


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """The prompt is being read: tokens done, in all, and reused."""

    done: int
    total: int
    cached: int


@dataclass(frozen=True, slots=True)
class TurnFinished:
    reason: FinishReason
    usage: Usage
    timings: Timings
    stop: str | None = None  # the stop string that ended it


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The turn ended with an error; the deltas before it remain valid."""

    error: AppError


TurnUpdate = (
    PromptProgress
    | ReasoningDelta
    | ContentDelta
    | ToolCallStarted
    | ToolCallDelta
    | ToolCallEnded
    | TurnFinished
    | TurnFailed
)


class Turn:
    """A running answer."""

    def __init__(
        self, engine: EngineClient, parser: StreamParser, on_update: Callable[[TurnUpdate], None]
    ) -> None:
        self.id = uuid.uuid4().hex
        self._engine = engine
        self._parser = parser
        self._on_update = on_update
        self._over = threading.Event()

    def cancel(self) -> None:
        """End the answer within one step of the engine; TurnFinished follows. Any thread."""
        self._engine.cancel(self.id)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the last update; False when it did not come in time."""
        return self._over.wait(timeout_s)

    def take(self, event: Event) -> None:
        """Handle an engine event, on the engine client's thread."""
        match event:
            case Progress(_, done, total, cached):
                self._on_update(PromptProgress(done, total, cached))
            case Piece(_, text, _):
                for delta in self._parser.feed(text):
                    self._on_update(delta)
            case Finished(_, reason, usage, timings, stop=stop):
                self._end(TurnFinished(reason, usage, timings, stop))
            case Failed(_, error):
                self._end(TurnFailed(error))

    def _end(self, last: TurnFinished | TurnFailed) -> None:
        for delta in self._parser.flush():
            self._on_update(delta)
        self._on_update(last)
        self._over.set()


def start_turn(
    engine: EngineClient, request: TurnRequest, on_update: Callable[[TurnUpdate], None]
) -> Turn:
    """Render the template and submit; the last update is TurnFinished or TurnFailed.

    Waits for the model and may take long: never on the GUI or an asyncio thread. ``on_update`` is
    called on a thread of the engine client. Raises AppError (no model, template).
    """
    model = engine.wait_ready()
    prompt = render_prompt(model, request.messages)
    ending = "".join(part.text for part in prompt[-2:] if part.special).rstrip()
    turn = Turn(engine, StreamParser(starts_inside=ending.endswith(OPEN_TAG)), on_update)
    engine.submit(
        GenerateRequest(turn.id, prompt, request.sampling, request.max_tokens, request.stop),
        turn.take,
    )
    return turn
