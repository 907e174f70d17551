"""The MLX model computes what the reference computes.

Tolerance: logits reach about 30 and fp32 sums of up to a few hundred terms lose about 1e-6 of
that; the worst difference seen is 2.2e-5 on nano-step (logits up to 32) and 7e-6 on the tiny one.
Hidden states before the norm grow into the hundreds, so there it is the same share of the largest.
"""

import json

import mlx.core as mx
import numpy as np
import pytest

from engine_mlx.model import Rows
from tests.reference.step_numpy import StepReference

TOLERANCE = 1e-4
RELATIVE = 3e-6
CHUNKINGS = {
    "one shot": [200],
    "chunks": [64, 1, 7, 128],
    "cached, token by token": [150, *[1] * 50],
    "mixed": [3, 60, 1, 1, 2, 4, 70, 4, 1, 54],
}


@pytest.fixture(scope="module", params=["tiny", "nano"])
def case(request):
    """(model, heads, reference, tokens, the reference's hidden states)."""
    model, heads = request.getfixturevalue(request.param)
    folder = request.getfixturevalue(f"{request.param}_folder")
    tensors = mx.load(str(folder / "model.safetensors"))
    weights = {name: np.array(value.astype(mx.float32)) for name, value in tensors.items()}
    reference = StepReference(json.loads((folder / "config.json").read_text()), weights)
    tokens = np.random.default_rng(3).integers(5, 256, 200)
    return model, heads, reference, tokens, reference.trunk(tokens)


def run(model, caches, tokens, position=0):
    return model(mx.array(tokens), [Rows(caches, position, len(tokens))])


@pytest.mark.parametrize("sizes", CHUNKINGS.values(), ids=CHUNKINGS.keys())
def test_trunk_logits_equal_the_reference(case, sizes):
    model, _, reference, tokens, expected = case
    caches, parts, position = model.new_caches(), [], 0

    for size in sizes:
        parts.append(run(model, caches, tokens[position : position + size], position))
        position += size

    logits = np.array(model.logits(mx.concatenate(parts)))
    assert np.abs(logits - reference.logits(expected)).max() < TOLERANCE


def test_hidden_states_are_those_before_the_final_norm(case):
    model, _, _, tokens, expected = case

    hidden = run(model, model.new_caches(), tokens)

    assert np.abs(np.array(hidden) - expected).max() < RELATIVE * np.abs(expected).max()


@pytest.mark.parametrize("sizes", [[1000], [50, 1, 3, 2, 1000]], ids=["one shot", "cached"])
def test_chained_mtp_heads_equal_the_reference(case, sizes):
    model, heads, reference, tokens, expected = case
    hidden, embeddings = run(model, model.new_caches(), tokens), model.embed(mx.array(tokens))

    for number, head in enumerate(heads):
        expected = reference.mtp(tokens, expected, number)
        rows, caches, position, parts = len(expected), [head.new_cache()], 0, []
        for size in (min(size, rows) for size in sizes):
            size = min(size, rows - position)
            ahead = embeddings[position + 1 + number : position + 1 + number + size]
            part = hidden[position : position + size]
            parts.append(head(ahead, part, [Rows(caches, position, size)]))
            position += size
        hidden = mx.concatenate(parts)

        assert np.abs(np.array(hidden) - expected).max() < RELATIVE * np.abs(expected).max()
        difference = np.array(head.logits(hidden)) - reference.mtp_logits(expected, number)
        assert np.abs(difference).max() < TOLERANCE


def test_sequences_in_one_step_do_not_see_each_other(case):
    model, _, reference, tokens, _ = case
    prompts = [tokens[:40], tokens[50:53], tokens[60:160]]
    rows, alone = [], []
    for prompt in prompts:
        rows.append(Rows(model.new_caches(), 0, len(prompt)))
        alone.append(reference.logits(reference.trunk(prompt)))

    together = model.logits(model(mx.array(np.concatenate(prompts)), rows))

    assert np.abs(np.array(together) - np.concatenate(alone)).max() < TOLERANCE


def test_trunk_equals_mlx_lm(nano, nano_folder):
    # Cast first: mlx-lm adds the norms' 1 in bf16 and would lose bits that the file holds.
    from mlx_lm.models import step3p5

    config = json.loads((nano_folder / "config.json").read_text())
    theirs = step3p5.Model(step3p5.ModelArgs.from_dict(config))
    tensors = mx.load(str(nano_folder / "model.safetensors"))
    wide = {name: value.astype(mx.float32) for name, value in tensors.items()}
    theirs.load_weights(list(theirs.sanitize(wide).items()))
    tokens = np.random.default_rng(4).integers(5, 2500, 300)
    model, _ = nano

    ours = model.logits(run(model, model.new_caches(), tokens))

    assert mx.abs(ours - theirs(mx.array(tokens)[None])[0]).max().item() < TOLERANCE
