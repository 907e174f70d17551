"""Matrices as they lie in the file: plain, or packed with a scale and a bias per group."""

from collections.abc import Sequence
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

    def laid_out(self) -> "Linear":
        """The same matrix, laid out for the machine.

        The BLAS that mlx has for CPUs multiplies 1.45 times as fast by a matrix whose columns are
        contiguous.
        """
        if self.scales is not None or mx.metal.is_available():
            return self
        return Linear(mx.contiguous(self.weight.swapaxes(-1, -2)).swapaxes(-1, -2))

    def arrays(self) -> list[mx.array]:
        return [part for part in (self.weight, self.scales, self.biases) if part is not None]


class Stack:
    """Several matrices on the same input, lying behind one another so that one product does all.

    Matrices that are packed differently stay apart.
    """

    def __init__(self, parts: Sequence[Linear]) -> None:
        self._sizes = [part.weight.shape[-2] for part in parts]
        self._ends = [sum(self._sizes[: place + 1]) for place in range(len(parts))]
        joined = [parts[0]]
        for part in parts[1:]:
            if _is_alike(joined[-1], part):
                joined[-1] = _behind(joined[-1], part)
            else:
                joined.append(part)
        self._parts = [part.laid_out() for part in joined]

    def __call__(self, x: mx.array) -> list[mx.array]:
        """x (…, in) → one (…, out) per matrix."""
        return self._split([part(x) for part in self._parts])

    def chosen(self, x: mx.array, experts: mx.array, is_sorted: bool = False) -> list[mx.array]:
        """The same for matrices of experts; see ``Linear.chosen``."""
        return self._split([part.chosen(x, experts, is_sorted) for part in self._parts])

    def _split(self, out: list[mx.array]) -> list[mx.array]:
        whole = out[0] if len(out) == 1 else mx.concatenate(out, axis=-1)
        return list(mx.split(whole, self._ends[:-1], axis=-1))


def _is_alike(a: Linear, b: Linear) -> bool:
    return (a.bits, a.group_size, a.weight.dtype) == (b.bits, b.group_size, b.weight.dtype)


def _behind(a: Linear, b: Linear) -> Linear:
    parts = [
        mx.concatenate(list(pair), axis=-2) for pair in zip(a.arrays(), b.arrays(), strict=True)
    ]
    scales, biases = (parts[1], parts[2]) if len(parts) == 3 else (None, None)
    return Linear(parts[0], scales, biases, a.group_size, a.bits)
