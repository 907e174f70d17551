"""A request that is being answered: its tokens, how far they are computed, what was told."""

import time
from collections.abc import Sequence as Many
from dataclasses import dataclass, field

import numpy as np

from app.engine.constraint import TokenMask
from app.engine.memory import peak_resident_bytes
from app.engine.protocol import (
    DraftStats,
    Event,
    Finished,
    FinishReason,
    GenerateRequest,
    Piece,
    Progress,
    Timings,
    TokenLogprobs,
    Usage,
)
from app.engine.text import PieceAssembler
from engine_gguf.batch import Tokens
from engine_gguf.kept import Keeping
from engine_gguf.sampling import Sampler
from engine_gguf.sequences import Sequence

# Each time something is told the app wakes up, on processors that decoding needs.
_TELL_EVERY_S = 0.02
_TELL_TOGETHER_S = 0.04  # where several answers are written: each half as often


@dataclass(slots=True)
class Live:
    """``tokens[:total]`` is prompt and answer; ``sequence.held`` of them are computed."""

    request: GenerateRequest
    prompt_tokens: int
    tokens: Tokens  # longer than total: room to grow
    total: int
    marks: tuple[int, ...]  # positions in the prompt that a later prompt may go on from
    sampler: Sampler
    assembler: PieceAssembler
    mask: TokenMask | None = None
    sequence: Sequence | None = None  # None: waiting
    keep_mark: int = 0  # tokens whose state is to be kept on disk
    keeping: Keeping | None = None
    is_decoding: bool = False  # the prompt is computed
    is_over: bool = False  # no more tokens are wanted
    cached: int = 0  # tokens of the prompt that were not computed again
    generated: int = 0
    arrived_at: float = field(default_factory=time.monotonic)
    decoding_at: float | None = None  # when the first token was there
    cycles: int = 0
    untold: str = ""  # text that may be told, and of how many tokens
    untold_tokens: int = 0
    told_at: float = 0.0
    logprobs: list[TokenLogprobs] = field(default_factory=list)  # of tokens not told yet
    drafted: list[int] = field(default_factory=list)  # by position
    accepted: list[int] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.request.id

    @property
    def held(self) -> int:
        return self.sequence.held if self.sequence is not None else 0

    def take(self, token: int) -> None:
        """Add a token of the answer."""
        if self.total == len(self.tokens):
            self.tokens = np.concatenate([self.tokens, np.zeros_like(self.tokens)])
            assert self.sequence is not None
            self.sequence.tokens = self.tokens
        self.tokens[self.total] = token
        self.total += 1
        self.generated += 1

    def count_drafts(self, drafted: int) -> None:
        """Count a cycle; what is accepted of it is counted as it is verified."""
        self.cycles += 1
        for position in range(drafted):
            if position == len(self.drafted):
                self.drafted.append(0)
                self.accepted.append(0)
            self.drafted[position] += 1

    def progress(self) -> list[Event]:
        """How far the prompt is read; nothing where an answer only goes on."""
        if self.generated:
            return []
        return [Progress(self.id, self.held, self.prompt_tokens, self.cached)]

    def hold(self, text: str, count: int) -> None:
        """Text of the next so many tokens, to be told with what follows soon."""
        self.untold += text
        self.untold_tokens += count

    def tell(self, every_s: float = 0.0) -> list[Event]:
        """What is held, unless the last piece was told a moment ago; the first one never waits."""
        now = time.monotonic()
        if not self.untold or now < self.told_at + every_s:
            return []
        text, count = self.untold, self.untold_tokens
        self.untold, self.untold_tokens, self.told_at = "", 0, now
        told, self.logprobs = tuple(self.logprobs[:count]), self.logprobs[count:]
        return [Piece(self.id, text, count, told)]

    def finish(
        self, reason: FinishReason, *, flush: bool = True, depth: int = 0, why_none: str = ""
    ) -> list[Event]:
        """The last events of the request; ``depth`` of drafts at the end, 0 for this reason."""
        if flush:
            self.hold(*self.assembler.flush())
        events = self.tell()
        now = time.monotonic()
        decoding_at = self.decoding_at or now
        usage = Usage(self.prompt_tokens, self.cached, self.generated)
        timings = Timings(decoding_at - self.arrived_at, now - decoding_at)
        drafts = None
        if self.drafted or why_none:
            counts = (tuple(self.drafted), tuple(self.accepted))
            drafts = DraftStats(self.cycles, *counts, depth, why_none)
        self.sampler.close()
        self.is_over = True
        told = Finished(
            self.id,
            reason,
            usage,
            timings,
            drafts,
            self.assembler.stop_met,
            peak_resident_bytes(),
        )
        return [*events, told]


def tell_all(answers: Many[Live], *, is_at_once: bool) -> list[Event]:
    """What is held of all these, together, so that the app wakes up once for them."""
    every_s = _TELL_EVERY_S if len(answers) == 1 else _TELL_TOGETHER_S
    return [event for live in answers for event in live.tell(0.0 if is_at_once else every_s)]
