"""Keys and values of one sequence in one layer: all of them, or a sliding window with slack.

Positions are absolute. Both kinds can be rewound, also after the window has wrapped, and say how
far; both turn into a ``CacheState`` that can be kept in memory or on disk and continued from.
"""

from dataclasses import dataclass, field

import mlx.core as mx

from engine_mlx.attention import attend, band
from engine_mlx.config import LayerConfig, StepConfig

GROW_TOKENS = 256  # a full cache grows by at least this much
SLACK_TOKENS = 64  # a window can always be rewound by this much
ROOM_TOKENS = 192  # appended before the window's rows are moved to the front again
QUANT_GROUP = 64


@dataclass(frozen=True, slots=True)
class CacheState:
    """A cache at one moment. Arrays are (1, H, rows, …) for positions start … offset-1."""

    offset: int
    start: int
    arrays: dict[str, mx.array] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        return sum(int(array.nbytes) for array in self.arrays.values())


class FullCache:
    """Every position, growing in chunks; fp16/bf16/fp32 as computed, or INT8 in groups of 64."""

    def __init__(self, bits: int = 16) -> None:
        self.offset = 0
        self.bits = bits
        self._parts: dict[str, mx.array] = {}  # (1, H, capacity, …)
        self._capacity = 0

    def attend(self, queries: mx.array, keys: mx.array, values: mx.array) -> mx.array:
        length, past = keys.shape[2], self.offset
        fresh = self._encode(keys, values)
        self._make_room(past + length, fresh)
        for name, part in fresh.items():
            self._parts[name][:, :, past : past + length] = part
        self.offset = past + length
        if self.bits == 16:
            held_keys = self._parts["keys"][:, :, : self.offset]
            return attend(queries, held_keys, self._parts["values"][:, :, : self.offset])
        return self._attend_quantised(queries, length)

    def can_rewind(self, count: int) -> bool:
        return 0 <= count <= self.offset

    def rewind(self, count: int) -> None:
        """Forget the last ``count`` tokens."""
        assert self.can_rewind(count)
        self.offset -= count

    def snapshot(self, upto: int | None = None) -> CacheState:
        """The first ``upto`` positions (all), copied out of the growing buffer."""
        end = self.offset if upto is None else upto
        assert 0 <= end <= self.offset
        arrays = {name: mx.contiguous(part[:, :, :end]) for name, part in self._parts.items()}
        return CacheState(end, 0, arrays)

    def restore(self, state: CacheState) -> None:
        """Continue from a state; its arrays are never written to."""
        self.offset = self._capacity = state.offset
        # New array objects: writing into a slice changes the object it is written to.
        self._parts = {name: part[:, :, :] for name, part in state.arrays.items()}

    def arrays(self) -> list[mx.array]:
        return list(self._parts.values())

    @property
    def size_bytes(self) -> int:
        return sum(int(part.nbytes) for part in self._parts.values())

    def _encode(self, keys: mx.array, values: mx.array) -> dict[str, mx.array]:
        if self.bits == 16:
            return {"keys": keys, "values": values}
        parts: dict[str, mx.array] = {}
        for name, array in (("keys", keys), ("values", values)):
            group = min(QUANT_GROUP, array.shape[-1])
            packed, scales, biases = mx.quantize(array, group_size=group, bits=self.bits)
            parts |= {name: packed, f"{name}_scales": scales, f"{name}_biases": biases}
        return parts

    def _make_room(self, needed: int, fresh: dict[str, mx.array]) -> None:
        if needed <= self._capacity:
            return
        capacity = needed + max(GROW_TOKENS, needed // 8)
        grown = {}
        for name, part in fresh.items():
            shape = list(part.shape)
            shape[2] = capacity
            grown[name] = mx.zeros(shape, part.dtype)
            if self.offset:
                grown[name][:, :, : self.offset] = self._parts[name][:, :, : self.offset]
        self._parts, self._capacity = grown, capacity

    def _attend_quantised(self, queries: mx.array, length: int) -> mx.array:
        """Attention on INT8 keys and values, without making them wide first."""
        held = {name: part[:, :, None, : self.offset] for name, part in self._parts.items()}
        _, heads, _, width = queries.shape
        groups = held["keys"].shape[1]
        # Queries that share a key head side by side: (1, H, Hq / H, L, D).
        shared = (queries * width**-0.5).reshape(1, groups, heads // groups, length, width)
        scores = self._matmul(shared, held, "keys", width, transpose=True)
        if length > 1:
            scores = mx.where(band(length, self.offset), scores, -mx.inf)
        scores = mx.softmax(scores, axis=-1, precise=True)
        out = self._matmul(scores, held, "values", width, transpose=False)
        return out.reshape(1, heads, length, width)

    def _matmul(
        self, x: mx.array, held: dict[str, mx.array], name: str, width: int, *, transpose: bool
    ) -> mx.array:
        return mx.quantized_matmul(
            x,
            held[name],
            scales=held[f"{name}_scales"],
            biases=held[f"{name}_biases"],
            transpose=transpose,
            group_size=min(QUANT_GROUP, width),
            bits=self.bits,
        )


class WindowCache:
    """The last ``window`` positions and some slack, in order, at absolute positions.

    The rows lie in a buffer that is filled towards its end; then the newest are moved to its
    front. mlx-lm's rotating cache cannot be rewound once it has wrapped (``trim`` does nothing and
    the text goes wrong); here the last ``SLACK_TOKENS`` can always be taken back exactly.
    """

    def __init__(self, window: int, slack: int = SLACK_TOKENS, room: int = ROOM_TOKENS) -> None:
        self.offset = 0
        self._window = window
        self._kept = window - 1 + slack  # rows that survive a move
        self._capacity = self._kept + room
        self._start = 0  # position of the first row held
        self._keys: mx.array | None = None  # (1, H, capacity, D)
        self._values: mx.array | None = None

    def attend(self, queries: mx.array, keys: mx.array, values: mx.array) -> mx.array:
        length, past = keys.shape[2], self.offset
        visible = min(self._window - 1, past)
        if past - self._start + length > self._capacity:
            all_keys, all_values = self._move(keys, values, visible)
        else:
            self._write(keys, values)
            low, high = past - visible - self._start, past + length - self._start
            assert self._keys is not None
            assert self._values is not None
            all_keys, all_values = self._keys[:, :, low:high], self._values[:, :, low:high]
        self.offset = past + length
        return attend(queries, all_keys, all_values, self._window)

    def empty(self) -> "WindowCache":
        """Another one of the same size."""
        return WindowCache(self._window, self._kept - self._window + 1, self._capacity - self._kept)

    def can_rewind(self, count: int) -> bool:
        """Whether all rows that the window needs after it are still held."""
        held = CacheState(self.offset, self._start)
        return count >= 0 and self.holds(held, self.offset - count)

    def holds(self, state: CacheState, position: int) -> bool:
        """Whether a state has all rows that the window needs at a position before its end."""
        return position >= state.start and max(0, position - self._window + 1) >= state.start

    def rewind(self, count: int) -> None:
        """Forget the last ``count`` tokens; exact."""
        assert self.can_rewind(count)
        self.offset -= count

    def snapshot(self, upto: int | None = None) -> CacheState:
        """The window and its slack, as they were at position ``upto`` (now)."""
        end = self.offset if upto is None else upto
        assert self.can_rewind(self.offset - end)
        if self._keys is None or self._values is None:
            return CacheState(0, 0)
        start = max(self._start, end - self._kept)
        span = slice(start - self._start, end - self._start)
        arrays = {
            "keys": mx.contiguous(self._keys[:, :, span]),
            "values": mx.contiguous(self._values[:, :, span]),
        }
        return CacheState(end, start, arrays)

    def restore(self, state: CacheState) -> None:
        """Continue from a state; its arrays are never written to."""
        self.offset, self._start = state.offset, state.start
        self._keys = self._values = None
        if state.arrays:
            self._keys = self._buffer(state.arrays["keys"])
            self._values = self._buffer(state.arrays["values"])

    def arrays(self) -> list[mx.array]:
        return [part for part in (self._keys, self._values) if part is not None]

    @property
    def size_bytes(self) -> int:
        return sum(int(part.nbytes) for part in self.arrays())

    def _write(self, keys: mx.array, values: mx.array) -> None:
        if self._keys is None or self._values is None:
            self._keys, self._values = self._buffer(keys), self._buffer(values)
            return
        span = slice(self.offset - self._start, self.offset - self._start + keys.shape[2])
        self._keys[:, :, span] = keys
        self._values[:, :, span] = values

    def _move(self, keys: mx.array, values: mx.array, visible: int) -> tuple[mx.array, mx.array]:
        """Bring the newest rows to the front of a new buffer; what attention needs comes back."""
        if self._keys is not None and self._values is not None:
            held = self.offset - self._start
            keep = min(held, self._kept)
            span = slice(held - keep, held)
            keys = mx.concatenate([self._keys[:, :, span], keys], axis=2)
            values = mx.concatenate([self._values[:, :, span], values], axis=2)
        else:
            keep = 0
        end = self.offset - keep + keys.shape[2]
        rows = min(keys.shape[2], self._kept)
        self._start = end - rows
        self._keys = self._buffer(keys[:, :, keys.shape[2] - rows :])
        self._values = self._buffer(values[:, :, keys.shape[2] - rows :])
        return keys[:, :, keep - visible :], values[:, :, keep - visible :]

    def _buffer(self, rows: mx.array) -> mx.array:
        """A buffer of full capacity that starts with these rows (1, H, L, D)."""
        shape = list(rows.shape)
        shape[2] = self._capacity
        buffer = mx.zeros(shape, rows.dtype)
        buffer[:, :, : rows.shape[2]] = rows
        return buffer


def new_cache(config: StepConfig, layer: LayerConfig, kv_bits: int = 16) -> FullCache | WindowCache:
    """The kind of cache this layer needs, empty."""
    return WindowCache(config.sliding_window) if layer.is_sliding else FullCache(kv_bits)
