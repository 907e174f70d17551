"""What an answer tells beside its text: log probabilities, drafts and why there are none."""

import mlx.core as mx
import numpy as np
import pytest

from app.engine.protocol import Constraint, GenerateRequest, Piece, SamplingParams
from engine_mlx.model import Rows
from tests.engine_contract import run, text_of
from tests.engine_mlx.running import CODE, GREEDY, as_parts, open_nano


@pytest.fixture(scope="module")
def engines(nano_folder):
    return {depth: open_nano(nano_folder, depth) for depth in (0, 3)}


def ask(engine, count=24, **changes):
    settings = {"sampling": GREEDY, "top_logprobs": 3} | changes
    request = GenerateRequest("a", as_parts(CODE[0]), max_tokens=count, **settings)
    return run(engine, request)["a"]


def told(events):
    return [one for event in events if isinstance(event, Piece) for one in event.logprobs]


@pytest.mark.parametrize("depth", [0, 3])
def test_log_probabilities_are_those_of_the_raw_logits(engines, nano, depth):
    """Against a softmax in float64 over one pass of the model; fp32 rounds by up to 2e-5."""
    engine, (model, _) = engines[depth], nano
    found = told(ask(engine, count=12))

    tokens = engine._tokenizer.encode(as_parts(CODE[0]))[0]
    for one in found:
        hidden = model(mx.array(tokens), [Rows(model.new_caches(), 0, len(tokens))])
        row = np.array(model.logits(hidden[-1:])[0]).astype(np.float64)
        row -= row.max() + np.log(np.exp(row - row.max()).sum())
        best = np.argsort(-row, kind="stable")[:3]
        assert [other.logprob for other in one.top] == pytest.approx(row[best], abs=1e-4)
        assert one.chosen == one.top[0]
        tokens.append(int(best[0]))


def test_a_mask_does_not_change_log_probabilities(engines):
    plain = told(ask(engines[0], count=1))[0]

    masked = told(ask(engines[0], count=1, constraint=Constraint('start: "zebra"')))[0]

    assert masked.top == plain.top
    assert masked.chosen.logprob < plain.chosen.logprob


def test_drafts_do_not_change_log_probabilities(engines):
    sampling = SamplingParams(temperature=0.8, seed=3)

    plain, drafted = (told(ask(engines[depth], count=60, sampling=sampling)) for depth in (0, 3))

    assert [one.chosen.text for one in plain] == [one.chosen.text for one in drafted]
    assert [one.chosen.logprob for one in plain] == pytest.approx(
        [one.chosen.logprob for one in drafted], abs=1e-4
    )


def test_the_told_tokens_spell_the_answer(engines):
    events = ask(engines[3])

    assert "".join(one.chosen.text for one in told(events)) == text_of(events)


def test_the_depth_of_drafts_is_told(nano_folder):
    drafts = ask(open_nano(nano_folder, 2), top_logprobs=None)[-1].drafts

    assert (drafts.depth, drafts.reason) == (2, "")


def test_switched_off_drafting_is_told(engines):
    drafts = ask(engines[0], top_logprobs=None)[-1].drafts

    assert drafts.depth == 0
    assert "switched off" in drafts.reason


def test_an_answer_too_short_to_measure_says_so(nano_folder):
    drafts = ask(open_nano(nano_folder, None), count=2, top_logprobs=None)[-1].drafts

    assert drafts.depth == 0
    assert "before drafting could be measured" in drafts.reason


def test_the_stop_string_is_told(engines):
    text = text_of(ask(engines[0]))

    assert ask(engines[0], stop=(text[5:8],))[-1].stop == text[5:8]
