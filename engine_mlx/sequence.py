"""One request being answered: its tokens, its caches, its chooser, its text and its figures."""

import time
from dataclasses import dataclass, field

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from app.engine.memory import peak_resident_bytes
from app.engine.protocol import (
    DraftStats,
    Event,
    Finished,
    FinishReason,
    GenerateRequest,
    Piece,
    Timings,
    TokenLogprobs,
    Usage,
)
from app.engine.text import PieceAssembler
from engine_mlx.drafting import ChainState
from engine_mlx.logprobs import logprobs_of
from engine_mlx.sampling import Sampler
from engine_mlx.trunk import Mark, State


@dataclass(slots=True)
class Sequence:
    """A live request. ``tokens`` are decided; the caches hold the first ``state.offset``."""

    request: GenerateRequest
    tokens: list[int]  # prompt, then answer
    prompt_tokens: int
    marks: list[int]  # prompt positions to take snapshots at
    cached: int
    state: State
    chain: ChainState
    sampler: Sampler
    assembler: PieceAssembler
    context_length: int
    snapshots: list[Mark] = field(default_factory=list)
    keep_tokens: int = 0  # of the prompt whose state is to be on disk before the end is told
    # After prefill, and one step ahead when not drafting: logits (V,) or the token chosen (1,).
    next_logits: mx.array | None = None
    next_token: mx.array | None = None
    submitted_at: float = field(default_factory=time.perf_counter)
    decoding_at: float | None = None
    generated: int = 0
    cycles: int = 0
    drafted: list[int] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    logprobs: list[TokenLogprobs] = field(default_factory=list)  # of tokens not told yet

    @property
    def is_prefilling(self) -> bool:
        return self.state.offset < self.prompt_tokens

    @property
    def is_pending(self) -> bool:
        """Whether the next token's logits are computed already."""
        return self.next_logits is not None or self.next_token is not None

    @property
    def is_fast(self) -> bool:
        """Whether tokens can be chosen without reading logits."""
        return self.sampler.is_plain_greedy and self.request.top_logprobs is None

    @property
    def room(self) -> int:
        """How many more tokens may be generated."""
        room = self.context_length - len(self.tokens) + 1
        wanted = self.request.max_tokens
        return room if wanted is None else min(room, wanted - self.generated)

    def choose(self, logits: NDArray[np.float32], history: list[int]) -> int:
        """The token after ``history`` from its logits (V,)."""
        token = self.sampler.choose(logits, history)
        count, sampler = self.request.top_logprobs, self.sampler
        if count is not None and sampler.bytes_of is not None and token not in sampler.end_tokens:
            self.logprobs.append(logprobs_of(logits, token, count, sampler.bytes_of))
        return token

    def count_drafts(self, drafted: int, accepted: int) -> None:
        self.cycles += 1
        missing = drafted - len(self.drafted)
        self.drafted += [0] * missing
        self.accepted += [0] * missing
        for position in range(drafted):
            if position <= accepted:
                self.drafted[position] += 1
            self.accepted[position] += position < accepted

    def take(self, token: int, data: bytes, *, is_end: bool) -> tuple[list[Event], str | None]:
        """A token of the answer: what to tell, and the reason when the answer is over."""
        if self.decoding_at is None:
            self.decoding_at = time.perf_counter()
        self.tokens.append(token)
        if is_end:
            return [], "stop"
        self.generated += 1
        text, count, is_stopped = self.assembler.feed(data)
        events: list[Event] = [self._piece(text, count)] if text else []
        if is_stopped:
            return events, "stopped"
        return events, "length" if self.room <= 0 else None

    def finish(
        self, reason: FinishReason, *, flush: bool = True, depth: int = 0, why_none: str = ""
    ) -> list[Event]:
        """The last events; ``depth`` of drafts at the end, or why nothing was drafted then."""
        text, count = self.assembler.flush() if flush else ("", 0)
        events: list[Event] = [self._piece(text, count)] if text else []
        now = time.perf_counter()
        decoding_at = self.decoding_at or now
        drafts = None
        if self.drafted or why_none:
            counts = tuple(self.drafted), tuple(self.accepted)
            drafts = DraftStats(self.cycles, *counts, depth, why_none)
        told = Finished(
            self.request.id,
            reason,
            Usage(self.prompt_tokens, self.cached, self.generated),
            Timings(decoding_at - self.submitted_at, now - decoding_at),
            drafts,
            self.assembler.stop_met,
            # On Apple silicon the weights may count only as memory of the GPU.
            max(peak_resident_bytes(), mx.get_peak_memory()),
        )
        return [*events, told]

    def _piece(self, text: str, count: int) -> Piece:
        """Text of the next so many tokens."""
        told, self.logprobs = tuple(self.logprobs[:count]), self.logprobs[count:]
        return Piece(self.request.id, text, count, told)
