"""The MTP heads: each drafts one token further ahead than the one before it.

Head k, row of position t: the embedding of token t+1+k and a hidden state of position t (the
trunk's before its final norm for head 0, the previous head's output for the others) go through
one decoder layer; its output predicts token t+2+k.
"""

from collections.abc import Sequence

import mlx.core as mx

from engine_mlx.config import StepConfig
from engine_mlx.kv_cache import FullCache, WindowCache, new_cache
from engine_mlx.model import Layer, RmsNorm, Rows, positions_of
from engine_mlx.weights import Weights


class MtpHead:
    """One head with its own norms, layer and output matrix; the embedding is the trunk's."""

    def __init__(self, config: StepConfig, weights: Weights, number: int) -> None:
        index = config.num_hidden_layers + number
        prefix, hidden, eps = f"model.layers.{index}", config.hidden_size, config.rms_norm_eps
        self._config, self._layer_config = config, config.layers[index]
        self._enorm = RmsNorm(weights, f"{prefix}.enorm", hidden, eps)
        self._hnorm = RmsNorm(weights, f"{prefix}.hnorm", hidden, eps)
        self._eh_proj = weights.linear(f"{prefix}.eh_proj", (hidden, 2 * hidden)).laid_out()
        self._layer = Layer(weights, prefix, config, self._layer_config)
        shared_head = f"{prefix}.transformer.shared_head"
        self._norm = RmsNorm(weights, f"{shared_head}.norm", hidden, eps)
        output = weights.linear(f"{shared_head}.output", (config.vocab_size, hidden))
        self._output = output.laid_out()

    def __call__(self, embeddings: mx.array, hidden: mx.array, rows: Sequence[Rows]) -> mx.array:
        """Both (L, hidden) → the outputs (L, hidden): the next head's hidden states."""
        both = mx.concatenate([self._enorm(embeddings), self._hnorm(hidden)], axis=-1)
        return self._layer(self._eh_proj(both), positions_of(rows), rows, 0)

    def logits(self, hidden: mx.array) -> mx.array:
        """(L, hidden) → (L, V). Rows that only fill the cache need none."""
        return self._output(self._norm(hidden))

    def new_cache(self) -> FullCache | WindowCache:
        return new_cache(self._config, self._layer_config)


def mtp_heads(config: StepConfig, weights: Weights) -> list[MtpHead]:
    return [MtpHead(config, weights, number) for number in range(config.num_nextn_predict_layers)]
