"""Drafting never changes the text: greedy, sampled, penalised, masked, alone or in a batch.

Two logits closer than 1e-4 are a tie: rows computed together and one by one round differently in
fp32 by up to 2e-5, so such a difference is listed and does not count.
"""

import itertools

import mlx.core as mx
import numpy as np
import pytest

from app.engine.constraint import TokenMask, apply
from app.engine.protocol import Constraint, GenerateRequest, SamplingParams
from engine_mlx.model import Rows
from engine_mlx.tokenizer import Tokenizer
from tests.engine_mlx.running import (
    answer,
    answers,
    as_parts,
    chat,
    open_nano,
    varied_prompts,
)
from tests.reference.sampling import distribution

TIE = 1e-4
DEPTHS = [1, 2, 3, None]


@pytest.fixture(scope="module")
def engines(nano_folder):
    """One engine per depth; None is adaptive."""
    return {depth: open_nano(nano_folder, depth) for depth in [0, *DEPTHS]}


def first_difference(a, b):
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)


def gap(nano, tokens, chosen, other):
    """By how much the logit of one token exceeds another's after ``tokens``."""
    model, _ = nano
    hidden = model(mx.array(tokens), [Rows(model.new_caches(), 0, len(tokens))])
    logits = model.logits(hidden[-1:])[0]
    return abs(logits[chosen] - logits[other]).item()


def assert_same(nano, folder, prompts, expected, found, ties):
    tokenizer = Tokenizer(folder)
    for prompt, a, b in zip(prompts, expected, found, strict=True):
        at = first_difference(a, b)
        if at is None:
            assert len(a) == len(b)
            continue
        before = tokenizer.encode(as_parts(prompt))[0] + a[:at]
        distance = gap(nano, before, a[at], b[at])
        assert distance < TIE, f"{prompt!r} differs at token {at} by {distance}"
        ties.append((prompt, at, distance))


@pytest.mark.parametrize("depth", DEPTHS)
def test_greedy_text_is_the_same_with_drafts(engines, nano, nano_folder, depth):
    prompts, ties = varied_prompts(8), []

    expected = answer(engines[0], prompts, max_tokens=100)
    found = answer(engines[depth], prompts, max_tokens=100)

    assert_same(nano, nano_folder, prompts, expected, found, ties)


@pytest.mark.parametrize("depth", [0, 3, None])
def test_text_in_a_batch_is_the_same_as_alone(engines, nano, nano_folder, depth):
    prompts, ties = varied_prompts(8), []

    expected = answer(engines[0], prompts, max_tokens=60)
    found = answer(engines[depth], prompts, max_tokens=60, at_once=4)

    assert_same(nano, nano_folder, prompts, expected, found, ties)


@pytest.mark.parametrize(
    "sampling",
    [
        SamplingParams(temperature=1, seed=11),
        SamplingParams(temperature=0.8, seed=3, top_k=20, top_p=0.9, min_p=0.02),
        SamplingParams(temperature=1, seed=5, repetition_penalty=1.2, frequency_penalty=0.3),
    ],
    ids=["plain", "cut", "penalised"],
)
def test_a_seed_gives_the_same_text_with_drafts(engines, sampling):
    prompts = varied_prompts(5)

    expected = answer(engines[0], prompts, max_tokens=60, sampling=sampling)
    found = answer(engines[3], prompts, max_tokens=60, sampling=sampling)

    # A draw within 1e-6 of the border between two tokens may fall on either side.
    same = sum(a == b for a, b in zip(expected, found, strict=True))
    assert same >= len(prompts) - 1


def test_a_masked_answer_is_the_same_with_drafts(engines):
    constraint = Constraint('start: /[a-z]+( [a-z]+){3,12}/ "."')
    prompts = [chat("Tell me a short story about a dog."), *varied_prompts(4)]

    expected = answer(engines[0], prompts, max_tokens=60, constraint=constraint)
    found = answer(engines[3], prompts, max_tokens=60, constraint=constraint)

    assert expected == found


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_greedy_text_is_the_same_over_20_000_tokens(engines, nano, nano_folder):
    prompts = varied_prompts(120)
    expected = answer(engines[0], prompts, max_tokens=400)
    total, ties = sum(map(len, expected)), []

    for depth in DEPTHS:
        found = answer(engines[depth], prompts, max_tokens=400)
        assert_same(nano, nano_folder, prompts, expected, found, ties)

    print(f"{total} tokens; ties: {ties}")
    assert total >= 20_000


VARIANTS = {
    "plain": ({}, None),
    "penalties": ({"repetition_penalty": 1.3, "presence_penalty": 0.5}, None),
    "mask": ({}, Constraint("start: /[a-p ,.]{1,40}/")),
}


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_drafting_draws_from_the_target_distribution(engines, nano, nano_folder, variant):
    """Chi-square of 20,000 answers of three tokens against their exact probabilities."""
    changes, constraint = variant
    prompt, draws = "The function returns a list of", 20_000
    params = SamplingParams(temperature=1, top_k=6, **changes)
    expected = exact(nano, nano_folder, prompt, params, constraint)
    counts = dict.fromkeys(expected, 0)

    requests = [
        GenerateRequest(
            str(seed),
            as_parts(prompt),
            SamplingParams(temperature=1, top_k=6, seed=seed, **changes),
            max_tokens=3,
            constraint=constraint,
        )
        for seed in range(draws)
    ]
    for start in range(0, draws, 1000):
        for tokens in answers(engines[3], requests[start : start + 1000], at_once=8):
            counts[tuple(tokens)] += 1

    large = [key for key, share in expected.items() if share * draws >= 5]
    rest = 1 - sum(expected[key] for key in large)
    statistic = sum(
        (counts[key] - expected[key] * draws) ** 2 / (expected[key] * draws) for key in large
    )
    if rest * draws >= 5:
        seen = draws - sum(counts[key] for key in large)
        statistic += (seen - rest * draws) ** 2 / (rest * draws)
    # 99.9th percentile of chi-square, Wilson and Hilferty's approximation.
    freedom = max(1, len(large))
    print(f"chi-square {statistic:.1f}, {freedom} degrees of freedom")
    limit = freedom * (1 - 2 / (9 * freedom) + 3.09 * (2 / (9 * freedom)) ** 0.5) ** 3
    assert statistic < limit


def exact(nano, folder, prompt, params, constraint):
    """Probability of each answer of three tokens (or fewer, where it ends)."""
    model, _ = nano
    tokenizer = Tokenizer(folder)
    tokens = tokenizer.encode(as_parts(prompt))[0]
    found = {}

    def descend(answer, share):
        if len(answer) == 3 or (answer and answer[-1] in tokenizer.end_tokens):
            found[answer] = found.get(answer, 0) + share
            return
        history = [*tokens, *answer]
        hidden = model(mx.array(history), [Rows(model.new_caches(), 0, len(history))])
        logits = np.array(model.logits(hidden[-1:])[0])
        if constraint is not None:
            mask = TokenMask(tokenizer.for_grammars(len(logits)), constraint, len(logits))
            for token in answer:
                mask.accept(token, tokenizer.bytes_of(token).decode("utf-8", "replace"))
            apply(mask.bits(), logits)
        shares = distribution(logits, params, history)
        for token in np.flatnonzero(shares):
            descend((*answer, int(token)), share * shares[token])

    descend((), 1.0)
    assert abs(sum(found.values()) - 1) < 1e-9
    return found


def test_the_sampler_draws_from_the_reference_distribution():
    from engine_mlx.sampling import Sampler

    random = np.random.default_rng(0)
    logits = random.standard_normal(50).astype(np.float32) * 2
    history = random.integers(0, 50, 30).tolist()
    for top_k, top_p, min_p, penalty in itertools.product((0, 7), (1, 0.8), (0, 0.1), (1.0, 1.4)):
        params = SamplingParams(
            temperature=0.9, top_k=top_k, top_p=top_p, min_p=min_p, repetition_penalty=penalty
        )
        sampler = Sampler(params)

        kept, shares = sampler._distribution(sampler._processed(logits, history))

        whole = np.zeros(50)
        whole[slice(None) if kept is None else kept] = shares
        assert np.abs(whole - distribution(logits, params, history)).max() < 1e-9
