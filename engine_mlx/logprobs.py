"""Log probabilities: the log-softmax of the raw logits, before mask, penalties and sampling.

So they say what the model holds likely, whatever the request's settings make of it, as in OpenAI's
interface; the chosen token may be one that is not likely at all.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.engine.protocol import TokenLogprob, TokenLogprobs


def logprobs_of(
    logits: NDArray[np.float32], token: int, count: int, bytes_of: Callable[[int], bytes]
) -> TokenLogprobs:
    """Of the token chosen from logits (V,), and of the ``count`` likeliest ones."""
    wide = logits.astype(np.float64)
    wide -= wide.max()
    wide -= np.log(np.exp(wide).sum())
    likeliest = np.argpartition(-wide, count)[:count] if count < len(wide) else np.arange(len(wide))
    likeliest = likeliest[np.argsort(-wide[likeliest], kind="stable")]

    def told(number: int) -> TokenLogprob:
        return TokenLogprob(bytes_of(number).decode("utf-8", "replace"), float(wide[number]))

    return TokenLogprobs(told(token), tuple(told(int(number)) for number in likeliest))
