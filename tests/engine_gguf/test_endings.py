"""A prompt that is asked again is answered at once, and as if it had been computed."""

import numpy as np
import pytest

from app.engine.protocol import Constraint, Finished, GenerateRequest, Piece, Progress, PromptPart
from app.engine.protocol import SamplingParams as Sampling
from engine_gguf import endings
from engine_gguf.endings import Endings
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import forget

PROMPT = (PromptPart("def open_door(self, key):\n    "),)


def asked(name="a", **changes):
    settings = {"sampling": GREEDY, "max_tokens": 12} | changes
    return GenerateRequest(name, PROMPT, **settings)


@pytest.fixture(params=["smollm", "nano_step"])
def engine(request):
    """One that has answered the prompt."""
    engine = request.getfixturevalue(request.param)
    forget(engine)
    run(engine, asked())
    return engine


def test_the_first_token_comes_before_anything_is_computed(engine, monkeypatch):
    monkeypatch.setattr(engine._threads, "decode", None)
    engine.submit(asked("b"))

    read, piece = engine.step()

    monkeypatch.undo()
    engine.cancel("b")
    engine.step()
    assert isinstance(read, Progress)
    assert read.done == read.total == read.cached + 1
    assert isinstance(piece, Piece)
    assert piece.token_count == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sampling": Sampling(temperature=1.0, seed=7)},
        {"constraint": Constraint('start: "zz"')},
    ],
    ids=["greedy", "seeded", "masked"],
)
def test_the_answer_is_that_of_a_computed_prompt(engine, changes):
    again = text_of(run(engine, asked("b", **changes))["b"])
    engine._prefixes.endings.clear()

    assert text_of(run(engine, asked("c", **changes))["c"]) == again


def test_an_answer_of_one_token_ends_at_once(engine):
    events = run(engine, asked("b", max_tokens=1))["b"]

    assert [type(event) for event in events] == [Progress, Piece, Finished]
    assert events[-1].usage.completion_tokens == 1


def test_several_answers_to_one_prompt_differ_by_their_seeds(engine):
    samplings = [Sampling(temperature=1.5, seed=seed) for seed in range(4)]
    requests = [asked(f"s{n}", sampling=sampling) for n, sampling in enumerate(samplings)]

    found = run(engine, *requests)

    assert len({text_of(found[one.id]) for one in requests}) > 1
    assert all(found[one.id][-1].usage.completion_tokens > 0 for one in requests)


def test_only_the_last_prompts_are_known(monkeypatch):
    monkeypatch.setattr(endings, "_MOST", 2)
    known = Endings()
    row = np.zeros(4, dtype=np.float32)
    prompts = [np.array([1, 2, last], dtype=np.int32) for last in range(3)]
    for prompt in prompts:
        known.put(prompt, row)

    assert [known.get(prompt) is not None for prompt in prompts] == [False, True, True]


def test_what_is_done_with_a_row_does_not_change_what_is_known():
    known = Endings()
    prompt = np.array([1, 2], dtype=np.int32)
    known.put(prompt, np.zeros(4, dtype=np.float32))
    known.get(prompt)[:] = -np.inf

    assert known.get(prompt).tolist() == [0.0] * 4
