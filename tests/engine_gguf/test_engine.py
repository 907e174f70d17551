"""The llama.cpp engine keeps the contract with two real models."""

import functools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from app.engine.protocol import (
    Finished,
    GenerateRequest,
    Progress,
    PromptPart,
    SamplingParams,
)
from app.engine.text import PieceAssembler
from app.models.locate import starter_path
from engine_gguf.bindings import llama
from engine_gguf.sampling import Sampler
from tests.engine_contract import GREEDY, EngineContract, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, opened
from tests.reference.sampling import distribution

CAPITAL = (
    PromptPart("<|im_start|>user\n", special=True),
    PromptPart("What is the capital of France? Answer in one sentence."),
    PromptPart("<|im_end|>\n<|im_start|>assistant\n", special=True),
)
STORY = (
    PromptPart("<|im_start|>user\n", special=True),
    PromptPart("Tell me a long story about a door."),
    PromptPart("<|im_end|>\n<|im_start|>assistant\n", special=True),
)


DRAWS = 2000


def ask(engine, prompt, **settings):
    settings = {"sampling": GREEDY, "max_tokens": 24} | settings
    return run(engine, GenerateRequest("a", prompt, **settings))["a"]


class TestSmolLM2(EngineContract):
    prompt = STORY

    @pytest.fixture
    def engine(self, smollm):
        return smollm

    @pytest.fixture
    def reopen(self):
        return functools.partial(_keeping, starter_path())


class TestNanoStep(EngineContract):
    prompt = STORY

    @pytest.fixture
    def engine(self, nano_step):
        return nano_step

    @pytest.fixture
    def reopen(self):
        return functools.partial(_keeping, NANO_STEP)


def _keeping(path, folder):
    return opened(path, context_length=1024, kept_dir=str(folder))


def test_the_starter_model_knows_the_capital_of_france(smollm):
    assert "Paris" in text_of(ask(smollm, CAPITAL, max_tokens=60))


def test_a_kept_prefix_does_not_change_the_answer(smollm):
    first = text_of(ask(smollm, CAPITAL))
    again = ask(smollm, CAPITAL)

    assert text_of(again) == first
    assert again[-1].usage.cached_tokens == again[-1].usage.prompt_tokens - 1


def test_a_prompt_that_differs_early_keeps_nothing_of_the_rest(smollm):
    ask(smollm, CAPITAL)

    other = ask(smollm, (PromptPart("Completely different words."),))

    assert other[-1].usage.cached_tokens <= 1


def test_a_window_that_has_moved_on_is_not_reused(nano_step):
    """nano-step's window is 64 tokens; after 200 more the first ones are gone from its cells."""
    long_prompt = (*STORY, PromptPart("door " * 120))
    fresh = text_of(ask(nano_step, long_prompt, max_tokens=200))
    ask(nano_step, (PromptPart("other"),))

    ask(nano_step, long_prompt, max_tokens=200)
    rewound = ask(nano_step, long_prompt, max_tokens=200)

    assert text_of(rewound) == fresh


def test_a_long_prompt_is_read_in_chunks_and_can_be_cancelled_between_them(smollm):
    smollm.submit(GenerateRequest("a", (PromptPart("word " * 900),), GREEDY))
    events = smollm.step()

    smollm.cancel("a")
    after = smollm.step()

    done = [event.done for event in events if isinstance(event, Progress)]
    assert done == [0, 512]
    assert isinstance(after[-1], Finished)
    assert after[-1].reason == "cancelled"


def test_an_answer_ends_with_length_when_the_context_is_full(smollm):
    words = (PromptPart("word " * 1010),)

    last = ask(smollm, words, max_tokens=None)[-1]

    assert last.reason == "length"
    assert last.usage.prompt_tokens + last.usage.completion_tokens == 1025


@pytest.mark.parametrize(
    "params",
    [
        SamplingParams(temperature=1.0, top_k=5),
        SamplingParams(temperature=1.5, top_p=0.6),
        SamplingParams(temperature=2.0, min_p=0.1),
        SamplingParams(temperature=2.0, top_k=12, top_p=0.8, min_p=0.05),
        SamplingParams(
            temperature=1.2, top_k=8, repetition_penalty=1.5, frequency_penalty=0.4,
            presence_penalty=0.6,
        ),
        SamplingParams(temperature=0, repetition_penalty=2.0),
    ],
    ids=str,
)  # fmt: skip
def test_tokens_are_drawn_in_the_pinned_order(smollm, params):
    """Draws of one token against numpy: the same support, and frequencies by chi-square."""
    prompt = (*STORY, PromptPart("Once upon a time there was a door, and the door was"))
    tokens = smollm._tokenizer.encode(prompt)
    ask(smollm, prompt, max_tokens=1)
    size = llama.llama_vocab_n_tokens(smollm._loaded.vocab)
    logits = np.ctypeslib.as_array(
        llama.llama_get_logits_ith(smollm._loaded.context, -1), (size,)
    ).copy()
    expected = distribution(logits, params, tokens)

    draws = Counter(
        _draw(smollm, replace(params, seed=seed), tokens, logits) for seed in range(DRAWS)
    )

    assert set(draws) <= set(np.flatnonzero(expected))
    counted = np.array([draws[token] for token in np.flatnonzero(expected)])
    wanted = DRAWS * expected[expected > 0]
    deviation = ((counted - wanted) ** 2 / wanted)[wanted >= 5].sum()
    # The 99.99 % point of chi-square for up to 30 degrees of freedom is below 67.
    assert deviation < 67


def _draw(engine, params, tokens, logits):
    sampler = Sampler(engine._loaded.vocab, params, tokens)
    token = sampler.sample(logits)
    sampler.close()
    return token


def test_a_seed_that_is_not_given_differs_from_one_to_the_next(smollm):
    samplers = [Sampler(smollm._loaded.vocab, SamplingParams(), ()) for _ in range(2)]

    assert samplers[0].seed != samplers[1].seed
    for sampler in samplers:
        sampler.close()


def test_pieces_of_any_cut_make_whole_characters(nano_step):
    """nano-step's vocabulary is bytes: emoji and Chinese are several tokens each."""
    text = "日本 👩‍👩‍👧‍👦 🏳️‍🌈 é"
    tokens = nano_step._tokenizer.plain(text)
    assembler = PieceAssembler()

    pieces = [assembler.feed(nano_step._tokenizer.bytes_of(token))[0] for token in tokens]

    assert len(tokens) > len(text.split())
    assert "".join(pieces) + assembler.flush()[0] == text
    assert not any("\ufffd" in piece for piece in pieces)
