"""What the endpoint was asked lately, for the user's own eyes: kept in memory, and only while on.

The window reads it, and ``doorstep requests``; no route of the endpoint does. Switching it off
forgets everything.
"""

import collections
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    ReasoningDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
)
from app.server.prefix_miss import PrefixMiss, prefix_miss

MAX_RECORDS = 200
_MAX_PROMPT_CHARACTERS = 32_000_000  # of all prompts that are kept
_COMPARED = 16  # prompts: older ones are hardly in the engine's cache any more

RequestState = Literal["waiting", "reading", "writing", "finished", "failed", "left"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, and by which route."""

    protocol: str = ""
    client: str = ""
    key: str = ""  # its name; empty when none is asked for


# Set where a request comes in and read where its turn begins: it travels with the request's task,
# so that no protocol has to hand it on.
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it is frozen


@dataclass(frozen=True, slots=True)
class ToolCallSeen:
    """A call as it was parsed: its arguments are what the client got."""

    name: str
    arguments: dict[str, object]


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request. Times in seconds; ``waited_s`` until the first token or word of progress."""

    id: int
    started_at: float  # unix
    origin: Origin
    session_key: str | None
    state: RequestState = "waiting"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    waited_s: float | None = None
    prefill_s: float = 0.0
    decode_s: float = 0.0
    total_s: float | None = None
    finish_reason: str = ""
    error: str = ""
    tool_calls: tuple[ToolCallSeen, ...] = ()
    miss: PrefixMiss | None = None

    @property
    def new_tokens(self) -> int:
        """Tokens of the prompt that had to be computed."""
        return self.prompt_tokens - self.cached_tokens


class Inspector:
    """The last 200 requests. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_switched_on = False
        self._watchers = 0
        self._records: collections.OrderedDict[int, RequestRecord] = collections.OrderedDict()
        self._prompts: collections.OrderedDict[int, str] = collections.OrderedDict()
        self._listeners: list[Callable[[RequestRecord], None]] = []
        self._next_id = 1

    @property
    def is_on(self) -> bool:
        return self._is_switched_on or self._watchers > 0

    def switch(self, is_on: bool) -> None:
        with self._lock:
            self._is_switched_on = is_on
            self._forget_if_off()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """On while the context lasts, whatever it is switched to."""
        with self._lock:
            self._watchers += 1
        try:
            yield
        finally:
            with self._lock:
                self._watchers -= 1
                self._forget_if_off()

    def records(self) -> tuple[RequestRecord, ...]:
        """Oldest first."""
        with self._lock:
            return tuple(self._records.values())

    def prompt(self, record_id: int) -> str | None:
        """The whole prompt, if it is still kept."""
        with self._lock:
            return self._prompts.get(record_id)

    def subscribe(self, on_record: Callable[[RequestRecord], None]) -> Callable[[], None]:
        """Hear of every change of a record, on whichever thread makes it. Returns the way out."""
        with self._lock:
            self._listeners.append(on_record)

        def unsubscribe() -> None:
            with self._lock:
                if on_record in self._listeners:
                    self._listeners.remove(on_record)

        return unsubscribe

    def begin(self, request: TurnRequest) -> "Inspection | None":
        """A request was taken; None while switched off."""
        with self._lock:
            if not self.is_on:
                return None
            record = RequestRecord(self._next_id, time.time(), ORIGIN.get(), request.session_key)
            self._next_id += 1
            self._records[record.id] = record
            while len(self._records) > MAX_RECORDS:
                self._prompts.pop(self._records.popitem(last=False)[0], None)
        self._tell(record)
        return Inspection(self, record.id)

    def change(self, record_id: int, **changes: object) -> None:
        with self._lock:
            record = self._records.get(record_id)
            if record is None:
                return
            record = self._records[record_id] = replace(record, **changes)  # type: ignore[arg-type]
        self._tell(record)

    def keep_prompt(self, record_id: int, prompt: str) -> None:
        with self._lock:
            earlier = list(self._prompts.items())[-_COMPARED:]
        miss = prefix_miss(prompt, earlier)
        with self._lock:
            if record_id not in self._records:
                return
            self._prompts[record_id] = prompt
            while sum(map(len, self._prompts.values())) > _MAX_PROMPT_CHARACTERS:
                self._prompts.popitem(last=False)
        self.change(record_id, miss=miss)

    def _forget_if_off(self) -> None:
        if not self.is_on:
            self._records.clear()
            self._prompts.clear()

    def _tell(self, record: RequestRecord) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for on_record in listeners:
            on_record(record)


class Inspection:
    """One request being watched."""

    def __init__(self, inspector: Inspector, record_id: int) -> None:
        self._inspector = inspector
        self._id = record_id
        self._started = time.monotonic()
        self._state: RequestState = "waiting"
        self._calls: tuple[ToolCallSeen, ...] = ()

    def read_prompt(self, prompt: str) -> None:
        self._inspector.keep_prompt(self._id, prompt)

    def take(self, update: TurnUpdate) -> None:
        match update:
            case PromptProgress(_, total, cached):
                self._go_on("reading", prompt_tokens=total, cached_tokens=cached)
            case ContentDelta() | ReasoningDelta() | ToolCallStarted():
                self._go_on("writing")
            case ToolCallEnded(_, call):
                self._calls += (ToolCallSeen(call.name, call.arguments),)
                self._change(tool_calls=self._calls)
            case TurnFinished(reason, usage, timings):
                self._end(
                    "left" if reason == "cancelled" else "finished",
                    finish_reason=reason,
                    prompt_tokens=usage.prompt_tokens,
                    cached_tokens=usage.cached_tokens,
                    completion_tokens=usage.completion_tokens,
                    prefill_s=timings.prefill_s,
                    decode_s=timings.decode_s,
                )
            case TurnFailed(error):
                self.fail(error.title)

    def fail(self, what: str) -> None:
        self._end("failed", error=what)

    def leave(self) -> None:
        """The client is gone, or has all it asked for."""
        self._end("left")

    def _go_on(self, state: RequestState, **changes: object) -> None:
        if self._state == "waiting":
            changes["waited_s"] = time.monotonic() - self._started
        if state != self._state:
            self._state = state
            self._change(state=state, **changes)

    def _end(self, state: RequestState, **changes: object) -> None:
        if self._state not in ("finished", "failed", "left"):
            self._state = state
            self._change(state=state, total_s=time.monotonic() - self._started, **changes)

    def _change(self, **changes: object) -> None:
        self._inspector.change(self._id, **changes)
