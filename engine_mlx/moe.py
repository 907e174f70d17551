"""Feed-forward layers: the dense MLP, and experts chosen by a sigmoid router."""

import mlx.core as mx

from engine_mlx.config import LayerConfig, StepConfig
from engine_mlx.linear import Linear, Stack
from engine_mlx.weights import Weights

# From this many (token, expert) pairs on, sorting by expert reads each expert's weights once.
_SORT_FROM = 64


class Mlp:
    """down(min(silu(gate·x), limit) ⊙ clip(up·x, ±limit)); limit 0 = no clamp."""

    def __init__(
        self, weights: Weights, prefix: str, hidden: int, inner: int, limit: float
    ) -> None:
        names = (f"{prefix}.gate_proj", f"{prefix}.up_proj")
        self._gate_up = Stack([weights.linear(name, (inner, hidden)) for name in names])
        self._down = weights.linear(f"{prefix}.down_proj", (hidden, inner)).laid_out()
        self._limit = limit

    def __call__(self, x: mx.array) -> mx.array:
        """x (L, hidden) → (L, hidden)."""
        gate, up = self._gate_up(x)
        return self._down(swiglu(gate, up, self._limit))


class Moe:
    """Σ weight · expert(x) over the chosen experts, plus one shared expert for every token."""

    def __init__(
        self, weights: Weights, prefix: str, config: StepConfig, layer: LayerConfig
    ) -> None:
        hidden, inner, experts = (
            config.hidden_size,
            config.moe_intermediate_size,
            config.moe_num_experts,
        )
        self._router = Router(weights, f"{prefix}.moe", config)
        names = (f"{prefix}.moe.gate_proj", f"{prefix}.moe.up_proj")
        self._gate_up = Stack([weights.linear(name, (experts, inner, hidden)) for name in names])
        down = weights.linear(f"{prefix}.moe.down_proj", (experts, hidden, inner))
        self._down = down.laid_out()
        self._limit = layer.swiglu_limit
        self._shared = Mlp(
            weights,
            f"{prefix}.share_expert",
            hidden,
            config.share_expert_dim,
            layer.swiglu_limit_shared,
        )

    def __call__(self, x: mx.array) -> mx.array:
        """x (L, hidden) → (L, hidden)."""
        experts, scores = self._router(x)
        routed = self._sorted(x, experts) if experts.size >= _SORT_FROM else self._plain(x, experts)
        mixed = (scores[:, None] @ routed.astype(scores.dtype))[:, 0].astype(x.dtype)
        return mixed + self._shared(x)

    def _plain(self, x: mx.array, experts: mx.array) -> mx.array:
        """(L, hidden) and (L, top_k) → (L, top_k, hidden)."""
        rows = x[:, None, None]
        gate, up = self._gate_up.chosen(rows, experts)
        inner = swiglu(gate, up, self._limit)
        return self._down.chosen(inner, experts)[:, :, 0]

    def _sorted(self, x: mx.array, experts: mx.array) -> mx.array:
        """The same, with all tokens of one expert next to each other."""
        top_k = experts.shape[-1]
        chosen = experts.flatten()
        order = mx.argsort(chosen)
        rows, chosen = x[order // top_k][:, None], chosen[order]
        gate, up = self._gate_up.chosen(rows, chosen, True)
        inner = swiglu(gate, up, self._limit)
        out = self._down.chosen(inner, chosen, True)[:, 0]
        return out[mx.argsort(order)].reshape(*experts.shape, -1)


class Router:
    """Which experts a token goes to; always in fp32, or near-ties flip."""

    def __init__(self, weights: Weights, prefix: str, config: StepConfig) -> None:
        shape = (config.moe_num_experts, config.hidden_size)
        gate: Linear = weights.linear(f"{prefix}.gate", shape, dtype=mx.float32)
        self._gate = gate.laid_out()
        self._bias: mx.array | None = None
        if config.use_moe_router_bias:
            self._bias = weights.vector(f"{prefix}.router_bias", shape[0], dtype=mx.float32)
        self._top_k = config.moe_top_k
        self._scale = config.moe_router_scaling_factor
        self._is_normed = config.norm_expert_weight

    def __call__(self, x: mx.array) -> tuple[mx.array, mx.array]:
        """Choose top_k experts per token: indices and weights, both (L, top_k).

        Scores are sigmoid(logits); the bias picks experts but does not weigh them
        (DeepSeek-V3, arXiv:2412.19437, sec. 2.1.2).
        """
        scores = mx.sigmoid(self._gate(x.astype(mx.float32)))
        ranked = scores if self._bias is None else scores + self._bias
        experts = mx.argpartition(ranked, kth=-self._top_k, axis=-1)[:, -self._top_k :]
        chosen = mx.take_along_axis(scores, experts, axis=-1)
        if self._is_normed:
            chosen = chosen / (chosen.sum(axis=-1, keepdims=True) + 1e-20)
        return experts, chosen * self._scale


def swiglu(gate: mx.array, up: mx.array, limit: float) -> mx.array:
    """silu(gate) ⊙ up; a limit clamps after the silu, on the gate's side only from above."""
    gate = gate * mx.sigmoid(gate)
    if limit > 0:
        gate, up = mx.minimum(gate, limit), mx.clip(up, -limit, limit)
    return gate * up
