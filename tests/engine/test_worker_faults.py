"""What fails inside a worker is said in words, and nobody waits for ever."""

import threading
from pathlib import Path

import pytest

from app.engine import wire
from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import PromptPart
from app.engine.status import EngineState
from tests.engine.conftest import Ask, wait_for
from tests.patience import PATIENCE_S, until

LONG = "word " * 50_000


@pytest.fixture
def client(make_client, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "engines"))
    client = make_client(engine="failing_engine", needs_probe=False)
    client.start()
    client.wait_ready(PATIENCE_S)
    return client


def test_a_step_without_memory_is_said_to_lack_memory(client):
    error = Ask(client, "no memory").last().error

    assert error.kind is ErrorKind.OUT_OF_MEMORY
    until(lambda: client.status.crashes == 1)
    wait_for(client, EngineState.READY)
    assert Ask(client, "again", "b").last().reason == "stop"


def test_a_mistake_in_a_step_is_told_without_the_words_of_the_user(client):
    error = Ask(client, "a mistake").last().error

    assert error.kind is ErrorKind.INTERNAL
    assert "ValueError" in error.message
    assert "words of the user" not in error.message


@pytest.mark.parametrize("text", ["no memory", "no memory" + LONG])
def test_a_count_without_memory_is_said_and_the_next_one_is_answered(client, text):
    with pytest.raises(AppError) as caught:
        client.count_tokens(text)

    assert caught.value.kind is ErrorKind.OUT_OF_MEMORY
    assert client.count_tokens("one two") == 3
    assert client.status.crashes == 0


@pytest.mark.parametrize("text", ["a mistake", "a mistake" + LONG])
def test_a_mistake_in_a_count_ends_the_worker_and_nobody_waits(client, text):
    with pytest.raises(AppError) as caught:
        client.count_tokens(text, timeout_s=PATIENCE_S)

    assert caught.value.kind is ErrorKind.ENGINE_DIED
    wait_for(client, EngineState.READY)
    assert Ask(client, "again").last().reason == "stop"


def test_a_long_count_holds_up_neither_requests_nor_short_counts(client, tmp_path):
    counted = []
    long = threading.Thread(
        target=lambda: counted.append(client.count_prompt((PromptPart("wait " + LONG),)))
    )
    long.start()

    assert Ask(client, "meanwhile").last().reason == "stop"
    assert client.count_tokens("one two") == 3

    (tmp_path / "go").touch()
    long.join(PATIENCE_S)
    assert counted[0] > 50_000


def test_what_a_dead_worker_said_is_not_told_of_the_next_one(client):
    Ask(client, "a mistake").last()
    until(lambda: client.status.crashes == 1)
    wait_for(client, EngineState.READY)

    assert not any("ValueError" in line for line in client.last_words)


def test_a_text_larger_than_any_frame_is_refused_with_words(client, monkeypatch):
    monkeypatch.setattr(wire, "MAX_FRAME_BYTES", 10_000)

    refused = Ask(client, LONG).last().error
    with pytest.raises(AppError) as caught:
        client.count_tokens(LONG)
    monkeypatch.undo()

    assert refused.kind is caught.value.kind is ErrorKind.BAD_REQUEST
    assert Ask(client, "again", "b").last().reason == "stop"
