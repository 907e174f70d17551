"""Attention of new queries on the keys and values held: mlx's kernel, or few operations on a CPU.

Queries (1, H, L, D) are the last L of the S positions of keys and values (1, G, S, D); query heads
that share a key head lie side by side. A query sees the positions up to its own, at most the last
``window`` of them where there is one (0 = all).
"""

from functools import lru_cache

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

_FEW_ROWS = 32  # up to so many, a CPU spends more on operations than on numbers


def attend(queries: mx.array, keys: mx.array, values: mx.array, window: int = 0) -> mx.array:
    """Mixed values (1, H, L, D)."""
    length, total = queries.shape[2], keys.shape[2]
    is_on_cpu = not mx.metal.is_available() and queries.dtype == mx.float32
    if is_on_cpu and length <= _FEW_ROWS:
        return _in_few_operations(queries, keys, values, window)
    mask: mx.array | str | None = None
    if length > 1:
        mask = band(length, total, window) if 0 < window < total else "causal"
    scale = queries.shape[-1] ** -0.5
    return mx.fast.scaled_dot_product_attention(queries, keys, values, scale=scale, mask=mask)


def _in_few_operations(
    queries: mx.array, keys: mx.array, values: mx.array, window: int
) -> mx.array:
    """The same without a kernel: mlx would take twice as many operations on a CPU.

    Each costs it more than the numbers in it, with every sequence of a batch and, for the mask,
    with every layer that verifies drafts.
    """
    _, heads, length, width = queries.shape
    groups, total = keys.shape[1], keys.shape[2]
    shared = heads // groups
    rows = queries.reshape(1, groups, shared * length, width)
    hidden = _hidden(shared, length, total, window) if length > 1 else _nothing()
    scores = mx.addmm(hidden, rows, keys.swapaxes(-1, -2), alpha=width**-0.5)
    mixed = mx.softmax(scores, axis=-1, precise=True) @ values
    return mixed.reshape(1, heads, length, width)


@lru_cache(maxsize=16)
def band(length: int, total: int, window: int = 0) -> mx.array:
    """Which of ``total`` positions the last ``length`` see, (L, total)."""
    return mx.array(_is_seen(length, total, window))


@lru_cache(maxsize=16)
def _hidden(shared: int, length: int, total: int, window: int) -> mx.array:
    """Added to the scores of ``shared`` heads, (shared · L, total): -inf at what is not seen."""
    added = np.where(_is_seen(length, total, window), np.float32(0), np.float32(-np.inf))
    return mx.array(np.tile(added, (shared, 1)))


@lru_cache(maxsize=1)
def _nothing() -> mx.array:
    return mx.zeros((1, 1))


def _is_seen(length: int, total: int, window: int) -> NDArray[np.bool_]:
    distance = total - length + np.arange(length)[:, None] - np.arange(total)[None]
    return (distance >= 0) & (distance < (window or total))
