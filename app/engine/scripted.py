"""An engine without a model: it plays replies from a JSON file, at a pace and cut as told.

The file is one object:

    name, context_length, chat_template    as a model would have (chat_template may be null)
    chat_template_file                     instead: a file beside the script
    tokens_per_second                      default pace; 0 or missing = as fast as possible
    load_seconds                           how long loading takes
    load_until                             a file beside the script; loading ends when it is there
    embedding_size                         numbers in a vector; 0 or missing = no embeddings
    mtp_depth                              MTP layers that it says it has; it drafts nothing
    replies                                a list; the first that fits a prompt is played

A reply: ``text`` in the model's own text format; ``when`` and ``unless``, regular expressions
searched in the whole prompt; ``tokens_per_second``; ``cut``, either characters per token or a list
of token lengths (default: words); ``tokens_per_piece``; ``prefill_seconds``; ``hold_after``, tokens
before it pauses (0: while it reads the prompt) until the file ``hold_until`` is beside the script,
or for ever; ``crash_after``, tokens before the process kills itself; ``fail_after``, tokens before
the request fails.

Log probabilities are made up from the script alone: each token has 0.9 and its alternatives, named
"~1", "~2" and so on, share the rest by halves.
"""

import json
import math
import os
import random
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.engine.errors import AppError, ErrorKind, context_overflow, model_invalid, no_embeddings
from app.engine.memory import peak_resident_bytes
from app.engine.protocol import (
    EngineOptions,
    Event,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    ModelInfo,
    Piece,
    Progress,
    PromptPart,
    Timings,
    TokenLogprob,
    TokenLogprobs,
    Usage,
)
from app.engine.text import PieceAssembler

_WORD = re.compile(r"\s*\S+|\s+")
_COUNTED = re.compile(r"\w+|[^\w\s]|\s+")
_NAP_S = 0.004
_PREFILL_CHUNKS = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the script."""

    text: str
    when: str = ""
    unless: str = ""
    tokens_per_second: float | None = None
    cut: int | tuple[int, ...] | None = None
    tokens_per_piece: int = 1
    prefill_seconds: float = 0.0
    hold_after: int | None = None
    hold_until: Path | None = None
    crash_after: int | None = None
    fail_after: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether it goes no further than ``hold_after`` for now."""
        return self.hold_after is not None and not (self.hold_until and self.hold_until.exists())

    def fits(self, prompt: str) -> bool:
        return re.search(self.when, prompt) is not None and not (
            self.unless and re.search(self.unless, prompt)
        )

    def tokens(self) -> list[str]:
        if self.cut is None:
            return _WORD.findall(self.text)
        sizes = [self.cut] if isinstance(self.cut, int) else list(self.cut)
        found: list[str] = []
        at = 0
        while at < len(self.text):
            size = max(1, sizes[min(len(found), len(sizes) - 1)])
            found.append(self.text[at : at + size])
            at += size
        return found


@dataclass(slots=True)
class _Live:
    """A request being played."""

    request: GenerateRequest
    prompt_tokens: int
    reply: Reply
    tokens: list[str]
    pace: float  # tokens per second, 0 = no limit
    assembler: PieceAssembler
    submitted_at: float
    started_at: float | None = None  # when the first token was due
    logprobs: list[TokenLogprobs] = field(default_factory=list)  # of tokens not told yet
    played: int = 0
    prefilled: int = 0
    is_cancelled: bool = False

    @property
    def limit(self) -> int:
        wanted = self.request.max_tokens
        return len(self.tokens) if wanted is None else min(wanted, len(self.tokens))


def open_engine(
    model: Path, options: EngineOptions, on_progress: Callable[[float], None]
) -> "ScriptedEngine":
    """Open a script. Raises AppError when the file is not one."""
    try:
        script = json.loads(model.read_text(encoding="utf-8"))
        replies = tuple(_reply(item, model.parent) for item in script["replies"])
        template = script.get("chat_template")
        if beside := script.get("chat_template_file"):
            template = (model.parent / beside).read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise model_invalid(
            model.name, f"it is not a script of replies ({type(error).__name__})."
        ) from error
    _load(script, model.parent, on_progress)
    info = ModelInfo(
        name=script.get("name") or model.stem,
        architecture="scripted",
        context_length=options.context_length or script.get("context_length") or 131072,
        chat_template=template,
        eos_token="<|im_end|>",
        engine="scripted",
        embedding_size=script.get("embedding_size") or 0,
        mtp_depth=script.get("mtp_depth") or 0,
    )
    return ScriptedEngine(info, replies, float(script.get("tokens_per_second") or 0))


def _load(script: dict[str, Any], folder: Path, on_progress: Callable[[float], None]) -> None:
    """Take the time that loading takes."""
    while (awaited := script.get("load_until")) and not (folder / awaited).exists():
        time.sleep(_NAP_S)
    seconds = float(script.get("load_seconds") or 0)
    for done in range(1, 5):
        time.sleep(seconds / 4)
        on_progress(done / 4)


@dataclass(slots=True)
class ScriptedEngine:
    """Plays replies; several at once, each at its own pace."""

    info: ModelInfo
    replies: tuple[Reply, ...]
    tokens_per_second: float = 0.0
    _live: dict[str, _Live] = field(default_factory=dict)
    _refused: list[Event] = field(default_factory=list)

    def submit(self, request: GenerateRequest) -> None:
        """Choose the reply that fits."""
        prompt = "".join(part.text for part in request.prompt)
        prompt_tokens = self.count_tokens(prompt)
        reply = next((reply for reply in self.replies if reply.fits(prompt)), None)
        if prompt_tokens >= self.info.context_length:
            error = context_overflow(prompt_tokens, self.info.context_length)
            self._refused.append(Failed(request.id, error))
        elif prompt_tokens == 0 or reply is None:
            what = "The prompt is empty." if reply else "The script has no reply for this prompt."
            self._refused.append(
                Failed(request.id, AppError(ErrorKind.BAD_REQUEST, "Nothing to play", what))
            )
        else:
            pace = reply.tokens_per_second
            self._live[request.id] = _Live(
                request,
                prompt_tokens,
                reply,
                reply.tokens(),
                self.tokens_per_second if pace is None else pace,
                PieceAssembler(request.stop),
                time.monotonic(),
            )

    def step(self) -> list[Event]:
        """Play what is due; naps for a few milliseconds when nothing is."""
        events, self._refused = self._refused, []
        for live in list(self._live.values()):
            events.extend(self._advance(live))
        if not events and self._live:
            time.sleep(_NAP_S)
        return events

    def cancel(self, request_id: str) -> None:
        if request_id in self._live:
            self._live[request_id].is_cancelled = True

    def count_tokens(self, text: str) -> int:
        """Words, marks and runs of space, one token each."""
        return sum(1 for _ in _COUNTED.finditer(text))

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        return self.count_tokens("".join(part.text for part in prompt))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Texts with the same words are close to each other."""
        if not self.info.embedding_size:
            raise no_embeddings(self.info.name)
        for text in texts:
            if self.count_tokens(text) > self.info.context_length:
                raise context_overflow(self.count_tokens(text), self.info.context_length)
        return [_vector(text, self.info.embedding_size) for text in texts]

    def close(self) -> None:
        self._live.clear()

    def _advance(self, live: _Live) -> list[Event]:
        if live.is_cancelled:
            return self._end(live, "cancelled")
        if live.prefilled < live.prompt_tokens:
            return self._prefill(live)
        assert live.started_at is not None
        due = live.limit
        if live.pace > 0:
            due = min(due, int((time.monotonic() - live.started_at) * live.pace) + 1)
        hold_after = live.reply.hold_after
        if hold_after is not None and live.reply.is_held:
            due = min(due, hold_after)
        size = live.reply.tokens_per_piece
        events: list[Event] = []
        # Without a pace one piece a step, as a real engine would; behind its pace it catches up.
        while live.played < due or live.played >= live.limit:
            piece, is_stopped = self._play(live, min(size, live.limit - live.played))
            events.extend(piece)
            if events and isinstance(events[-1], Failed):
                del self._live[live.request.id]
                return events
            if is_stopped:
                return events + self._end(live, "stop", flush=False)
            if live.played >= live.limit:
                is_whole = live.played >= len(live.tokens)
                return events + self._end(live, "stop" if is_whole else "length")
            if live.pace <= 0:
                break
        return events

    def _prefill(self, live: _Live) -> list[Event]:
        elapsed = time.monotonic() - live.submitted_at
        part = min(1.0, elapsed / live.reply.prefill_seconds) if live.reply.prefill_seconds else 1
        if live.reply.hold_after == 0 and live.reply.is_held:
            part = 0
        done = int(part * _PREFILL_CHUNKS) * live.prompt_tokens // _PREFILL_CHUNKS
        if done == live.prefilled:
            return []
        live.prefilled = done
        if done == live.prompt_tokens:
            live.started_at = time.monotonic()
        return [Progress(live.request.id, done, live.prompt_tokens, 0)]

    def _play(self, live: _Live, count: int) -> tuple[list[Event], bool]:
        text, tokens = "", 0
        for token in live.tokens[live.played : live.played + count]:
            if live.played == live.reply.crash_after:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            if live.played == live.reply.fail_after:
                error = AppError(ErrorKind.INTERNAL, "The script failed", "As it was told to.")
                return [Failed(live.request.id, error)], False
            live.played += 1
            if live.request.top_logprobs is not None:
                live.logprobs.append(_logprobs(token, live.request.top_logprobs))
            shown, shown_tokens, is_stopped = live.assembler.feed(
                token.encode("utf-8", "surrogatepass")
            )
            text, tokens = text + shown, tokens + shown_tokens
            if is_stopped:
                return _pieces(live, text, tokens), True
        return _pieces(live, text, tokens), False

    def _end(self, live: _Live, reason: FinishReason, *, flush: bool = True) -> list[Event]:
        del self._live[live.request.id]
        events = _pieces(live, *live.assembler.flush()) if flush else []
        now = time.monotonic()
        started = live.started_at or now
        usage = Usage(live.prompt_tokens, 0, live.played)
        timings = Timings(started - live.submitted_at, now - started)
        stop = live.assembler.stop_met
        peak = peak_resident_bytes()
        told = Finished(live.request.id, reason, usage, timings, stop=stop, peak_memory_bytes=peak)
        return [*events, told]


def _vector(text: str, size: int) -> list[float]:
    """The sum of what its words were given by chance, the same in every run."""
    draws = [random.Random(word) for word in re.findall(r"\w+|\S", text.lower()) or [text]]
    numbers = [sum(draw.gauss() for draw in draws) for _ in range(size)]
    length = math.hypot(*numbers)
    return [number / length for number in numbers]


def _pieces(live: _Live, text: str, tokens: int) -> list[Event]:
    if not text:
        return []
    told, live.logprobs = tuple(live.logprobs[:tokens]), live.logprobs[tokens:]
    return [Piece(live.request.id, text, tokens, told)]


def _logprobs(token: str, count: int) -> TokenLogprobs:
    chosen = TokenLogprob(token.encode("utf-8", "replace").decode(), math.log(0.9))
    others = (TokenLogprob(f"~{place}", math.log(0.1 / 2**place)) for place in range(1, count))
    return TokenLogprobs(chosen, (chosen, *others)[:count])


def _reply(item: dict[str, Any], folder: Path) -> Reply:
    known = dict(item)
    if isinstance(known.get("cut"), list):
        known["cut"] = tuple(known["cut"])
    if "hold_until" in known:
        known["hold_until"] = folder / known["hold_until"]
    reply = Reply(**known)
    re.compile(reply.when)
    re.compile(reply.unless)
    return reply
