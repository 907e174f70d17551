"""What an answer tells beside its text: log probabilities, drafts, memory, the stop string."""

import numpy as np
import pytest

from app.engine.protocol import Constraint, Finished, GenerateRequest, Piece, PromptPart
from app.engine.protocol import SamplingParams as Sampling
from engine_gguf.bindings import llama
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, forget, opened

PROMPT = (PromptPart("def open_door(self, key):\n    "),)


def ask(engine, count=24, **changes):
    settings = {"sampling": GREEDY, "top_logprobs": 3} | changes
    return run(engine, GenerateRequest("a", PROMPT, max_tokens=count, **settings))["a"]


def told(events):
    return [one for event in events if isinstance(event, Piece) for one in event.logprobs]


def test_every_token_has_its_log_probability(engine):
    pieces = [event for event in ask(engine) if isinstance(event, Piece)]

    assert all(len(piece.logprobs) == piece.token_count for piece in pieces)


def test_they_are_those_of_the_raw_logits(engine):
    """The first token against a softmax in float64 over the row that the library computed."""
    first = told(ask(engine, count=1))[0]

    row = engine._logits.at(llama.llama_get_logits(engine._context))[0].astype(np.float64)
    expected = row - np.log(np.exp(row - row.max()).sum()) - row.max()
    best = np.argsort(-expected)[:3]
    assert [one.logprob for one in first.top] == pytest.approx(expected[best], abs=1e-5)
    assert first.chosen == first.top[0]


def test_sampling_and_penalties_do_not_change_them(engine):
    plain = told(ask(engine, count=1))[0]
    forget(engine)

    sampling = Sampling(temperature=2.0, top_k=5, repetition_penalty=3.0, seed=1)
    changed = told(ask(engine, count=1, sampling=sampling))[0]

    assert changed.top == plain.top


def test_a_mask_does_not_change_them(engine):
    plain = told(ask(engine, count=1))[0]
    forget(engine)

    grammar = Constraint('start: "zebra"')
    masked = told(ask(engine, count=1, constraint=grammar))[0]

    assert masked.top == plain.top
    assert masked.chosen.logprob < plain.chosen.logprob


def test_greedy_answers_choose_the_likeliest(engine):
    assert all(one.chosen == one.top[0] for one in told(ask(engine)))


def test_the_tokens_spell_the_answer(engine):
    events = ask(engine)

    spelled = "".join(one.chosen.text for one in told(events))
    assert "\ufffd" in spelled or spelled == text_of(events)


def test_nobody_who_did_not_ask_is_told(engine):
    assert told(ask(engine, top_logprobs=None)) == []


def test_no_alternatives_are_told_where_none_were_asked_for(engine):
    found = told(ask(engine, top_logprobs=0))

    assert found
    assert all(one.top == () for one in found)


def test_drafts_do_not_change_log_probabilities(nano_step):
    """A verified row is computed in a batch of another shape, which rounds differently."""
    values = []
    for depth in (0, 3):
        engine = opened(NANO_STEP, context_length=1024, draft_depth=depth)
        values.append(told(ask(engine, count=60)))
        engine.close()

    plain, drafted = values
    assert [one.chosen.text for one in plain] == [one.chosen.text for one in drafted]
    assert [one.chosen.logprob for one in plain] == pytest.approx(
        [one.chosen.logprob for one in drafted], abs=0.05
    )


def test_memory_is_told(engine):
    assert ask(engine)[-1].peak_memory_bytes > 20_000_000


def test_the_stop_string_is_told(engine):
    text = text_of(ask(engine))

    last = ask(engine, stop=(text[5:8],))[-1]

    assert last.stop == text[5:8]


def test_the_depth_of_drafts_is_told():
    engine = opened(NANO_STEP, context_length=1024, draft_depth=2)
    last = ask(engine, count=40)[-1]
    engine.close()

    assert last.drafts.depth == 2
    assert last.drafts.reason == ""


def test_why_nothing_is_drafted_is_told(nano_step):
    requests = [GenerateRequest(name, PROMPT, GREEDY, max_tokens=8) for name in "ab"]

    ends = [found[-1] for found in run(nano_step, *requests).values()]

    assert all(isinstance(end, Finished) for end in ends)
    assert "at once" in ends[0].drafts.reason


def pieces(events):
    return [event for event in events if isinstance(event, Piece)]


def test_the_first_piece_does_not_wait_and_others_are_told_together(engine, monkeypatch):
    monkeypatch.setattr("engine_gguf.live._TELL_EVERY_S", 3600.0)

    events = ask(engine, top_logprobs=None)

    assert [piece.token_count for piece in pieces(events)] == [1, 23]


def test_every_token_is_told_where_there_is_time_for_it(engine, monkeypatch):
    whole = text_of(ask(engine))
    monkeypatch.setattr("engine_gguf.live._TELL_EVERY_S", 0.0)
    forget(engine)

    events = ask(engine)

    assert text_of(events) == whole
    assert max(piece.token_count for piece in pieces(events)) <= 4  # of one draft cycle


def test_nothing_waits_while_a_prompt_is_computed(engine, monkeypatch):
    monkeypatch.setattr("engine_gguf.live._TELL_EVERY_S", 3600.0)
    engine.submit(GenerateRequest("a", PROMPT, GREEDY, max_tokens=24))
    while not pieces(engine.step()):
        pass
    assert not pieces(engine.step())

    engine.submit(GenerateRequest("b", PROMPT, GREEDY, max_tokens=4))
    first = engine.step()

    assert [type(event) for event in first] == [Piece]
    assert first[0].request_id == "a"
    engine.cancel("a")
    engine.cancel("b")
    engine.step()


def test_answers_that_are_written_together_are_told_together(engine, monkeypatch):
    monkeypatch.setattr("engine_gguf.live._TELL_EVERY_S", 0.0)
    monkeypatch.setattr("engine_gguf.live._TELL_TOGETHER_S", 3600.0)
    requests = [GenerateRequest(name, PROMPT, GREEDY, max_tokens=24) for name in "ab"]

    found = run(engine, *requests)

    for events in found.values():
        told = [piece.token_count for piece in pieces(events)]
        assert sum(told) == 24
        assert told[-1] >= 20
