"""While requests are answered, finished texts are in memory: attention goes over all cells."""

import numpy as np
import pytest

from app.engine.protocol import GenerateRequest, PromptPart
from engine_gguf.snapshots import Origin, Snapshots
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, opened

LONG = (PromptPart("Open the door and close the window. " * 30),)
OTHER = (PromptPart("A carpenter went to the sea."),)
ORIGIN = Origin("", 0.0)


def ask(engine, *parts, count=8):
    return run(engine, GenerateRequest("a", parts, GREEDY, max_tokens=count))["a"]


def held_idle(engine):
    return [one.held for one in engine._sequences.idle()]


def idle_beside_another(engine):
    """What is left in the cells of finished texts when another request has begun."""
    engine.submit(GenerateRequest("b", OTHER, GREEDY, max_tokens=2))
    engine.step()
    held = held_idle(engine)
    engine.cancel("b")
    engine.step()
    return held


def test_a_finished_text_leaves_the_cells_to_the_next_request(engine):
    ask(engine, *LONG)

    assert idle_beside_another(engine) == []


def test_it_does_so_when_a_few_tokens_were_added_since_it_was_saved(engine):
    ask(engine, *LONG)
    ask(engine, *LONG, PromptPart("The"), count=4)

    assert idle_beside_another(engine) == []


def test_what_was_set_aside_is_gone_on_from_to_its_last_token(engine):
    ask(engine, *LONG)
    first = ask(engine, *LONG, PromptPart("The"), count=4)
    ask(engine, *OTHER)

    again = ask(engine, *LONG, PromptPart("The"), count=4)

    assert again[-1].usage.cached_tokens == again[-1].usage.prompt_tokens - 1
    assert text_of(again) == text_of(first)


def test_a_text_that_memory_has_no_room_for_stays_in_the_cells():
    engine = opened(NANO_STEP, context_length=1024, cache_memory_bytes=0)
    ask(engine, *LONG)
    held = held_idle(engine)

    assert idle_beside_another(engine) == held
    engine.close()


def state(size=8):
    return np.zeros(size, dtype=np.uint8)


@pytest.fixture
def snapshots():
    return Snapshots("model", 1 << 20, None)


def tokens(*values):
    return np.array(values, dtype=np.int32)


def test_a_rest_is_found_for_going_on_but_nothing_is_saved_behind_it(snapshots):
    text = tokens(*range(100))
    snapshots.add_runs(text, iter([(90, state())]), 0, ORIGIN)
    snapshots.add_rest(text, state(), 90, "")

    assert snapshots.chain(text)[1] == 100
    assert snapshots.chain(text, with_rest=False)[1] == 90


def test_the_chain_that_covers_most_is_found_though_one_run_agrees_with_more_at_first(snapshots):
    text = tokens(*range(100))
    snapshots.add_runs(text, iter([(50, state()), (100, state())]), 0, ORIGIN)
    snapshots.add_rest(tokens(*range(60), 7, 7), state(), 0, "")

    runs, covered = snapshots.chain(text)

    assert covered == 100
    assert [run.what.end for run in runs] == [50, 100]
