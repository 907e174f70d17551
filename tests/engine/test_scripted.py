"""The scripted engine keeps the contract and plays what it is told."""

import json
import time
from pathlib import Path

import pytest

from app.engine.errors import AppError
from app.engine.protocol import EngineOptions, Failed, Finished, GenerateRequest, Piece, PromptPart
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


def test_prefill_is_reported_in_parts(tmp_path):
    engine = opened(tmp_path, replies=[{"text": "x", "prefill_seconds": 0.1}])

    events = ask(engine, "one two three four five six seven eight")

    assert len([event for event in events if not isinstance(event, Piece | Finished)]) > 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"replies": 3}', '{"replies": [{}]}', "\x00"])
def test_a_file_that_is_no_script_is_refused_with_words(tmp_path, content):
    path = tmp_path / "script.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(AppError, match="script"):
        open_engine(path, EngineOptions(), lambda _: None)
