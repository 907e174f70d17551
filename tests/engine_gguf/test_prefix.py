"""Prompts go on from whatever was computed before, and the text stays the same."""

import shutil
import struct

import numpy as np
import pytest

from app.engine.emptied import empty_states
from app.engine.protocol import GenerateRequest, PromptPart
from app.models.locate import starter_path
from engine_gguf import state_file
from engine_gguf.sequences import shared
from tests.data.agent_conversation import conversation
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, opened

TURNS = 20


def ask(engine, parts, count=8):
    return run(engine, GenerateRequest("a", parts, GREEDY, count), limit_s=110)["a"]


def recomputed(usage):
    return usage.prompt_tokens - usage.cached_tokens


def cached(events):
    return events[-1].usage.cached_tokens


def agreement(engine, parts, others):
    """Tokens behind the point where a prompt stops agreeing with any prompt before it."""
    tokens = np.array(engine._tokenizer.encode(parts))
    return len(tokens) - max((shared(tokens, other) for other in others), default=0), tokens


def replay(engine, conversations, turns=range(TURNS), seen=None):
    """Tokens computed and tokens that had to be, over the turns of all conversations."""
    computed = needed = 0
    seen = [] if seen is None else seen
    for turn in turns:
        for parts in (prompts[turn] for prompts in conversations):
            behind, tokens = agreement(engine, parts, seen)
            seen.append(tokens)
            computed += recomputed(ask(engine, parts)[-1].usage)
            needed += behind
    return computed, needed


@pytest.fixture
def fresh():
    engines = []

    def make(**options):
        engines.append(opened(NANO_STEP, **({"context_length": 4096} | options)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def test_twenty_turns_compute_little_more_than_what_is_new(fresh):
    computed, needed = replay(fresh(), [conversation(1, TURNS)])

    assert computed <= 1.05 * needed


def test_three_alternating_conversations_do_not_push_each_other_out(fresh):
    computed, needed = replay(fresh(), [conversation(seed, 10) for seed in (1, 2, 3)], range(10))

    assert computed <= 1.05 * needed


def test_a_restart_goes_on_from_disk(fresh, tmp_path):
    prompts, seen = [conversation(1, TURNS)], []
    first = fresh(cache_dir=str(tmp_path))
    replay(first, prompts, range(10), seen)
    first._snapshots.close()

    computed, needed = replay(fresh(cache_dir=str(tmp_path)), prompts, range(10, TURNS), seen)

    assert computed <= 1.05 * needed


def test_a_restored_state_gives_the_text_of_a_computed_one(fresh, tmp_path):
    """The same prompt twice: from the state of its own first run, kept in the context, and from
    disk in another process. Both go on from the same position in the same portions of rows.
    """
    prompts = conversation(1, 6)
    plain = []
    for parts in prompts:
        living = fresh(draft_depth=0, cache_dir=str(tmp_path))
        ask(living, parts, 40)
        living._snapshots.close()
        plain.append(text_of(ask(living, parts, 40)))

    restored, cached = [], []
    for parts in prompts:
        engine = fresh(cache_dir=str(tmp_path), draft_depth=0)
        events = ask(engine, parts, 40)
        engine._snapshots.close()
        restored.append(text_of(events))
        cached.append(events[-1].usage.cached_tokens)

    assert restored == plain
    assert all(cached[1:])


def test_states_of_another_model_are_refused(fresh, tmp_path):
    parts = conversation(1, 1)[0]
    engine = fresh(cache_dir=str(tmp_path))
    ask(engine, parts)
    engine._snapshots.close()
    other = fresh(cache_dir=str(tmp_path), kv_type="q8_0")
    mine, foreign = engine._snapshots._files._folder, other._snapshots._files._folder
    for path in mine.iterdir():
        path.rename(foreign / path.name)

    again = fresh(cache_dir=str(tmp_path), kv_type="q8_0")

    assert ask(again, parts)[-1].usage.cached_tokens == 0
    assert list(foreign.glob("*.state"))[:1] != []  # only what it has computed itself


@pytest.mark.parametrize("at", [-1, 40, 4])
def test_a_damaged_file_is_not_used(fresh, tmp_path, at):
    parts = conversation(1, 1)[0]
    first = fresh(cache_dir=str(tmp_path))
    text = text_of(ask(first, parts))
    first._snapshots.close()
    for path in tmp_path.glob("*/*.state"):
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    events = ask(fresh(cache_dir=str(tmp_path)), parts)

    assert events[-1].usage.cached_tokens == 0
    assert text_of(events) == text


def test_the_disk_budget_is_kept(fresh, tmp_path):
    budget = 2_000_000
    engine = fresh(cache_dir=str(tmp_path), cache_disk_bytes=budget)
    for seed in range(4):
        ask(engine, conversation(seed, 2)[1])
    engine._snapshots.close()

    assert 0 < sum(path.stat().st_size for path in tmp_path.glob("*/*.state")) <= budget


def test_the_memory_budget_is_kept(fresh):
    engine = fresh(cache_memory_bytes=2_000_000)
    for seed in range(4):
        ask(engine, conversation(seed, 2)[1])

    held = [one.size_bytes for one in engine._snapshots._every() if one.state is not None]
    assert 0 < sum(held) <= 2_000_000


def test_files_are_for_the_user_alone(fresh, tmp_path):
    engine = fresh(cache_dir=str(tmp_path))
    ask(engine, conversation(1, 1)[0])
    engine._snapshots.close()

    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*/*.state"))


def test_a_request_that_began_before_the_cache_was_emptied_leaves_nothing_there(fresh, tmp_path):
    engine = fresh(cache_dir=str(tmp_path))
    engine.submit(GenerateRequest("a", conversation(1, 1)[0], GREEDY, 8))
    engine.step()
    empty_states(tmp_path)
    while engine._live:
        engine.step()
    engine._snapshots.close()

    assert list(tmp_path.glob("*/*")) == []


def test_a_state_that_is_being_written_while_the_cache_is_emptied_goes(fresh, tmp_path):
    engine = fresh(cache_dir=str(tmp_path))
    write = state_file.write

    def write_late(path, description, state):
        write(path, description, state)
        (tmp_path / "emptied").touch()  # after the files to remove were listed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_file, "write", write_late)
        ask(engine, conversation(1, 1)[0])
        engine._snapshots.close()

    assert list(tmp_path.glob("*/*")) == []


def test_states_are_kept_again_after_the_cache_was_emptied(fresh, tmp_path):
    parts = conversation(1, 1)[0]
    engine = fresh(cache_dir=str(tmp_path))
    ask(engine, conversation(2, 1)[0])
    empty_states(tmp_path)
    ask(engine, parts)
    engine._snapshots.close()

    assert cached(ask(fresh(cache_dir=str(tmp_path)), parts))


def test_a_folder_that_cannot_be_made_does_not_keep_the_model_from_answering(fresh, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")

    engine = fresh(cache_dir=str(tmp_path / "cache"))

    assert text_of(ask(engine, conversation(1, 1)[0]))


def test_a_folder_that_was_deleted_is_made_again(fresh, tmp_path):
    parts = conversation(1, 1)[0]
    engine = fresh(cache_dir=str(tmp_path / "cache"))
    shutil.rmtree(tmp_path / "cache")
    ask(engine, parts)
    engine._snapshots.close()

    assert cached(ask(fresh(cache_dir=str(tmp_path / "cache")), parts))


def test_a_header_that_lies_about_its_size_is_refused(fresh, tmp_path):
    engine = fresh(cache_dir=str(tmp_path))
    folder = engine._snapshots._files._folder
    (folder / "x.state").write_bytes(b"DSTATE03" + struct.pack("<I", 2**31) + bytes(32) + b"{}")

    assert list(engine._snapshots._files.index()) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_full_context_comes_back_from_disk(tmp_path):
    """SmolLM2's 8K context; the ratio that matters is measured by bench_gguf."""
    parts = (PromptPart("The door was open and the wind came in. " * 730),)
    first = opened(starter_path(), cache_dir=str(tmp_path), threads=2)
    cold = ask(first, parts)
    first.close()

    second = opened(starter_path(), cache_dir=str(tmp_path), threads=2)
    warm = ask(second, parts)
    second.close()

    assert recomputed(warm[-1].usage) == 1
    assert text_of(warm) == text_of(cold)
    assert warm[-1].timings.prefill_s * 20 < cold[-1].timings.prefill_s
