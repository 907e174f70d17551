"""The socket: every value that crosses it, and what an engine must do to plug in.

Values are frozen and hold only what JSON can carry, because they travel between processes
(``frames``). Text goes in as prompt parts and comes out as pieces; tokens, caches and drafts stay
inside the engine.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from app.engine.errors import AppError, bad_request

FinishReason = Literal["stop", "length", "cancelled"]

MAX_STOP_STRINGS = 16
MAX_STOP_CHARACTERS = 256
MAX_TOP_LOGPROBS = 20
LEAST_CONTEXT = 16  # tokens

_KEPT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class PromptPart:
    """A run of prompt text.

    Only text of a part with ``special`` may become control tokens; all other text is tokenised so
    that no control or marker token can form, and is never altered. ``checkpoint`` asks for a state
    snapshot after this part because a later prompt will agree up to there.
    """

    text: str
    special: bool = False
    checkpoint: bool = False


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen, the same in every engine and in this order.

    penalties → top_k → top_p → min_p → temperature, then one draw. The penalties look at the last
    ``penalty_last_tokens`` tokens of prompt and answer. ``temperature`` 0 takes the most likely
    token after the penalties. ``seed`` None draws a new seed for each request.
    """

    temperature: float = 0.7
    top_k: int = 0  # 0 = off
    top_p: float = 1.0  # 1 = off
    min_p: float = 0.0  # 0 = off
    repetition_penalty: float = 1.0  # 1 = off
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    penalty_last_tokens: int = 64
    seed: int | None = None

    def __post_init__(self) -> None:
        _within("temperature", self.temperature, 0, 5)
        _within("top_k", self.top_k, 0, 1_000_000)
        _within("top_p", self.top_p, 0, 1)
        _within("min_p", self.min_p, 0, 1)
        _within("repetition_penalty", self.repetition_penalty, 0.01, 10)
        _within("frequency_penalty", self.frequency_penalty, -10, 10)
        _within("presence_penalty", self.presence_penalty, -10, 10)
        _within("penalty_last_tokens", self.penalty_last_tokens, 0, 1_000_000)
        if self.seed is not None:
            _within("seed", self.seed, 0, 2**32 - 2)


@dataclass(frozen=True, slots=True)
class Constraint:
    """The form an answer must have: a grammar in llguidance's Lark dialect (``%json`` included).

    It holds from the first character after ``starts_after``; empty means from the beginning.
    ``without_markers`` is the same grammar for models that lack the marker tokens named in it.
    """

    grammar: str
    starts_after: str = ""
    without_markers: str = ""


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """One answer to generate. ``max_tokens`` None means until the context is full.

    ``top_logprobs`` asks for the log probability of each token and of so many alternatives.
    ``session`` names a conversation whose prefix must not be evicted by requests without a name.
    ``keep_as`` asks for the state at the last checkpoint of the prompt to be on disk, in the folder
    of that name below ``EngineOptions.kept_dir``, before Finished is sent.
    """

    id: str
    prompt: tuple[PromptPart, ...]
    sampling: SamplingParams = field(default_factory=SamplingParams)
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()  # the first of these ends the answer and is not part of it
    constraint: Constraint | None = None
    top_logprobs: int | None = None  # None = no log probabilities; 0 to MAX_TOP_LOGPROBS
    session: str = ""
    keep_as: str = ""  # small letters, digits and hyphens

    def __post_init__(self) -> None:
        if self.max_tokens is not None:
            _within("max_tokens", self.max_tokens, 1, 2**31 - 1)
        if len(self.stop) > MAX_STOP_STRINGS:
            raise bad_request(f"At most {MAX_STOP_STRINGS} stop strings are allowed.")
        if any(not 0 < len(text) <= MAX_STOP_CHARACTERS for text in self.stop):
            raise bad_request(f"A stop string must have 1 to {MAX_STOP_CHARACTERS} characters.")
        if self.top_logprobs is not None:
            _within("top_logprobs", self.top_logprobs, 0, MAX_TOP_LOGPROBS)
        if self.keep_as and not _KEPT_NAME.fullmatch(self.keep_as):
            raise bad_request("keep_as must be small letters, digits and hyphens.")


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one request; ``cached_tokens`` of the prompt were not computed again."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent reading the prompt and writing the answer."""

    prefill_s: float
    decode_s: float

    def tokens_per_second(self, usage: Usage) -> float:
        """Decode speed, 0 for an answer of one token or less."""
        return (usage.completion_tokens - 1) / self.decode_s if self.decode_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """The prompt is being read: ``done`` of ``total`` tokens, ``cached`` of them reused."""

    request_id: str
    done: int
    total: int
    cached: int


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """A token as text (its bytes, where they are not whole characters, as U+FFFD), and ln p."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """The token that was chosen, and the likeliest ones there, likeliest first.

    ln p is the log-softmax of the raw logits: before mask, penalties, cuts and temperature.
    """

    chosen: TokenLogprob
    top: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of the answer: always whole characters, never empty."""

    request_id: str
    text: str
    token_count: int
    logprobs: tuple[TokenLogprobs, ...] = ()  # one per token, when they were asked for


@dataclass(frozen=True, slots=True)
class DraftStats:
    """How drafting went: cycles of the decode loop, and drafts by position (first, second, …)."""

    cycles: int
    drafted: tuple[int, ...]
    accepted: tuple[int, ...]
    depth: int = 0  # drafts a cycle when the answer ended
    reason: str = ""  # why nothing was drafted at the end, as words for the user


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete: by itself or a stop string, by length, or because of a cancel."""

    request_id: str
    reason: FinishReason
    usage: Usage
    timings: Timings
    drafts: DraftStats | None = None  # None where nothing was drafted
    stop: str | None = None  # the stop string that ended it
    peak_memory_bytes: int = 0  # of the worker so far; 0 where it is not known


@dataclass(frozen=True, slots=True)
class Failed:
    """The request ended with an error; the pieces sent before it remain valid."""

    request_id: str
    error: AppError


Event = Progress | Piece | Finished | Failed


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What the app must know of a loaded model."""

    name: str
    architecture: str
    context_length: int  # tokens, as opened
    chat_template: str | None
    bos_token: str = ""
    eos_token: str = ""
    mtp_depth: int = 0
    engine: str = ""  # library and version, as shown to the user
    size_bytes: int = 0
    notices: tuple[str, ...] = ()  # sentences the user should see once
    embedding_size: int = 0  # numbers in a vector; 0 = not an embedding model


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How to open a model.

    ``use_extra_buffers`` False avoids CPU paths that end the process on some machines.
    """

    context_length: int | None = None  # tokens; None = automatic, at most as trained
    threads: int | None = None
    use_extra_buffers: bool = True
    draft_depth: int | None = None  # 0 to 3 drafts a cycle; None = whatever measures fastest
    kv_type: Literal["f16", "q8_0"] | None = None  # None = automatic
    cache_dir: str | None = None  # where prefix states are kept; None = in memory only
    backends: tuple[str, ...] = ()  # libraries of GPU backends that a trial found to work here
    kept_dir: str | None = None  # where states asked for by ``keep_as`` go; None = nowhere
    cache_memory_bytes: int = 2 * 1024**3
    cache_disk_bytes: int = 32 * 1024**3

    def __post_init__(self) -> None:
        if self.context_length is not None:
            _within("context_length", self.context_length, LEAST_CONTEXT, 2**31 - 1)
        if self.threads is not None:
            _within("threads", self.threads, 1, 512)
        if self.draft_depth is not None:
            _within("draft_depth", self.draft_depth, 0, 3)
        if self.kv_type not in (None, "f16", "q8_0"):
            raise bad_request("kv_type must be f16 or q8_0.")
        _within("cache_memory_bytes", self.cache_memory_bytes, 0, 2**62)
        _within("cache_disk_bytes", self.cache_disk_bytes, 0, 2**62)


@dataclass(frozen=True, slots=True)
class EngineCounters:
    """What a worker has done since it started."""

    requests_running: int
    requests_total: int
    tokens_prefilled: int
    tokens_generated: int
    memory_bytes: int  # resident, 0 where the system does not tell


class Engine(Protocol):
    """One loaded model. One thread owns it; only the two that count may be called from another."""

    info: ModelInfo

    def submit(self, request: GenerateRequest) -> None:
        """Queue a request; returns at once. Errors come as Failed events from ``step``."""

    def step(self) -> list[Event]:
        """Advance every live request by one prefill chunk or one decode cycle.

        Returns at once with an empty list when nothing is live.
        """

    def cancel(self, request_id: str) -> None:
        """End a request: the next step reports Finished("cancelled"); unknown ids are ignored."""

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text (no control tokens). Safe to call from any thread."""

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        """Tokens that a request with this prompt would have. Safe to call from any thread."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 per text. On the engine's thread, between steps.

        Raises AppError where the model is not an embedding model or a text is too long.
        """

    def close(self) -> None:
        """Free the model. The engine cannot be used afterwards."""


class OpenEngine(Protocol):
    """What an engine package offers as ``open_engine``."""

    def __call__(
        self, model: Path, options: EngineOptions, on_progress: Callable[[float], None]
    ) -> Engine:
        """Load the model, reporting progress 0..1. Raises AppError with words for the user."""


def _within(name: str, value: float, low: float, high: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise bad_request(f"{name} must be a number.")
    if not low <= value <= high:  # also refuses NaN
        raise bad_request(f"{name} must be between {low:g} and {high:g}.")
