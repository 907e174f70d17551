"""Trunk and MTP heads agree with llama.cpp, an independent implementation, on the same model.

The GGUF beside the tests is q8_0, and llama.cpp rounds activations to 8 bits as well, so logits
(up to 30) differ by a few tenths at most and nearly every row has the same likeliest token.
"""

import mlx.core as mx
import numpy as np
import pytest

from app.engine.protocol import EngineOptions
from engine_mlx.model import Rows
from engine_mlx.tokenizer import Tokenizer
from tests.engine_mlx.conftest import NANO, TESTS
from tests.engine_mlx.running import CODE, QUESTIONS, as_parts, chat

GGUF = TESTS / "data" / "nano-step-q8_0.gguf"
LENGTH, WIDTH, VOCAB, PIECE = 60, 192, 2560, 8
AGREEMENT, TOLERANCE = 0.9, 0.5  # share of rows with the same top token; median difference


@pytest.fixture(scope="module")
def tokens():
    text = chat(QUESTIONS[0]) + CODE[0] + chat(QUESTIONS[4])
    return np.array(Tokenizer(NANO).encode(as_parts(text))[0][:LENGTH], dtype=np.int32)


@pytest.fixture(scope="module")
def theirs(tokens):
    """(logits, states) of llama.cpp's trunk, then of each head with chained states."""
    pytest.importorskip("engine_gguf.model")
    from engine_gguf import open_engine
    from engine_gguf.batch import Batch, FloatView
    from engine_gguf.bindings import llama, llama_mtp

    options = EngineOptions(threads=1, context_length=256, use_extra_buffers=False)
    loaded = open_engine(GGUF, options, lambda _: None)._loaded

    def decode(context, first, inputs=None):
        """Logits and states of all rows from ``first`` on, in pieces that the context allows."""
        logits, states = [], []
        for row in range(first, LENGTH, PIECE):
            part = tokens[row : row + PIECE]
            batch = Batch(PIECE, 1, 0 if inputs is None else WIDTH)
            batch.add(part, row, 0, len(part))
            if inputs is not None:
                batch.embedding[: len(part)] = inputs[row - first : row - first + len(part)]
            assert batch.decode(context) == 0
            made = llama_mtp.llama_get_embeddings_nextn(context)
            states.append(FloatView(WIDTH, len(part)).at(made).copy())
            made = llama.llama_get_logits(context)
            logits.append(FloatView(VOCAB, len(part)).at(made).copy())
        return np.concatenate(logits), np.concatenate(states)

    found = [decode(loaded.context, 0)]
    for number, head in enumerate(loaded.heads.contexts):
        # Row q: token q with the state that the part before made at row q - 1.
        found.append(decode(head, 1 + number, found[-1][1][:-1]))
    loaded.close()
    return found


def test_the_trunk_agrees_with_llama_cpp(nano, tokens, theirs):
    model, _ = nano

    hidden = model(mx.array(tokens), [Rows(model.new_caches(), 0, LENGTH)])

    assert_agree(model.logits(hidden), theirs[0][0])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_heads_agree_with_llama_cpp(nano, tokens, theirs, number):
    model, heads = nano
    hidden = model(mx.array(tokens), [Rows(model.new_caches(), 0, LENGTH)])

    for place, head in enumerate(heads[: number + 1]):
        rows = LENGTH - 1 - place
        ahead = model.embed(mx.array(tokens[1 + place :]))
        hidden = head(ahead, hidden[:rows], [Rows([head.new_cache()], 0, rows)])

    assert_agree(heads[number].logits(hidden), theirs[1 + number][0])


def assert_agree(ours, theirs):
    ours = np.array(ours)
    same = (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()
    difference = np.abs(ours - theirs)
    print(
        f"same top token {same:.3f}, median {np.median(difference):.2g}, max {difference.max():.2g}"
    )
    assert same >= AGREEMENT
    assert np.median(difference) < TOLERANCE
