"""A named session's prefix outlives what is asked beside it, from the HTTP request to the cache."""

from pathlib import Path

import httpx
import pytest

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions
from app.server.control import EndpointControl

KEY = "ds-end-to-end"
NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
SESSION = {"X-Claude-Code-Session-Id": "work"}
TOOL = {"name": "look", "description": "Looks. " * 20, "input_schema": {"type": "object"}}
WORK = "The report of the day, as it was told to me by the others. " * 20
SIDE_REQUESTS = 24


@pytest.fixture
def client(tmp_path):
    """In front of a real engine with room for few prompts."""
    options = EngineOptions(context_length=4096, cache_memory_bytes=2_000_000)
    engine = EngineClient(
        WorkerSpec("engine_gguf", NANO_STEP, options), MachineChoices(tmp_path / "choices.json")
    )
    control = EndpointControl(engine, 0, KEY)
    engine.start()
    engine.wait_ready(60)
    control.start()
    base = f"http://127.0.0.1:{control.port}"
    with httpx.Client(
        base_url=base, headers={"x-api-key": KEY}, timeout=60, verify=False
    ) as client:
        yield client
    control.stop()
    engine.close()


def ask(client, *words, headers=None, **fields):
    """Words of the user and of the model in turn; what was computed and what was cached."""
    messages = [
        {"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(words)
    ]
    body = {"model": "any", "max_tokens": 4, "temperature": 0, "messages": messages} | fields
    answer = client.post("/v1/messages", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    usage = answer.json()["usage"]
    return usage["input_tokens"], usage["cache_read_input_tokens"]


def ask_beside(client, headers):
    for number in range(SIDE_REQUESTS):
        ask(client, f"{number}: a title for this, please. " * 40, headers=headers)


def test_titles_of_a_session_do_not_take_the_place_of_its_work(client):
    ask(client, WORK, headers=SESSION, tools=[TOOL])
    ask_beside(client, SESSION)

    computed, cached = ask(client, WORK, "Yes.", "And then?", headers=SESSION, tools=[TOOL])

    assert cached > 300
    assert computed < 100


def test_a_work_without_a_name_is_given_up_for_later_requests(client):
    ask(client, WORK, tools=[TOOL])
    ask_beside(client, None)

    computed, cached = ask(client, WORK, "Yes.", "And then?", tools=[TOOL])

    assert cached < 100
    assert computed > 300
