"""One assistant turn: messages in, reasoning and content out. Window and endpoint share it."""

import itertools
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.chat.answer_parser import AnswerParser, AnswerUpdate, PlainParser
from app.chat.canonical import canonical
from app.chat.continuation import continued, is_inside_reasoning
from app.chat.forced_call import call_opening, prompt_with_call
from app.chat.json_schema import NO_VALUE, fits, lenient_json
from app.chat.messages import Message
from app.chat.stream_parser import OPEN_TAG, ContentDelta, ReasoningDelta
from app.chat.template import render_prompt
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
    to these messages that was cut: only what follows it is told.
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
    """A running answer. It runs in the engine once, or twice when a call must be opened for it."""

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
        self._run_id = self.id
        self._is_cancelled = False
        self._is_enough = False  # all that was asked for is there; the engine is being stopped
        self._first_run: Finished | None = None
        self._is_opening = False  # the first run is being stopped to open a call
        self._calls_ended = 0
        self._text: list[str] = []

    @property
    def prompt(self) -> tuple[PromptPart, ...]:
        """As rendered, without a call that was opened for the model later."""
        return self._answer.prompt

    def start(self) -> None:
        self._run(self._answer.prompt, self._request.max_tokens)

    def cancel(self) -> None:
        """End the answer within one step of the engine; TurnFinished follows. Any thread."""
        self._is_cancelled = True
        self._engine.cancel(self._run_id)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the last update; False when it did not come in time."""
        return self._over.wait(timeout_s)

    def take(self, event: Event) -> None:
        """Handle an engine event, on the engine client's thread."""
        match event:
            case Progress(_, done, total, cached):
                if self._first_run is None:
                    self._on_update(PromptProgress(done, total, cached))
            case Piece(_, text, _):
                self._tell(self._answer.feed(text))
            case Finished():
                self._finish(event)
            case Failed(_, error):
                self._tell(self._answer.flush(is_complete=False))
                self._end(TurnFailed(error))

    def _run(self, prompt: tuple[PromptPart, ...], max_tokens: int | None) -> None:
        asked = self._request
        request = GenerateRequest(self._run_id, prompt, asked.sampling, max_tokens, asked.stop)
        self._engine.submit(request, self.take)
        if self._is_cancelled:
            self._engine.cancel(self._run_id)

    def _tell(self, updates: list[AnswerUpdate]) -> None:
        for update in updates:
            if self._is_opening or self._is_enough:
                return
            if self._answer.refuses(update):
                self._is_opening = True
                self._engine.cancel(self._run_id)
                return
            self._on_update(update)
            if isinstance(update, ContentDelta) and self._request.response_schema is not None:
                self._text.append(update.text)
            if isinstance(update, ToolCallEnded):
                self._calls_ended += 1
                self._is_enough = self._answer.is_enough
                if self._is_enough:
                    self._engine.cancel(self._run_id)

    def _finish(self, event: Finished) -> None:
        is_complete = event.reason == "stop" and event.stop in (None, *CLOSERS)
        self._tell(self._answer.flush(is_complete=is_complete))
        left = self._tokens_left(event)
        wants_call = self._is_opening or (event.reason == "stop" and self._answer.must_call)
        if wants_call and self._first_run is None and left != 0 and not self._is_cancelled:
            self._first_run = event
            self._open_call(left)
        else:
            self._end(self._last_update(self._added_up(event)))

    def _open_call(self, max_tokens: int | None) -> None:
        """Go on after the opening of a call; the prompt so far is in the engine's cache."""
        self._run_id = f"{self.id}-call"
        self._is_opening = False
        prompt, updates = self._answer.open_call()
        self._tell(updates)
        self._run(prompt, max_tokens)

    def _tokens_left(self, event: Finished) -> int | None:
        limit = self._request.max_tokens
        return None if limit is None else max(0, limit - event.usage.completion_tokens)

    def _added_up(self, last: Finished) -> Finished:
        """Both runs as one: the prompt is counted once, what was written twice."""
        first = self._first_run
        if first is None:
            return last
        tokens = first.usage.completion_tokens + last.usage.completion_tokens
        usage = replace(first.usage, completion_tokens=tokens)
        timings = Timings(
            first.timings.prefill_s + last.timings.prefill_s,
            first.timings.decode_s + last.timings.decode_s,
        )
        return replace(last, usage=usage, timings=timings)

    def _last_update(self, event: Finished) -> TurnFinished | TurnFailed:
        reason: FinishReason = "length" if self._is_opening else event.reason
        if self._is_cancelled:
            reason = "cancelled"
        elif self._is_enough:
            reason = "stop"
        if reason == "stop" and self._answer.must_call:
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
        self._template = model.chat_template or ""
        self._style = call_style(self._template)
        self._starts_inside = _own_ending(prompt).rstrip().endswith(OPEN_TAG)
        opening = request.opening
        if opening is not None:
            self.prompt = continued(prompt, opening, starts_inside=self._starts_inside)
            was_thinking = self._starts_inside and not opening.text
            self._starts_inside = was_thinking or is_inside_reasoning(opening)
        self.must_call = bool(self._tools) and self._choice.mode in ("required", "named")
        self.is_enough = not request.parallel_tool_calls or self._choice.mode == "named"
        self._is_opened = False
        self._written: list[str] = []
        self._is_raw = request.raw_prompt is not None
        self._parser = self._new_parser(self._starts_inside, is_continued=opening is not None)

    def feed(self, text: str) -> list[AnswerUpdate]:
        if self.must_call and not self._is_opened:
            self._written.append(text)
        return self._parser.feed(text)

    def flush(self, *, is_complete: bool) -> list[AnswerUpdate]:
        return self._parser.flush(is_complete=is_complete)

    def refuses(self, update: AnswerUpdate) -> bool:
        """Whether this is not the call that must come now; notes when it does come."""
        if not self.must_call or isinstance(update, ReasoningDelta):
            return False
        if isinstance(update, ToolCallStarted):
            is_wanted = self._choice.mode != "named" or update.name == self._choice.name
            self.must_call = not is_wanted
            return not is_wanted and not self._is_opened
        return not self._is_opened

    def open_call(self) -> tuple[tuple[PromptPart, ...], list[AnswerUpdate]]:
        """The prompt with the opening of a call, and what that already tells."""
        opening = call_opening(self._style, self._template, self._choice.name)
        self._is_opened = True
        self._parser = self._new_parser(False)
        prompt = prompt_with_call(
            self.prompt,
            "".join(self._written),
            opening,
            style=self._style,
            starts_inside=self._starts_inside,
        )
        return prompt, self._parser.feed("".join(part.text for part in opening))

    def _new_parser(
        self, starts_inside: bool, *, is_continued: bool = False
    ) -> AnswerParser | PlainParser:
        if self._is_raw:
            return PlainParser()
        style = self._style if self._tools else None
        return AnswerParser(
            starts_inside=starts_inside, is_continued=is_continued, style=style, tools=self._tools
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
