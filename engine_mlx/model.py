"""The trunk of Step 3.5: attention, layer, Model. The MTP heads are in ``mtp``.

Tokens of all sequences in a step lie one behind the other in one array of L rows; only attention
takes the sequences apart, each with its own cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx

from engine_mlx.config import LayerConfig, StepConfig
from engine_mlx.kv_cache import FullCache, WindowCache, new_cache
from engine_mlx.linear import Stack
from engine_mlx.moe import Mlp, Moe
from engine_mlx.rope import Rope
from engine_mlx.weights import Weights

_FEW_ROWS = 32  # up to so many, putting a layer together takes as long as computing it
_LAYERS_AT_ONCE = 3  # of one sequence: each more has operations of its own in every layer


@dataclass(frozen=True, slots=True)
class Rows:
    """The next ``count`` tokens of one sequence, at ``position`` on; one cache per layer."""

    caches: Sequence[Any]  # of kv_cache, or mlx-lm's
    position: int
    count: int


class RmsNorm:
    """x · rsqrt(mean x² + eps) · gain, computed in fp32; the gain holds the 1 already."""

    def __init__(self, weights: Weights, name: str, size: int, eps: float) -> None:
        self._gain = weights.norm(name, size)
        self._eps = eps

    def __call__(self, x: mx.array) -> mx.array:
        return mx.fast.rms_norm(x, self._gain, self._eps)


class Attention:
    """Grouped-query attention with normed heads and a gate on each head's output."""

    def __init__(
        self, weights: Weights, prefix: str, config: StepConfig, layer: LayerConfig
    ) -> None:
        hidden, self._head_dim = config.hidden_size, config.head_dim
        self._heads, self._groups = layer.num_attention_heads, layer.num_attention_groups
        query_size, key_size = self._heads * self._head_dim, self._groups * self._head_dim
        outs = {"q": query_size, "k": key_size, "v": key_size}
        if config.use_head_wise_attn_gate:
            outs["g"] = self._heads
        self._qkvg_proj = Stack(
            [weights.linear(f"{prefix}.{name}_proj", (size, hidden)) for name, size in outs.items()]
        )
        self._o_proj = weights.linear(f"{prefix}.o_proj", (hidden, query_size)).laid_out()
        self._q_norm = RmsNorm(weights, f"{prefix}.q_norm", self._head_dim, config.rms_norm_eps)
        self._k_norm = RmsNorm(weights, f"{prefix}.k_norm", self._head_dim, config.rms_norm_eps)
        self._rope = Rope(layer)

    def __call__(
        self, x: mx.array, positions: mx.array, rows: Sequence[Rows], index: int
    ) -> mx.array:
        """x (L, hidden) → (L, hidden); ``index`` is this layer's place among the caches."""
        length = x.shape[0]
        queries, keys, values, *gate = self._qkvg_proj(x)
        queries = self._q_norm(queries.reshape(length, self._heads, self._head_dim))
        keys = self._k_norm(keys.reshape(length, self._groups, self._head_dim))
        values = values.reshape(length, self._groups, self._head_dim)
        rotated = self._rope(mx.concatenate([queries, keys], axis=1), positions)
        queries, keys = rotated[:, : self._heads], rotated[:, self._heads :]
        # Attention wants (1, H, L, D), one sequence at a time.
        ready = [part.swapaxes(0, 1)[None] for part in (queries, keys, values)]
        if len(rows) == 1:
            mixed = rows[0].caches[index].attend(*ready)
        else:
            ends = [sum(row.count for row in rows[: place + 1]) for place in range(len(rows) - 1)]
            apart = zip(rows, *(mx.split(part, ends, axis=2) for part in ready), strict=True)
            mixed = mx.concatenate(
                [row.caches[index].attend(q, k, v) for row, q, k, v in apart], axis=2
            )
        mixed = mixed[0].swapaxes(0, 1)
        if gate:
            mixed = mixed * mx.sigmoid(gate[0])[..., None]
        return self._o_proj(mixed.reshape(length, -1))


class Layer:
    """x + attention(norm(x)), then + feed-forward(norm(…))."""

    def __init__(
        self, weights: Weights, prefix: str, config: StepConfig, layer: LayerConfig
    ) -> None:
        hidden, eps = config.hidden_size, config.rms_norm_eps
        self._input_norm = RmsNorm(weights, f"{prefix}.input_layernorm", hidden, eps)
        self._attention = Attention(weights, f"{prefix}.self_attn", config, layer)
        self._post_norm = RmsNorm(weights, f"{prefix}.post_attention_layernorm", hidden, eps)
        self._ffn: Moe | Mlp = (
            Moe(weights, prefix, config, layer)
            if layer.is_moe
            else Mlp(
                weights,
                f"{prefix}.mlp",
                hidden,
                config.intermediate_size,
                layer.swiglu_limit_shared,
            )
        )

    def __call__(
        self, x: mx.array, positions: mx.array, rows: Sequence[Rows], index: int
    ) -> mx.array:
        x = x + self._attention(self._input_norm(x), positions, rows, index)
        return x + self._ffn(self._post_norm(x))


class Model:
    """The trunk: token ids in, hidden states before the final norm out, logits on request."""

    def __init__(self, config: StepConfig, weights: Weights) -> None:
        self.config = config
        shape = (config.vocab_size, config.hidden_size)
        self._embed = weights.linear("model.embed_tokens", shape)
        self._layers = []
        for index, layer in enumerate(config.trunk):
            self._layers.append(Layer(weights, f"model.layers.{index}", config, layer))
        self._norm = RmsNorm(weights, "model.norm", config.hidden_size, config.rms_norm_eps)
        self._lm_head = weights.linear("lm_head", shape).laid_out()

    def __call__(self, tokens: mx.array, rows: Sequence[Rows]) -> mx.array:
        """tokens (L,), appended to the caches of ``rows`` → hidden states (L, hidden).

        The states are those *before* the final norm: what the MTP heads were trained on.
        """
        x, positions = self.embed(tokens), positions_of(rows)
        at_once = max(1, _LAYERS_AT_ONCE // len(rows))
        for index, layer in enumerate(self._layers):
            x = layer(x, positions, rows, index)
            if tokens.shape[0] <= _FEW_ROWS and (index + 1) % at_once == 0:
                # The machine computes them while the next ones are put together.
                mx.async_eval(x)  # type: ignore[no-untyped-call]
        return x

    def embed(self, tokens: mx.array) -> mx.array:
        return self._embed.rows(tokens)

    def logits(self, hidden: mx.array) -> mx.array:
        """(L, hidden) → (L, V)."""
        return self._lm_head(self._norm(hidden))

    def new_caches(self, kv_bits: int = 16) -> list[FullCache | WindowCache]:
        """Empty caches of one sequence; 8 bits on the full layers where asked for."""
        return [new_cache(self.config, layer, kv_bits) for layer in self.config.trunk]


def positions_of(rows: Sequence[Rows]) -> mx.array:
    """Absolute positions (L,) of all tokens of a step."""
    return mx.array(
        [row.position + offset for row in rows for offset in range(row.count)], dtype=mx.int32
    )
