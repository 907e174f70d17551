"""Matrices as they lie in the file: plain, or packed with a scale and a bias per group."""

from dataclasses import dataclass

import mlx.core as mx


@dataclass(frozen=True, slots=True)
class Linear:
    """y = x·Wᵀ with W (out, in), or one such matrix per expert, (E, out, in).

    Affine quantisation packs ``bits`` per value into uint32 and keeps scales and biases
    (…, out, in / group_size).
    """

    weight: mx.array
    scales: mx.array | None = None
    biases: mx.array | None = None
    group_size: int = 64
    bits: int = 0

    def __call__(self, x: mx.array) -> mx.array:
        """x (…, in) → (…, out)."""
        if self.scales is None:
            return x @ self.weight.T
        return mx.quantized_matmul(
            x,
            self.weight,
            scales=self.scales,
            biases=self.biases,
            transpose=True,
            group_size=self.group_size,
            bits=self.bits,
        )

    def chosen(self, x: mx.array, experts: mx.array, is_sorted: bool = False) -> mx.array:
        """Apply to each row the matrix of its expert: x (…, 1, in) → (…, 1, out)."""
        if self.scales is None:
            return mx.gather_mm(
                x, self.weight.swapaxes(-1, -2), rhs_indices=experts, sorted_indices=is_sorted
            )
        return mx.gather_qmm(
            x,
            self.weight,
            scales=self.scales,
            biases=self.biases,
            rhs_indices=experts,
            transpose=True,
            group_size=self.group_size,
            bits=self.bits,
            sorted_indices=is_sorted,
        )

    def rows(self, indices: mx.array) -> mx.array:
        """Rows of W as an embedding: (L,) → (L, in)."""
        if self.scales is None:
            return self.weight[indices]
        return mx.dequantize(
            self.weight[indices],
            scales=self.scales[indices],
            biases=None if self.biases is None else self.biases[indices],
            group_size=self.group_size,
            bits=self.bits,
        )

    def arrays(self) -> list[mx.array]:
        return [part for part in (self.weight, self.scales, self.biases) if part is not None]
