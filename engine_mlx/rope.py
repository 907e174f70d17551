"""Rotary position embedding: plain, or with Llama-3 smoothing on full-attention layers."""

import math

import mlx.core as mx

from engine_mlx.config import LayerConfig, RopeScaling


class Rope:
    """Rotates the first ``rotary_dims`` of each head, first half against second half."""

    def __init__(self, layer: LayerConfig) -> None:
        self._dims = layer.rotary_dims
        self._periods = mx.array(rope_periods(self._dims, layer.rope_theta, layer.rope_scaling))

    def __call__(self, x: mx.array, positions: mx.array) -> mx.array:
        """x (L, H, D) of tokens at ``positions`` (L,); the same shape."""
        # Each token is a batch entry of its own, so that tokens of several sequences can mix.
        rotated = mx.fast.rope(
            x[:, :, None],
            self._dims,
            traditional=False,
            base=None,
            scale=1.0,
            offset=positions,
            freqs=self._periods,
        )
        return rotated[:, :, 0]


def rope_periods(dims: int, theta: float, scaling: RopeScaling | None) -> list[float]:
    """Tokens per radian of each of the dims / 2 rotations.

    The smoothing is that of Llama 3.1 (transformers ``_compute_llama3_parameters``): slow
    rotations get ``factor`` times slower, fast ones stay, between them it blends.
    """
    periods = [theta ** (2 * index / dims) for index in range(dims // 2)]
    if scaling is None:
        return periods
    slow = scaling.original_max_position_embeddings / scaling.low_freq_factor
    fast = scaling.original_max_position_embeddings / scaling.high_freq_factor
    return [_smooth(period, slow, fast, scaling) for period in periods]


def _smooth(period: float, slow: float, fast: float, scaling: RopeScaling) -> float:
    wavelength = 2 * math.pi * period
    if wavelength > slow:
        return period * scaling.factor
    if wavelength < fast:
        return period
    blend = (scaling.original_max_position_embeddings / wavelength - scaling.low_freq_factor) / (
        scaling.high_freq_factor - scaling.low_freq_factor
    )
    return 1 / ((1 - blend) / (period * scaling.factor) + blend / period)
