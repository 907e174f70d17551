"""The scripted engine keeps the contract and plays what it is told."""

import itertools
import json
import threading
import time
from pathlib import Path

import pytest

from app.engine.errors import AppError
from app.engine.protocol import (
    EngineOptions,
    Failed,
    Finished,
    GenerateRequest,
    Piece,
    Progress,
    PromptPart,
)
from app.engine.scripted import open_engine
from tests.engine_contract import EngineContract, run, text_of


def opened(folder: Path, **script):
    path = folder / "script.json"
    path.write_text(json.dumps({"replies": [{"text": "ok"}]} | script), encoding="utf-8")
    return open_engine(path, EngineOptions(), lambda _: None)


def ask(engine, prompt="hello", **changes):
    return run(engine, GenerateRequest("a", (PromptPart(prompt),), **changes))["a"]


class TestContract(EngineContract):
    is_sampled = False
    keeps_no_states = "a script has no states"

    @pytest.fixture
    def engine(self, tmp_path):
        text = "A door is a promise. It opens, it closes, and behind it somebody waits. " * 3
        engine = opened(tmp_path, context_length=300, replies=[{"text": text}])
        yield engine
        engine.close()


def test_the_first_reply_that_fits_is_played(tmp_path):
    replies = [
        {"when": "weather", "unless": "tomorrow", "text": "sunny"},
        {"when": "weather", "text": "nobody knows"},
        {"text": "hm"},
    ]
    engine = opened(tmp_path, replies=replies)

    answers = [text_of(ask(engine, words)) for words in ("weather", "weather tomorrow", "else")]

    assert answers == ["sunny", "nobody knows", "hm"]


@pytest.mark.parametrize("cut", [1, 3, [2, 5, 1], 1000])
def test_text_is_the_same_however_it_is_cut(tmp_path, cut):
    text = "日本語 and 👩‍👩‍👧 <think>\n1 < 2</think>"
    engine = opened(tmp_path, replies=[{"text": text, "cut": cut}])

    assert text_of(ask(engine)) == text


def test_several_tokens_can_come_as_one_piece(tmp_path):
    engine = opened(tmp_path, replies=[{"text": "abcdef", "cut": 1, "tokens_per_piece": 4}])

    pieces = [event for event in ask(engine) if isinstance(event, Piece)]

    assert [(piece.text, piece.token_count) for piece in pieces] == [("abcd", 4), ("ef", 2)]


def test_the_pace_is_kept(tmp_path):
    engine = opened(tmp_path, tokens_per_second=100, replies=[{"text": "x" * 30, "cut": 1}])

    started = time.monotonic()
    ask(engine)

    assert time.monotonic() - started >= 0.28


def test_a_reply_can_fail_in_the_middle(tmp_path):
    engine = opened(tmp_path, replies=[{"text": "abc", "cut": 1, "fail_after": 2}])

    events = ask(engine)

    assert text_of(events) == "ab"
    assert isinstance(events[-1], Failed)


def test_a_prompt_without_a_reply_fails_with_words(tmp_path):
    engine = opened(tmp_path, replies=[{"when": "never said", "text": "x"}])

    assert "no reply" in ask(engine)[-1].error.message


def test_prefill_is_reported_in_parts(tmp_path, monkeypatch):
    seconds = itertools.count(step=0.01)
    monkeypatch.setattr("app.engine.scripted.time.monotonic", lambda: next(seconds))
    engine = opened(tmp_path, replies=[{"text": "x", "prefill_seconds": 0.1}])
    engine.submit(GenerateRequest("a", (PromptPart("one two three four five six seven eight"),)))

    told = [event.done for _ in range(20) for event in engine.step() if isinstance(event, Progress)]

    assert told == [3, 7, 11, 15]


def test_a_reply_pauses_until_a_file_is_there(tmp_path):
    reply = {"text": "a b c", "tokens_per_second": 10_000, "hold_after": 2, "hold_until": "go"}
    engine = opened(tmp_path, replies=[reply])
    engine.submit(GenerateRequest("a", (PromptPart("hello"),)))

    held = [event for _ in range(20) for event in engine.step()]
    (tmp_path / "go").touch()
    rest = [event for _ in range(20) for event in engine.step()]

    assert text_of(held) == "a b"
    assert text_of(rest) == " c"
    assert isinstance(rest[-1], Finished)


@pytest.mark.parametrize("hold_after", [0, 2])
def test_a_reply_that_pauses_for_ever_can_be_cancelled(tmp_path, hold_after):
    engine = opened(tmp_path, replies=[{"text": "a b c", "hold_after": hold_after}])
    engine.submit(GenerateRequest("a", (PromptPart("hello"),)))
    played = [event for _ in range(20) for event in engine.step() if isinstance(event, Piece)]

    engine.cancel("a")
    (last,) = engine.step()

    assert len(played) == hold_after
    assert last.reason == "cancelled"
    assert last.usage.completion_tokens == hold_after


def test_loading_can_wait_for_a_file(tmp_path):
    told = []
    path = tmp_path / "script.json"
    path.write_text('{"replies": [{"text": "ok"}], "load_until": "go"}', encoding="utf-8")
    loading = threading.Thread(target=open_engine, args=(path, EngineOptions(), told.append))
    loading.start()
    loading.join(0.05)
    before = list(told)
    (tmp_path / "go").touch()
    loading.join(20)

    assert before == []
    assert told == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"replies": 3}', '{"replies": [{}]}', "\x00"])
def test_a_file_that_is_no_script_is_refused_with_words(tmp_path, content):
    path = tmp_path / "script.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(AppError, match="script"):
        open_engine(path, EngineOptions(), lambda _: None)
