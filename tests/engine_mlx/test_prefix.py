"""A prompt's known beginning is not computed again, and the text stays the same."""

import queue
import shutil

import numpy as np
import pytest

from app.engine.client import EngineClient
from app.engine.emptied import empty_states
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions, Finished, GenerateRequest, PromptPart
from engine_mlx.snapshots import SUFFIX, common_length
from engine_mlx.tokenizer import Tokenizer
from tests.engine_contract import run, text_of
from tests.engine_mlx import agent_talk
from tests.engine_mlx.running import CODE, GREEDY, answer, chat, open_nano

ANSWER_TOKENS = 10
CHECKED = [0, 2, 7, 19]  # prompts whose text is compared with one computed without reuse


def ask(engine, parts, **changes):
    settings = {"sampling": GREEDY, "max_tokens": ANSWER_TOKENS} | changes
    events = run(engine, GenerateRequest("a", tuple(parts), **settings))["a"]
    assert isinstance(events[-1], Finished), events[-1]
    engine.step()  # nobody waits: states go to disk
    return text_of(events), events[-1].usage


@pytest.fixture(scope="module")
def talk(nano_folder):
    engine = open_nano(nano_folder, 0)
    found = agent_talk.prompts(engine.info)
    engine.close()
    assert len(found) == 20
    return found


@pytest.fixture(scope="module")
def without_reuse(nano_folder, talk):
    engine = open_nano(nano_folder, None, cache_memory_bytes=0)
    answers = [ask(engine, talk[number]) for number in CHECKED]
    assert all(usage.cached_tokens == 0 for _, usage in answers)
    return [text for text, _ in answers]


def allowed(nano_folder, talk):
    """Tokens behind the point where each prompt stops agreeing with the one before it."""
    tokenizer, before, total = Tokenizer(nano_folder), [], 0
    for parts in talk:
        tokens = tokenizer.encode(parts)[0]
        total += len(tokens) - common_length(before, tokens)
        before = tokens
    return total


def test_an_agent_talk_computes_only_what_is_new(nano_folder, talk, without_reuse):
    engine = open_nano(nano_folder, None)

    answers = [ask(engine, parts) for parts in talk]

    computed = sum(usage.prompt_tokens - usage.cached_tokens for _, usage in answers)
    assert computed <= 1.05 * allowed(nano_folder, talk)
    assert [answers[number][0] for number in CHECKED] == without_reuse


def test_a_restarted_process_computes_only_what_is_new(nano_folder, talk, without_reuse, tmp_path):
    answers = []

    for parts in talk:
        engine = open_nano(nano_folder, None, cache_dir=str(tmp_path))
        answers.append(ask(engine, parts))
        engine.close()

    computed = sum(usage.prompt_tokens - usage.cached_tokens for _, usage in answers)
    assert computed <= 1.05 * allowed(nano_folder, talk)
    assert [answers[number][0] for number in CHECKED] == without_reuse


def in_new_processes(folder, cache, talk):
    """Each prompt answered by a worker of its own, which ends before the next one starts."""
    answers = []
    for parts in talk:
        options = EngineOptions(context_length=4096, cache_dir=str(cache))
        client = EngineClient(
            WorkerSpec("engine_mlx", folder, options), MachineChoices(cache / "choices.json")
        )
        events, before = queue.Queue(), set(cache.glob(f"*{SUFFIX}"))
        client.start()
        try:
            client.wait_ready(60)
            request = GenerateRequest("a", tuple(parts), GREEDY, max_tokens=ANSWER_TOKENS)
            client.submit(request, events.put)
            found = []
            while not found or not isinstance(found[-1], Finished):
                found.append(events.get(timeout=60))
            while set(cache.glob(f"*{SUFFIX}")) == before:
                pass
            client.counters()  # is answered when all states are there
        finally:
            client.close()
        answers.append((text_of(found), found[-1].usage))
    return answers


@pytest.mark.parametrize("turns", [3, pytest.param(20, marks=pytest.mark.long)])
def test_a_new_process_computes_only_what_is_new(nano_folder, talk, without_reuse, tmp_path, turns):
    answers = in_new_processes(nano_folder, tmp_path, talk[:turns])

    computed = sum(usage.prompt_tokens - usage.cached_tokens for _, usage in answers)
    assert computed <= 1.05 * allowed(nano_folder, talk[:turns])
    checked = [number for number in CHECKED if number < turns]
    assert [answers[number][0] for number in checked] == without_reuse[: len(checked)]


def test_the_end_is_told_before_a_state_is_written(nano_folder, talk, tmp_path):
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path))

    run(engine, GenerateRequest("a", tuple(talk[0]), GREEDY, max_tokens=4))
    before = list(tmp_path.glob(f"*{SUFFIX}"))
    engine.step()

    assert before == []
    assert list(tmp_path.glob(f"*{SUFFIX}"))


def test_a_state_is_written_when_the_engine_is_closed(nano_folder, talk, tmp_path):
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path))
    run(engine, GenerateRequest("a", tuple(talk[0]), GREEDY, max_tokens=4))

    engine.close()

    assert list(tmp_path.glob(f"*{SUFFIX}"))


def test_a_request_that_began_before_the_cache_was_emptied_leaves_nothing_there(
    nano_folder, talk, tmp_path
):
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path))
    engine.submit(GenerateRequest("a", tuple(talk[0]), GREEDY, ANSWER_TOKENS))
    engine.step()
    empty_states(tmp_path)
    while not any(isinstance(event, Finished) for event in engine.step()):
        pass
    engine.close()

    assert list(tmp_path.glob(f"*{SUFFIX}")) == []


def test_a_named_session_keeps_its_prefix(nano_folder, talk):
    engine = open_nano(nano_folder, 0, cache_memory_bytes=4_000_000)
    _, first = ask(engine, talk[0], session="mine")

    answer(engine, [f"{number} {text}" * 3 for number, text in enumerate(CODE)], max_tokens=8)
    _, again = ask(engine, talk[0], session="mine")

    assert again.cached_tokens == first.prompt_tokens - 1


def test_a_request_without_a_name_leaves_the_state_of_a_session(nano_folder, talk):
    engine = open_nano(nano_folder, 0)
    _, first = ask(engine, talk[0], session="mine", max_tokens=40)

    ask(engine, talk[0][:-1], max_tokens=40)
    _, again = ask(engine, talk[0], session="mine")

    assert again.cached_tokens == first.prompt_tokens - 1


def test_other_sessions_go_when_nothing_else_can(nano_folder):
    engine = open_nano(nano_folder, 0, cache_memory_bytes=3_000_000)

    for number, text in enumerate(CODE):
        answer(engine, [f"{number} {text}"], max_tokens=8, session=f"talk-{number}")

    held = engine._prefixes._kept
    assert 0 < sum(kept.size_bytes for kept in held) <= 3_000_000


def test_the_budget_of_the_cache_does_not_touch_kept_states(nano_folder, talk, tmp_path):
    engine = open_nano(
        nano_folder,
        0,
        cache_dir=str(tmp_path / "cache"),
        kept_dir=str(tmp_path / "kept"),
        cache_disk_bytes=1,
        cache_memory_bytes=0,
    )
    ask(engine, talk[0], keep_as="a-book")

    for number, text in enumerate(CODE):
        ask(engine, [PromptPart(f"{number} {text * 6}", checkpoint=True)])
    _, again = ask(engine, talk[0])

    assert again.cached_tokens > 0.5 * again.prompt_tokens


def test_a_kept_state_of_another_template_is_not_used(nano_folder, talk, tmp_path):
    engine = open_nano(nano_folder, 0, kept_dir=str(tmp_path / "kept"))
    ask(engine, talk[0], keep_as="a-book")
    other = shutil.copytree(nano_folder, tmp_path / nano_folder.name)
    (other / "chat_template.jinja").write_text("{{ messages[0].content }}")

    _, usage = ask(open_nano(other, 0, kept_dir=str(tmp_path / "kept")), talk[0])

    assert usage.cached_tokens == 0


def test_a_state_is_kept_though_the_prompt_is_known_beyond_it(nano_folder, talk, tmp_path):
    engine = open_nano(nano_folder, 0, kept_dir=str(tmp_path))
    first, _ = ask(engine, talk[1])

    again, _ = ask(engine, talk[1], keep_as="a-book")

    assert again == first
    assert list(tmp_path.rglob(f"*{SUFFIX}"))


def test_a_talk_between_two_others_keeps_its_place(nano_folder, talk):
    engine = open_nano(nano_folder, 0)
    other = chat("Hello! How are you?")
    _, first = ask(engine, talk[0])

    ask(engine, [PromptPart(other, special=True)])
    _, second = ask(engine, talk[1])

    assert second.cached_tokens >= first.prompt_tokens - 8


def test_a_running_sequence_shares_its_beginning(nano_folder):
    engine = open_nano(nano_folder, 0)
    prompt = (PromptPart("".join(CODE), special=True),)
    engine.submit(GenerateRequest("long", prompt, GREEDY, max_tokens=200))
    for _ in range(5):
        engine.step()

    _, usage = ask_beside(engine, (*prompt, PromptPart(" and more")))

    assert usage.cached_tokens >= usage.prompt_tokens - 8


def ask_beside(engine, parts):
    engine.submit(GenerateRequest("short", tuple(parts), GREEDY, max_tokens=8))
    while True:
        for event in engine.step():
            if isinstance(event, Finished) and event.request_id == "short":
                engine.cancel("long")
                engine.step()
                return event.reason, event.usage


def test_memory_for_prefixes_stays_within_its_budget(nano_folder):
    engine = open_nano(nano_folder, 0, cache_memory_bytes=3_000_000)

    answer(engine, [f"{number} {text}" for number, text in enumerate(CODE)], max_tokens=8)

    held = engine._prefixes._kept
    assert 0 < sum(kept.size_bytes for kept in held) <= 3_000_000


@pytest.fixture
def saved(nano_folder, talk, tmp_path):
    """A folder with the states of the first prompt, and the answer to it."""
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path))
    text, _ = ask(engine, talk[0])
    assert list(tmp_path.glob(f"*{SUFFIX}"))
    return tmp_path, text


def test_a_state_comes_back_from_disk(nano_folder, talk, saved):
    folder, text = saved

    again, usage = ask(open_nano(nano_folder, 0, cache_dir=str(folder)), talk[0])

    assert usage.cached_tokens == usage.prompt_tokens - 1
    assert again == text


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_a_damaged_state_is_not_used(nano_folder, talk, saved, damage):
    folder, text = saved
    for file in folder.glob(f"*{SUFFIX}"):
        data = bytearray(file.read_bytes())
        if damage == "flipped":
            data[-1000] ^= 1
        file.write_bytes({"cut": data[:-5], "flipped": data, "emptied": b""}[damage])

    again, usage = ask(open_nano(nano_folder, 0, cache_dir=str(folder)), talk[0])

    assert usage.cached_tokens == 0
    assert again == text


@pytest.mark.parametrize("change", ["kv type", "template", "weights", "config"])
def test_a_state_of_anything_else_is_not_used(nano_folder, talk, saved, tmp_path, change):
    folder, _ = saved
    other = shutil.copytree(nano_folder, tmp_path / "other" / nano_folder.name)
    if change == "template":
        (other / "chat_template.jinja").write_text("{{ messages[0].content }}")
    if change == "weights":
        data = bytearray((other / "model.safetensors").read_bytes())
        data[-1] ^= 1
        (other / "model.safetensors").write_bytes(data)
    if change == "config":
        config = (other / "config.json").read_text()
        (other / "config.json").write_text(config.replace("1e-05", "2e-05"))
    kv_type = "q8_0" if change == "kv type" else None

    engine = open_nano(other, 0, cache_dir=str(folder), kv_type=kv_type)
    _, usage = ask(engine, talk[0])

    assert usage.cached_tokens == 0


def test_a_full_disk_loses_the_state_and_nothing_else(
    nano_folder, talk, tmp_path, monkeypatch, caplog
):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine_mlx.snapshots.os.fsync", full)
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path))

    text, _ = ask(engine, talk[0])

    assert text
    assert list(tmp_path.iterdir()) == []
    assert "was not written" in caplog.text


def test_the_disk_budget_is_kept(nano_folder, tmp_path):
    engine = open_nano(nano_folder, 0, cache_dir=str(tmp_path), cache_disk_bytes=4_000_000)

    for number in range(5):
        answer(engine, [f"{number} {''.join(CODE)}"], max_tokens=4)
        engine.step()

    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert 0 < sum(sizes) <= 4_000_000


def test_states_of_other_models_count_in_the_disk_budget(nano_folder, saved):
    folder, _ = saved
    before = {file.name for file in folder.iterdir()}
    size = sum(file.stat().st_size for file in folder.iterdir())

    engine = open_nano(nano_folder, 0, cache_dir=str(folder), cache_disk_bytes=size, kv_type="q8_0")
    answer(engine, ["".join(CODE)], max_tokens=4)
    engine.step()

    assert sum(file.stat().st_size for file in folder.iterdir()) <= size
    assert {file.name for file in folder.iterdir()} - before


def test_common_length_counts_equal_tokens():
    assert common_length([1, 2, 3], np.array([1, 2, 4, 5])) == 2
