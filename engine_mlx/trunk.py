"""The two kinds of model behind the decode loop, and what the loop keeps of each sequence.

``StepTrunk`` is this engine's own; ``LmTrunk`` (in ``other_models``) is any model of mlx-lm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import mlx.core as mx

from engine_mlx.drafting import RowBuffer
from engine_mlx.kv_cache import CacheState, FullCache, WindowCache
from engine_mlx.model import Model, Rows
from engine_mlx.mtp import MtpHead


class State(Protocol):
    """The caches of one sequence."""

    offset: int  # tokens whose state is held

    @property
    def size_bytes(self) -> int: ...

    def rows(self, count: int) -> Rows:
        """The next ``count`` tokens, for ``Trunk.forward``."""

    def can_rewind(self, count: int) -> bool: ...

    def rewind(self, count: int) -> None:
        """Forget the last ``count`` tokens."""

    def mark(self, hidden: RowBuffer) -> "Mark":
        """What is needed to come back here later, beside caches that can be cut anywhere."""

    def reaches(self, position: int, mark: "Mark | None") -> bool:
        """Whether the state of ``position`` can be had, from here or from a mark."""

    def at(self, position: int, mark: "Mark | None", *, is_moved: bool) -> "State":
        """The state of a position that is reached; ``is_moved``: this one is not used again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point a sequence can come back to: its windows and its newest hidden states."""

    position: int
    windows: list[CacheState]
    hidden: RowBuffer
    size_bytes: int = 0
    payload: object = None  # of a trunk that keeps something else


class Trunk(Protocol):
    """A loaded model, as the decode loop uses it."""

    heads: Sequence[MtpHead]
    window: int  # of its sliding layers
    vocab_size: int

    def new_state(self) -> State: ...

    def forward(self, tokens: mx.array, states: Sequence[tuple[State, int]]) -> mx.array:
        """Append tokens (L,), so many to each state; returns what ``logits`` takes, (L, …)."""

    def logits(self, hidden: mx.array) -> mx.array:
        """(L, …) → (L, V)."""


@dataclass(slots=True)
class StepState:
    """Caches of a Step model: full ones can be cut anywhere, windows only within their slack."""

    caches: list[FullCache | WindowCache]
    kv_bits: int
    offset: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(cache.size_bytes for cache in self.caches)

    def rows(self, count: int) -> Rows:
        found = Rows(self.caches, self.offset, count)
        self.offset += count
        return found

    def can_rewind(self, count: int) -> bool:
        return all(cache.can_rewind(count) for cache in self.caches)

    def rewind(self, count: int) -> None:
        for cache in self.caches if count else ():
            cache.rewind(count)
        self.offset -= count

    def mark(self, hidden: RowBuffer) -> Mark:
        windows = [cache.snapshot() for cache in self.caches if isinstance(cache, WindowCache)]
        arrays = [array for state in windows for array in state.arrays.values()]
        arrays += hidden.arrays()
        mx.eval(arrays)
        size = sum(int(array.nbytes) for array in arrays)
        return Mark(self.offset, windows, hidden.copy(), size)

    def reaches(self, position: int, mark: Mark | None) -> bool:
        if mark is None:
            return self.can_rewind(self.offset - position)
        windows = (cache for cache in self.caches if isinstance(cache, WindowCache))
        return position <= mark.position <= self.offset and all(
            cache.holds(state, position) for cache, state in zip(windows, mark.windows, strict=True)
        )

    def at(self, position: int, mark: Mark | None, *, is_moved: bool) -> "StepState":
        if is_moved and mark is None:
            self.rewind(self.offset - position)
            return self
        windows = iter(() if mark is None else mark.windows)
        caches: list[FullCache | WindowCache] = []
        for cache in self.caches:
            if isinstance(cache, WindowCache):
                fresh: FullCache | WindowCache = cache.empty()
                fresh.restore(cache.snapshot(position) if mark is None else next(windows))
                fresh.rewind(fresh.offset - position)
            elif is_moved:
                cache.rewind(cache.offset - position)
                fresh = cache
            else:
                fresh = FullCache(self.kv_bits)
                fresh.restore(cache.snapshot(position))
            caches.append(fresh)
        return StepState(caches, self.kv_bits, position)

    def frozen(self, mark: Mark) -> list[CacheState]:
        """All caches as they were at a mark, for the disk."""
        windows = iter(mark.windows)
        return [
            next(windows) if isinstance(cache, WindowCache) else cache.snapshot(mark.position)
            for cache in self.caches
        ]

    def thaw(self, states: Sequence[CacheState], position: int) -> None:
        """Become the state that was frozen."""
        for cache, state in zip(self.caches, states, strict=True):
            cache.restore(state)
        self.offset = position


@dataclass(slots=True)
class StepTrunk:
    """Step 3.5 itself."""

    model: Model
    heads: Sequence[MtpHead]
    kv_bits: int = 16
    window: int = field(init=False)
    vocab_size: int = field(init=False)

    def __post_init__(self) -> None:
        self.window = self.model.config.sliding_window
        self.vocab_size = self.model.config.vocab_size

    def new_state(self) -> StepState:
        return StepState(self.model.new_caches(self.kv_bits), self.kv_bits)

    def forward(self, tokens: mx.array, states: Sequence[tuple[State, int]]) -> mx.array:
        """(L,) → hidden states before the final norm, (L, hidden)."""
        return self.model(tokens, [state.rows(count) for state, count in states])

    def logits(self, hidden: mx.array) -> mx.array:
        return self.model.logits(hidden)
