"""A session's name reaches the engine with its own work, and with nothing asked beside it."""

import pytest

from app.chat.messages import Message
from app.chat.tools import Tool
from app.chat.turn import TurnRequest
from app.engine.client import EngineClient
from app.engine.protocol import SamplingParams
from app.server.control import EndpointControl
from app.server.sessions import Sessions
from tests.server.conftest import KEY, STEP_SCRIPT, client_of, new_engine

TOOL = Tool("look", "", {"type": "object"})


class Listening(EngineClient):
    """The real client, which also notes the sessions that it is asked for."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sessions = []

    def submit(self, request, on_event):
        self.sessions.append(request.session)
        super().submit(request, on_event)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = new_engine(tmp_path_factory.mktemp("sessions"), Listening, **STEP_SCRIPT)
    engine.start()
    engine.wait_ready(20)
    yield engine
    engine.close()


@pytest.fixture
def client(engine):
    control = EndpointControl(engine, 0, KEY)
    control.start()
    engine.sessions.clear()
    with client_of(control) as client:
        yield client
    control.stop()


def request(key, *tools):
    return TurnRequest((Message.of("user", "Hi"),), SamplingParams(), tools=tools, session_key=key)


def said(**fields):
    return {"model": "any", "messages": [{"role": "user", "content": "Hello"}], **fields}


CLAUDE = {"X-Claude-Code-Session-Id": "s-1"}
CLAUDE_TOOL = {"name": "look", "input_schema": {"type": "object"}}


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/v1/chat/completions", said(prompt_cache_key="s-1"), {}),
        ("/v1/chat/completions", said(), {"session-id": "s-1"}),
        ("/v1/completions", {"model": "any", "prompt": "a", "prompt_cache_key": "s-1"}, {}),
        ("/v1/responses", {"model": "any", "input": "Hello", "prompt_cache_key": "s-1"}, {}),
        ("/v1/messages", said(), CLAUDE),
        ("/v1/messages", said(metadata={"user_id": "s-1"}), {}),
    ],
)
def test_every_way_to_name_a_session_reaches_the_engine(engine, client, path, body, headers):
    assert client.post(path, json=body, headers=headers).status_code == 200

    assert engine.sessions == ["s-1"]


def test_a_request_without_a_session_has_no_name(engine, client):
    client.post("/v1/chat/completions", json=said())

    assert engine.sessions == [""]


def test_a_title_asked_beside_the_work_of_an_agent_is_not_named(engine, client):
    for tools in ([CLAUDE_TOOL], [], [CLAUDE_TOOL]):
        client.post("/v1/messages", json=said(tools=tools), headers=CLAUDE)

    assert engine.sessions == ["s-1", "", "s-1"]


def test_a_conversation_without_tools_keeps_its_name():
    sessions = Sessions()

    assert [sessions.name_for(request("chat")) for _ in range(3)] == ["chat"] * 3


def test_a_long_key_is_shortened_and_still_its_own():
    sessions = Sessions()

    one, other = (sessions.name_for(request("x" * 5000 + end)) for end in "ab")

    assert one != other
    assert len(one) == len(other) == 64


def test_only_the_latest_sessions_are_remembered():
    sessions = Sessions()
    for number in range(300):
        sessions.name_for(request(f"s-{number}", TOOL))

    assert sessions.name_for(request("s-0")) == "s-0"
    assert sessions.name_for(request("s-299")) is None
