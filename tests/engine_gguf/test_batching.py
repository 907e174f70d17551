"""Several requests in one batch: nobody waits long, and everybody gets the text of being alone."""

import pytest

from app.engine.protocol import (
    Failed,
    Finished,
    GenerateRequest,
    Piece,
    Progress,
    PromptPart,
    SamplingParams,
)
from app.engine.sizes import MAX_LIVE
from engine_gguf.live import Live
from engine_gguf.scheduler import prompt_rows
from engine_gguf.sequences import Sequence
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, forget, opened

LONG = (PromptPart("Open the door and close the window. " * 200),)


@pytest.fixture(scope="module")
def engine():
    """Without drafts, so that all rows have the same shapes."""
    engine = opened(NANO_STEP, context_length=2048, draft_depth=0)
    yield engine
    engine.close()


def request(id_, text, count=30, **settings):
    return GenerateRequest(
        id_, (PromptPart(text),), settings.pop("sampling", GREEDY), count, **settings
    )


def begin_one_by_one(engine, *requests):
    """Prompts in calls of their own, as when alone; the answers are written in one batch."""
    forget(engine)
    events = []
    for one in requests:
        engine.submit(one)
        while not any(isinstance(e, Piece) and e.request_id == one.id for e in events):
            events += engine.step()
    while sum(isinstance(event, Finished) for event in events) < len(requests):
        events += engine.step()
    return [text_of(e for e in events if e.request_id == one.id) for one in requests]


def alone(engine, one):
    forget(engine)
    return text_of(run(engine, one)[one.id])


def test_requests_in_one_batch_get_the_text_of_being_alone(engine):
    requests = [request(f"r{n}", f"The {n}th door was made of", 60) for n in range(MAX_LIVE)]
    expected = [alone(engine, one) for one in requests]

    assert begin_one_by_one(engine, *requests) == expected


def test_more_requests_than_sequences_all_finish(engine):
    requests = [request(f"r{n}", f"Door {n} is", 10) for n in range(3 * MAX_LIVE)]

    events = run(engine, *requests)

    assert all(isinstance(events[one.id][-1], Finished) for one in requests)


def test_a_seed_gives_the_same_text_beside_others(engine):
    seeded = request("s", "Once there was a", 40, sampling=SamplingParams(1.0, seed=5))
    expected = alone(engine, seeded)

    beside = begin_one_by_one(engine, seeded, request("x", "Something else", 40))

    assert beside[0] == expected


def test_an_answer_flows_while_a_long_prompt_is_read(engine):
    forget(engine)
    engine.submit(request("writer", "The door", 60))
    while not any(isinstance(event, Piece) for event in engine.step()):
        pass
    engine.submit(GenerateRequest("reader", LONG, GREEDY, 2))

    steps = []
    while not any(
        isinstance(e, Piece) for e in (steps[-1] if steps else ()) if e.request_id == "reader"
    ):
        steps.append(engine.step())

    reading = [step for step in steps if any(isinstance(e, Progress) for e in step)]
    assert len(reading) > 3
    assert all(any(e.request_id == "writer" for e in step) for step in reading)
    engine.cancel("writer")
    engine.cancel("reader")
    engine.step()


def test_a_small_request_does_not_wait_for_a_long_prompt(engine):
    forget(engine)
    engine.submit(GenerateRequest("long", LONG, GREEDY, 2))
    engine.step()
    engine.submit(request("small", "A hinge", 2))

    ends = []
    while len(ends) < 2:
        ends += [e.request_id for e in engine.step() if isinstance(e, Finished)]

    assert ends == ["small", "long"]


def test_a_request_that_no_longer_fits_waits_and_then_is_answered(engine):
    """Two answers of 1,900 tokens do not fit into the cells together."""
    text = "Measure the frame, cut the board, sand the wall. " * 100
    requests = [request(name, name + text, 50) for name in "abc"]

    events = run(engine, *requests)

    assert all(isinstance(events[name][-1], Finished) for name in "abc")


def test_full_cells_let_the_youngest_wait_and_go_on_later(engine):
    for name in "ab":
        engine.submit(request(name, f"Nail {name}: " + "hammer nail " * 10, 90))
    events = [event for _ in range(20) for event in engine.step()]

    while engine._sequences.evict():
        pass
    events += engine._make_room()
    assert len(engine._live) == 1
    while sum(isinstance(event, Finished) for event in events) != 2:
        events += engine.step()

    ends = [event for event in events if isinstance(event, Finished)]
    assert [event.usage.completion_tokens for event in ends] == [90, 90]


def test_a_prompt_of_64_megabytes_is_refused_at_once(engine):
    last = run(engine, request("big", "door " * 13_000_000), limit_s=10)["big"][-1]

    assert isinstance(last, Failed)
    assert last.error.context["prompt_tokens"] > engine.info.context_length


def waiting(name, left):
    live = object.__new__(Live)
    live.request = request(name, "x")
    live.total, live.sequence = left, Sequence(0)
    return live


def planned(lefts, writing=0, limit=512):
    plan = prompt_rows([waiting(str(n), left) for n, left in enumerate(lefts)], writing, limit)
    return {live.id: rows for live, rows in plan}


def test_one_prompt_fills_the_chunk():
    assert planned([2000]) == {"0": 512}


def test_the_oldest_gets_a_quarter_and_the_smallest_goes_first():
    assert planned([2000, 100, 900]) == {"0": 128, "1": 100, "2": 284}


def test_prompts_take_less_while_others_write():
    assert planned([2000], writing=2) == {"0": 128}


def test_no_more_rows_than_fit_are_planned():
    assert sum(planned([10, 20, 5000], writing=500).values()) == 12
