"""The llama.cpp engine: one answer at a time, one prefill chunk or one token a step."""

import collections
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.engine.constraint import TokenMask, apply
from app.engine.errors import AppError, bad_request, context_overflow, out_of_memory
from app.engine.protocol import (
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
    Usage,
)
from app.engine.text import PieceAssembler
from engine_gguf.bindings import llama
from engine_gguf.model import CHUNK_TOKENS, LoadedModel
from engine_gguf.sampling import Sampler
from engine_gguf.tokenizer import Tokenizer


@dataclass(slots=True)
class _Live:
    """The request being answered."""

    request: GenerateRequest
    prompt: list[int]
    cached: int  # tokens of the prompt that were in the cache already
    sampler: Sampler
    assembler: PieceAssembler
    mask: TokenMask | None = None
    started_at: float = field(default_factory=time.monotonic)
    decoding_at: float | None = None  # when the first token was there
    generated: int = 0
    next_token: int | None = None  # chosen but not decoded yet


class GgufEngine:
    """Answers requests in the order they come. See ``app.engine.protocol.Engine``."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.info: ModelInfo = loaded.info
        self._loaded = loaded
        self._tokenizer = Tokenizer(loaded.vocab)
        self._queue: collections.deque[GenerateRequest] = collections.deque()
        self._cancelled: set[str] = set()
        self._live: _Live | None = None
        self._cells: list[int] = []  # tokens whose state the context holds, from position 0
        self._batch = llama.llama_batch_init(CHUNK_TOKENS, 0, 1)

    def submit(self, request: GenerateRequest) -> None:
        self._queue.append(request)

    def cancel(self, request_id: str) -> None:
        is_queued = any(request.id == request_id for request in self._queue)
        if is_queued or (self._live and self._live.request.id == request_id):
            self._cancelled.add(request_id)

    def count_tokens(self, text: str) -> int:
        return self._tokenizer.count(text)

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        return len(self._tokenizer.encode(prompt))

    def close(self) -> None:
        self._drop_live()
        llama.llama_batch_free(self._batch)
        self._loaded.close()

    def step(self) -> list[Event]:
        events = self._end_cancelled()
        if self._live is None:
            events += self._begin_next()
        if self._live is not None:
            events += self._advance(self._live)
        return events

    def _end_cancelled(self) -> list[Event]:
        events: list[Event] = []
        if self._live and self._live.request.id in self._cancelled:
            events += self._end(self._live, "cancelled")
        for request in [queued for queued in self._queue if queued.id in self._cancelled]:
            self._queue.remove(request)
            events.append(Finished(request.id, "cancelled", Usage(0, 0, 0), Timings(0.0, 0.0)))
        self._cancelled.clear()
        return events

    def _begin_next(self) -> list[Event]:
        if not self._queue:
            return []
        request = self._queue.popleft()
        prompt = self._tokenizer.encode(request.prompt)
        if not prompt:
            return [Failed(request.id, bad_request("The prompt is empty."))]
        if len(prompt) >= self._loaded.context_length:
            error = context_overflow(len(prompt), self._loaded.context_length)
            return [Failed(request.id, error)]
        try:
            mask = self._mask(request)
        except AppError as error:
            return [Failed(request.id, error)]
        self._live = _Live(
            request,
            prompt,
            self._keep_prefix(prompt),
            Sampler(self._loaded.vocab, request.sampling, prompt),
            PieceAssembler(request.stop),
            mask,
        )
        return [Progress(request.id, self._live.cached, len(prompt), self._live.cached)]

    def _mask(self, request: GenerateRequest) -> TokenMask | None:
        if request.constraint is None:
            return None
        size = llama.llama_vocab_n_tokens(self._loaded.vocab)
        return TokenMask(self._tokenizer.for_grammars(), request.constraint, size)

    def _keep_prefix(self, prompt: Sequence[int]) -> int:
        """Cut the context back to what this prompt shares with it; how many tokens that is.

        The last token is always decoded anew, for its logits. Layers with a sliding window hold
        only their last positions: when those are gone, nothing can be kept.
        """
        shared = 0
        for held, wanted in zip(self._cells, prompt[:-1], strict=False):
            if held != wanted:
                break
            shared += 1
        memory = llama.llama_get_memory(self._loaded.context)
        first = llama.llama_memory_seq_pos_min(memory, 0)
        is_held = self._loaded.window == 0 or first <= max(0, shared - self._loaded.window)
        if not (shared and is_held and llama.llama_memory_seq_rm(memory, 0, shared, -1)):
            llama.llama_memory_clear(memory, True)
            shared = 0
        del self._cells[shared:]
        return shared

    def _advance(self, live: _Live) -> list[Event]:
        if len(self._cells) < len(live.prompt):
            chunk = live.prompt[len(self._cells) : len(self._cells) + CHUNK_TOKENS]
        else:
            assert live.next_token is not None
            chunk = [live.next_token]
        if not self._decode(chunk):
            error = out_of_memory("The engine could not compute the next tokens.")
            self._drop_live()
            llama.llama_memory_clear(llama.llama_get_memory(self._loaded.context), True)
            self._cells.clear()
            return [Failed(live.request.id, error)]
        events: list[Event] = []
        done = len(self._cells)
        if live.decoding_at is None:
            events.append(Progress(live.request.id, done, len(live.prompt), live.cached))
        return events + (self._choose(live) if done >= len(live.prompt) else [])

    def _choose(self, live: _Live) -> list[Event]:
        """Sample the next token and tell what can be told of it."""
        self._forbid(live)
        token = live.sampler.sample(self._loaded.context, -1)
        if live.decoding_at is None:
            live.decoding_at = time.monotonic()
        if self._tokenizer.is_end(token):
            return self._end(live, "stop")
        live.generated += 1
        live.next_token = token
        spelled = self._tokenizer.bytes_of(token)
        if live.mask is not None:
            live.mask.accept(token, spelled.decode("utf-8", "replace"))
        text, count, is_stopped = live.assembler.feed(spelled)
        events: list[Event] = [Piece(live.request.id, text, count)] if text else []
        if is_stopped:
            return events + self._end(live, "stop", flush=False)
        if live.generated == live.request.max_tokens or self._is_full():
            return events + self._end(live, "length")
        return events

    def _forbid(self, live: _Live) -> None:
        """Take the logits of tokens that the constraint does not allow out of the draw."""
        bits = live.mask.bits() if live.mask is not None else None
        if bits is not None:
            row = llama.llama_get_logits_ith(self._loaded.context, -1)
            size = llama.llama_vocab_n_tokens(self._loaded.vocab)
            apply(bits, np.ctypeslib.as_array(row, (size,)))

    def _is_full(self) -> bool:
        return len(self._cells) >= self._loaded.context_length

    def _end(self, live: _Live, reason: FinishReason, *, flush: bool = True) -> list[Event]:
        text, count = live.assembler.flush() if flush else ("", 0)
        events: list[Event] = [Piece(live.request.id, text, count)] if text else []
        now = time.monotonic()
        decoding_at = live.decoding_at or now
        usage = Usage(len(live.prompt), live.cached, live.generated)
        timings = Timings(decoding_at - live.started_at, now - decoding_at)
        stop = live.assembler.stop_met
        self._drop_live()
        return [*events, Finished(live.request.id, reason, usage, timings, stop=stop)]

    def _drop_live(self) -> None:
        if self._live is not None:
            self._live.sampler.close()
            self._live = None

    def _decode(self, tokens: Sequence[int]) -> bool:
        """Run tokens through the model at the next positions; logits for the last one."""
        batch, start = self._batch, len(self._cells)
        batch.n_tokens = len(tokens)
        for row, token in enumerate(tokens):
            batch.token[row] = token
            batch.pos[row] = start + row
            batch.n_seq_id[row] = 1
            batch.seq_id[row][0] = 0
            batch.logits[row] = row == len(tokens) - 1
        code: Any = llama.llama_decode(self._loaded.context, batch)
        if code == 0:
            self._cells.extend(tokens)
        return bool(code == 0)
