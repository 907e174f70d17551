"""Log probabilities of tokens: ln p of the raw logits, before penalties, masks and sampling."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.protocol import TokenLogprob, TokenLogprobs
from engine_gguf.batch import Rows


@dataclass(frozen=True, slots=True)
class RowLogprobs:
    """The likeliest tokens of one row of logits, taken before a mask changes the row."""

    offset: float  # ln of the sum of all exponentials
    top: tuple[tuple[int, float], ...]  # token and ln p, likeliest first

    @classmethod
    def of(cls, logits: Rows, count: int) -> "RowLogprobs":
        """From the logits (V,), with the ``count`` likeliest tokens."""
        highest = float(logits.max())
        offset = highest + float(np.log(np.exp(logits - highest, dtype=np.float64).sum()))
        if not count:
            return cls(offset, ())
        likeliest = np.argpartition(logits, -count)[-count:]
        likeliest = likeliest[np.argsort(-logits[likeliest], kind="stable")]
        return cls(offset, tuple((int(one), float(logits[one]) - offset) for one in likeliest))

    def told(self, token: int, logits: Rows, bytes_of: Callable[[int], bytes]) -> TokenLogprobs:
        """With the token that was chosen in this row, whose logit no mask changed."""
        chosen = TokenLogprob(_text(bytes_of(token)), float(logits[token]) - self.offset)
        top = tuple(TokenLogprob(_text(bytes_of(one)), value) for one, value in self.top)
        return TokenLogprobs(chosen, top)


def _text(spelled: bytes) -> str:
    return spelled.decode("utf-8", "replace")
