"""From a request to something that can be scheduled: tokens, sampler, mask; or an error."""

import numpy as np

from app.engine.constraint import TokenMask
from app.engine.errors import bad_request, context_overflow
from app.engine.protocol import GenerateRequest
from app.engine.text import PieceAssembler
from engine_gguf.bindings import llama
from engine_gguf.live import Live
from engine_gguf.model import LoadedModel
from engine_gguf.sampling import Sampler
from engine_gguf.tokenizer import Tokenizer

_CHARACTERS = 16  # of a token; hardly any has more
_ROOM = 1024  # tokens of answer before the array has to grow


def take_in(request: GenerateRequest, loaded: LoadedModel, tokenizer: Tokenizer) -> Live:
    """Raises AppError where the request cannot be run."""
    length = loaded.context_length
    size = sum(len(part.text) for part in request.prompt)
    # Megabytes are not tokenised to be refused. The longest token is only looked for where it may
    # matter: spelling a vocabulary takes 0.2 s, of the first answer after a start.
    if size > _CHARACTERS * length and size // tokenizer.longest > length:
        raise context_overflow(size // tokenizer.longest, length)
    prompt, marks = tokenizer.encode_marked(request.prompt)
    if not prompt:
        raise bad_request("The prompt is empty.")
    if len(prompt) >= length:
        raise context_overflow(len(prompt), length)
    tokens = np.zeros(len(prompt) + _ROOM, dtype=np.int32)
    tokens[: len(prompt)] = prompt
    mask = None
    if request.constraint is not None:
        vocabulary = llama.llama_vocab_n_tokens(loaded.vocab)
        mask = TokenMask(tokenizer.for_grammars(), request.constraint, vocabulary)
    return Live(
        request,
        len(prompt),
        tokens,
        len(prompt),
        (*marks, len(prompt) - 1),
        Sampler(loaded.vocab, request.sampling, prompt),
        PieceAssembler(request.stop),
        mask,
        keep_mark=(marks or [len(prompt) - 1])[-1] if request.keep_as else 0,
    )
