"""One assistant turn: messages in, reasoning and content out. Window and endpoint share it."""

import itertools
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.chat.answer_parser import AnswerParser, AnswerUpdate, PlainParser
from app.chat.canonical import canonical
from app.chat.continuation import continued, is_inside_reasoning
from app.chat.grammar import answer_constraint
from app.chat.json_schema import NO_VALUE, fits, lenient_json
from app.chat.messages import Message, ToolCallPart
from app.chat.stream_parser import CLOSE_TAG, OPEN_TAG, ContentDelta, ReasoningDelta
from app.chat.template import render_prompt
from app.chat.token_track import TokenTrack
from app.chat.tool_fallback import in_words, speaks_of_tools
from app.chat.tool_parser import CLOSERS, call_style
from app.chat.tools import (
    Tool,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolChoice,
    tool_as_json,
)
from app.engine.client import EngineClient
from app.engine.protocol import (
    Constraint,
    DraftStats,
    Event,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    ModelInfo,
    Piece,
    Progress,
    PromptPart,
    SamplingParams,
    Timings,
    Usage,
)
from app.errors import AppError, answer_not_in_schema, tool_call_missing

log = logging.getLogger(__name__)

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

    ``raw_prompt`` is a text to go on with instead of messages; nothing in it is a control token.
    ``response_schema`` is the JSON schema that the answer must follow. ``session_key`` names the
    conversation, so that its prefix can be kept apart from side requests. ``opening`` is an answer
    to these messages that was cut: only what follows it is told. ``top_logprobs`` asks for the log
    probability of each token of the text and of so many alternatives.
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
    opening: Message | None = None
    raw_prompt: str | None = None
    top_logprobs: int | None = None


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
    drafts: DraftStats | None = None


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
        self,
        engine: EngineClient,
        request: TurnRequest,
        answer: "_Answer",
        on_update: Callable[[TurnUpdate], None],
    ) -> None:
        self.id = uuid.uuid4().hex
        self._engine = engine
        self._request = request
        self._answer = answer
        self._on_update = on_update
        self._over = threading.Event()
        self._is_cancelled = False
        self._is_enough = False  # all that was asked for is there; the engine is being stopped
        self._calls_ended = 0
        self._is_demand_met = False
        self._text: list[str] = []

    @property
    def prompt(self) -> tuple[PromptPart, ...]:
        """As rendered."""
        return self._answer.prompt

    def start(self) -> None:
        asked = self._request
        self._engine.submit(
            GenerateRequest(
                self.id,
                self._answer.prompt,
                asked.sampling,
                asked.max_tokens,
                asked.stop,
                self._answer.constraint(),
                top_logprobs=asked.top_logprobs,
                session=asked.session_key or "",
            ),
            self.take,
        )

    def cancel(self) -> None:
        """End the answer within one step of the engine; TurnFinished follows. Any thread."""
        self._is_cancelled = True
        self._engine.cancel(self.id)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the last update; False when it did not come in time."""
        return self._over.wait(timeout_s)

    def take(self, event: Event) -> None:
        """Handle an engine event, on the engine client's thread."""
        match event:
            case Progress(_, done, total, cached):
                self._on_update(PromptProgress(done, total, cached))
            case Piece():
                self._tell(self._answer.feed(event))
            case Finished():
                is_complete = event.reason == "stop" and event.stop in (None, *CLOSERS)
                self._tell(self._answer.flush(is_complete=is_complete))
                self._end(self._last_update(event))
            case Failed(_, error):
                self._tell(self._answer.flush(is_complete=False))
                self._end(TurnFailed(error))

    def _tell(self, updates: list[AnswerUpdate]) -> None:
        for update in updates:
            if self._is_enough:
                return
            self._on_update(update)
            if isinstance(update, ContentDelta) and self._request.response_schema is not None:
                self._text.append(update.text)
            if isinstance(update, ToolCallEnded):
                self._calls_ended += 1
                self._is_demand_met |= self._answer.is_demanded(update.call)
                self._is_enough = self._answer.is_enough
                if self._is_enough:
                    self._engine.cancel(self.id)

    def _last_update(self, event: Finished) -> TurnFinished | TurnFailed:
        reason: FinishReason = event.reason
        if self._is_cancelled:
            reason = "cancelled"
        elif self._is_enough:
            reason = "stop"
        if reason == "stop" and self._answer.must_call and not self._is_demand_met:
            return TurnFailed(tool_call_missing())
        schema = self._request.response_schema
        if reason == "stop" and schema is not None and not self._calls_ended:
            value = lenient_json("".join(self._text))
            if value is NO_VALUE or not fits(value, schema):
                return TurnFailed(answer_not_in_schema())
        return TurnFinished(reason, event.usage, event.timings, event.stop, event.drafts)

    def _end(self, last: TurnFinished | TurnFailed) -> None:
        self._on_update(last)
        self._over.set()


class _Answer:
    """What the model writes and what is demanded of it."""

    def __init__(
        self, model: ModelInfo, request: TurnRequest, prompt: tuple[PromptPart, ...]
    ) -> None:
        self.prompt = prompt
        self._choice = request.tool_choice
        self._tools = request.tools if self._choice.mode != "none" else ()
        self._style = call_style(model.chat_template)
        self._starts_inside = _own_ending(prompt).rstrip().endswith(OPEN_TAG)
        opening = request.opening
        if opening is not None:
            self.prompt = continued(prompt, opening, starts_inside=self._starts_inside)
            was_thinking = self._starts_inside and not opening.text
            self._starts_inside = was_thinking or is_inside_reasoning(opening)
        self.must_call = bool(self._tools) and self._choice.mode in ("required", "named")
        self.is_enough = not request.parallel_tool_calls or self._choice.mode == "named"
        self._schema = request.response_schema
        self._is_raw = request.raw_prompt is not None
        self._parser = self._new_parser(is_continued=opening is not None)
        wants_logprobs = request.top_logprobs is not None
        self._track = TokenTrack(self._parser.feed) if wants_logprobs else None

    def feed(self, piece: Piece) -> list[AnswerUpdate]:
        return self._track.feed(piece) if self._track else self._parser.feed(piece.text)

    def flush(self, *, is_complete: bool) -> list[AnswerUpdate]:
        updates = self._parser.flush(is_complete=is_complete)
        return self._track.told(updates) if self._track else updates

    def is_demanded(self, call: ToolCallPart) -> bool:
        return self._choice.mode != "named" or call.name == self._choice.name

    def constraint(self) -> Constraint | None:
        """The form that is demanded of the answer once the model has thought.

        What no grammar can say is left to the check at the end.
        """
        if not self.must_call and self._schema is None:
            return None
        try:
            return answer_constraint(
                schema=None if self.must_call else self._schema,
                tools=self._tools,
                choice=self._choice,
                style=self._style,
                is_parallel=not self.is_enough,
                starts_after=CLOSE_TAG if self._starts_inside else "",
            )
        except AppError as error:
            log.warning("no grammar for a demanded form: %s", error.kind)
            return None

    def _new_parser(self, *, is_continued: bool) -> AnswerParser | PlainParser:
        if self._is_raw:
            return PlainParser()
        return AnswerParser(
            starts_inside=self._starts_inside,
            is_continued=is_continued,
            style=self._style if self._tools else None,
            tools=self._tools,
        )


def start_turn(
    engine: EngineClient, request: TurnRequest, on_update: Callable[[TurnUpdate], None]
) -> Turn:
    """Render the template and submit; the last update is TurnFinished or TurnFailed.

    Waits for the model and may take long: never on the GUI or an asyncio thread. ``on_update`` is
    called on a thread of the engine client. Raises AppError (no model, template).
    """
    model = engine.wait_ready()
    turn = Turn(engine, request, _Answer(model, request, prompt_of(model, request)), on_update)
    turn.start()
    return turn


def _own_ending(prompt: tuple[PromptPart, ...]) -> str:
    """What the template wrote after the last word of somebody else."""
    own = itertools.takewhile(lambda part: part.special, reversed(prompt))
    return "".join(reversed([part.text for part in own]))


def prompt_of(model: ModelInfo, request: TurnRequest) -> tuple[PromptPart, ...]:
    """The prompt of a turn. Raises AppError (template)."""
    if request.raw_prompt is not None:
        opening = (PromptPart(model.bos_token, special=True),) if model.bos_token else ()
        return (*opening, PromptPart(request.raw_prompt))
    tools = request.tools if request.tool_choice.mode != "none" else ()
    messages = canonical(request.messages)
    has_calls = any(message.tool_calls or message.role == "tool" for message in messages)
    if (tools or has_calls) and not speaks_of_tools(model.chat_template):
        return render_prompt(model, in_words(messages, tools))
    return render_prompt(model, messages, tools=[tool_as_json(tool) for tool in tools])
