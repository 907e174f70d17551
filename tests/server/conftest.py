"""A real endpoint on a free port, in front of the real client with the scripted engine."""

import contextlib
import json
import re
import socket
from pathlib import Path

import httpx
import pytest

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.server.control import EndpointControl
from tests.patience import PATIENCE_S, until

KEY = "ds-test-key"
SCRIPT = {
    "name": "scripted-model",
    "context_length": 500,
    "replies": [
        {"when": "count for long", "text": "one " * 5000, "tokens_per_second": 100},
        {"when": "count slowly", "text": "one " * 500, "tokens_per_second": 10},
        {"when": "think first", "text": "<think>\nTwo and two make\n</think>\n\nFour."},
        {
            "when": "think for long",
            "text": "<think>\n" + "hm " * 30 + "</think>\n\nDone.",
            "hold_after": 20,
            "hold_until": "go",
        },
        {"when": "read slowly", "text": "Read.", "hold_after": 0, "hold_until": "go"},
        {"when": "crash now", "text": "I am going to", "crash_after": 2},
        {"when": "fail later", "text": "I am going to", "fail_after": 2},
        {"when": "speak of emoji", "text": "日本 👩‍👩‍👧 ok", "cut": 1},
        {"when": "flood", "text": ("x" * 99_999 + " ") * 100},
        {"text": "Paris is the capital of France."},
    ],
}

STEP_TEMPLATE = Path(__file__).parents[1] / "data/nano-step/chat_template.jinja"
WEATHER_CALL = (
    "Ask the tool.\n</think>\n\nI look.\n<tool_call>\n<function={name}>\n<parameter={key}>\n"
    "{value}\n</parameter>\n</function>\n</tool_call>"
)
# Speaks in the format of Step: the prompt has opened the reasoning.
STEP_SCRIPT = {
    "name": "scripted-step",
    "context_length": 5000,
    "chat_template": STEP_TEMPLATE.read_text(encoding="utf-8"),
    "replies": [
        {"when": "<tool_response>", "text": "It answered.\n</think>\n\nIt is sunny in Paris."},
        {
            "when": "weather in Paris",
            "text": WEATHER_CALL.format(name="get_weather", key="city", value="Paris"),
        },
        {
            "when": "weather by agents",
            "text": WEATHER_CALL.format(name="agents.get_weather", key="city", value="Paris"),
        },
        {
            "when": "apply a patch",
            "text": WEATHER_CALL.format(name="apply_patch", key="input", value="*** Begin Patch"),
        },
        {"when": "as JSON", "text": 'Two fields.\n</think>\n\n{"city": "Paris", "sunny": true}'},
        {"text": "Nothing to think.\n</think>\n\nHello."},
    ],
}


def new_engine(folder, kind=EngineClient, **changes):
    script = folder / "script.json"
    script.write_text(json.dumps(SCRIPT | changes), encoding="utf-8")
    spec = WorkerSpec("app.engine.scripted", script)
    return kind(spec, MachineChoices(folder / "choices.json"))


def ask(words, **fields):
    return {"model": "any", "messages": [{"role": "user", "content": words}], **fields}


@contextlib.contextmanager
def go_on(engine):
    """What the script holds back comes from when this is called to the end of the context."""
    signal = engine.spec.model.with_name("go")
    try:
        yield signal.touch
    finally:
        signal.unlink(missing_ok=True)


def lines_until_go(response, engine, is_enough):
    """The lines of a stream whose script goes on once ``is_enough`` of the lines so far."""
    heard = []
    with go_on(engine) as go:
        for line in response.iter_lines():
            heard.append(line)
            if is_enough(heard):
                go()
    return heard


def tokens_made(engine, ask_and_leave):
    """How many tokens the engine generates for somebody who does not stay for the answer."""
    until(lambda: engine.counters().requests_running == 0)
    before = engine.counters().tokens_generated
    ask_and_leave()
    until(lambda: engine.counters().requests_running == 0)
    return engine.counters().tokens_generated - before


def leaver(client, path, body):
    """Asks and does not stay: after the first line of a stream, else after a tenth of a second."""

    def leave():
        if body["stream"]:
            with client.stream("POST", path, json=body) as response:
                next(response.iter_lines())
        else:
            with pytest.raises(httpx.ReadTimeout):
                client.post(path, json=body, timeout=0.1)

    return leave


def exchange(control, request):
    """Send raw bytes, read the answer."""
    with connected(control) as connection:
        connection.sendall(request)
        return read_answer(connection)


def connected(control):
    return socket.create_connection(("127.0.0.1", control.port), PATIENCE_S)


def read_answer(connection):
    """All of it, or what came until the endpoint closed."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while not is_whole(answer) and (chunk := connection.recv(65536)):
            answer += chunk
    return answer


def is_whole(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(end and length) and len(body) >= int(length[1])


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    engine = new_engine(tmp_path_factory.mktemp("engine"))
    engine.start()
    engine.wait_ready(20)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def control(engine):
    control = EndpointControl(engine, 0, KEY)
    control.start()
    yield control
    control.stop()


@pytest.fixture(scope="session")
def step(tmp_path_factory):
    """An endpoint in front of an engine that calls tools as Step does."""
    engine = new_engine(tmp_path_factory.mktemp("step"), **STEP_SCRIPT)
    control = EndpointControl(engine, 0, KEY)
    control.start()
    engine.start()
    engine.wait_ready(20)
    yield control
    control.stop()
    engine.close()


@pytest.fixture
def limited(engine):
    """Starts an endpoint with limits of the test's own."""
    controls = []

    def start(limits):
        control = EndpointControl(engine, 0, KEY, limits)
        control.start()
        controls.append(control)
        return control

    yield start
    for control in controls:
        control.stop()


@pytest.fixture
def client(control):
    with client_of(control) as client:
        yield client


def client_of(control):
    return httpx.Client(
        base_url=f"http://127.0.0.1:{control.port}",
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=PATIENCE_S,
        trust_env=False,
        verify=False,  # no TLS here, and reading the certificates takes 30 ms each time
    )
