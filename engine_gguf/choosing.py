"""From logits to a token: the mask, the sampler, and what is told of the probabilities."""

from app.engine.constraint import apply
from engine_gguf.batch import Rows
from engine_gguf.live import Live
from engine_gguf.logprobs import RowLogprobs
from engine_gguf.tokenizer import Tokenizer


def choose(live: Live, tokenizer: Tokenizer, logits: Rows) -> int:
    """The next token of a request from its logits (V,); a mask is put on these very logits."""
    wanted = live.request.top_logprobs
    before = None if wanted is None else RowLogprobs.of(logits, wanted)
    bits = live.mask.bits() if live.mask is not None else None
    if bits is not None:
        apply(bits, logits)
    token = live.sampler.sample(logits)
    if before is not None and not tokenizer.is_end(token):
        live.logprobs.append(before.told(token, logits, tokenizer.bytes_of))
    return token
