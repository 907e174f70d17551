"""Choosing a token from logits, in the socket's pinned order, with a draw that depends only on
the seed and the position: the same seed gives the same text however many tokens were drafted.
"""

import secrets
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.engine.constraint import TokenMask, apply
from app.engine.protocol import SamplingParams

Floats = NDArray[np.float64]


class Sampler:
    """Chooses tokens for one request: mask → penalties → top_k → top_p → min_p → temperature."""

    def __init__(
        self,
        params: SamplingParams,
        end_tokens: frozenset[int] = frozenset(),
        mask: TokenMask | None = None,
        bytes_of: Callable[[int], bytes] | None = None,
    ) -> None:
        """``bytes_of`` tells the mask what a token stands for."""
        self._params = params
        self._mask = mask
        self.bytes_of = bytes_of
        self.end_tokens = end_tokens
        self.seed = secrets.randbelow(2**32 - 1) if params.seed is None else params.seed
        penalties = (params.repetition_penalty, params.frequency_penalty, params.presence_penalty)
        self._has_penalties = penalties != (1.0, 0.0, 0.0) and params.penalty_last_tokens > 0

    @property
    def is_plain_greedy(self) -> bool:
        """Whether the most likely token is all that is wanted, so that logits need not be read."""
        is_greedy = self._params.temperature == 0 or self._params.top_k == 1
        return is_greedy and not self._has_penalties and self._mask is None

    def choose(self, logits: NDArray[np.float32], history: Sequence[int]) -> int:
        """The token after ``history`` (prompt and answer so far) from its logits (V,)."""
        token = self._chosen(self._processed(logits, history), len(history))
        if self._mask is not None and self.bytes_of is not None and token not in self.end_tokens:
            self._mask.accept(token, self.bytes_of(token).decode("utf-8", "replace"))
        return token

    def _chosen(self, processed: Floats, position: int) -> int:
        if self._params.temperature == 0:
            return int(processed.argmax())
        kept, probabilities = self._distribution(processed)
        reached = np.cumsum(probabilities)
        drawn = self._uniform(position) * reached[-1]
        at = min(int(np.searchsorted(reached, drawn, side="right")), len(reached) - 1)
        return int(at if kept is None else kept[at])

    def _processed(self, untouched: NDArray[np.float32], history: Sequence[int]) -> Floats:
        bits = self._mask.bits() if self._mask is not None else None
        if bits is not None:
            untouched = untouched.copy()
            apply(bits, untouched)
        logits = untouched.astype(np.float64)
        if self._has_penalties:
            self._penalise(logits, history[-self._params.penalty_last_tokens :])
        return logits

    def _penalise(self, logits: Floats, last: Sequence[int]) -> None:
        params = self._params
        seen, counts = np.unique(np.asarray(last, dtype=np.int64), return_counts=True)
        chosen = logits[seen]
        penalty = params.repetition_penalty
        chosen = np.where(chosen > 0, chosen / penalty, chosen * penalty)
        logits[seen] = chosen - counts * params.frequency_penalty - params.presence_penalty

    def _distribution(self, logits: Floats) -> tuple[NDArray[np.int64] | None, Floats]:
        """Tokens that may be drawn, by number (None = all), and their probabilities."""
        params = self._params
        kept: NDArray[np.int64] | None = None
        if params.top_k and params.top_k < len(logits):
            kept = np.argpartition(-logits, params.top_k - 1)[: params.top_k]
        if params.top_p < 1:
            kept = _top_p(logits, kept, params.top_p)
        if params.min_p > 0:
            kept = np.arange(len(logits)) if kept is None else kept
            highest = logits[kept].max()
            kept = kept[np.exp(logits[kept] - highest) >= params.min_p]
        # In order of number, not of likelihood: two near-equal logits must not swap places.
        kept = None if kept is None else np.sort(kept)
        return kept, _softmax((logits if kept is None else logits[kept]) / params.temperature)

    def _uniform(self, position: int) -> float:
        """A number in [0, 1) that belongs to this seed and position."""
        bits = np.random.Philox(key=self.seed, counter=[0, 0, 0, position])
        return float(np.random.Generator(bits).random())


def _top_p(logits: Floats, kept: NDArray[np.int64] | None, top_p: float) -> NDArray[np.int64]:
    """The likeliest tokens that together reach ``top_p``."""
    kept = np.arange(len(logits)) if kept is None else kept
    probabilities = _softmax(logits[kept])
    # Most text needs few tokens: sort those first, all only when they do not reach top_p.
    few = min(512, len(kept))
    head = np.argpartition(-probabilities, few - 1)[:few]
    if probabilities[head].sum() < top_p:
        head = np.arange(len(kept))
    head = head[np.argsort(-probabilities[head], kind="stable")]
    reached = np.cumsum(probabilities[head])
    return kept[head[: int(np.searchsorted(reached, top_p)) + 1]]


def _softmax(logits: Floats) -> Floats:
    raised: Floats = np.exp(logits - logits.max())
    raised /= raised.sum()
    return raised
