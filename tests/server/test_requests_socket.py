"""The socket of ``doorstep requests``: who may use it, what leaves by it, and when it is there."""

import json
import socket
import stat
import sys

import pytest

from app.requests_command import described
from app.server.control import EndpointControl
from tests.patience import PATIENCE_S, until
from tests.server.conftest import KEY, ask, client_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no socket files")
CHAT = "/v1/chat/completions"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "requests.sock"


@pytest.fixture
def shown(engine, path):
    control = EndpointControl(engine, 0, KEY, requests_path=path)
    control.start()
    yield control
    control.stop()
    assert not path.exists()


def follower(path, line=b"follow\n"):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE_S)
    connection.connect(str(path))
    connection.sendall(line)
    return connection


def records(connection):
    """One after the other, without waiting for more than is asked for."""
    with connection.makefile("r", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def test_only_the_user_may_connect(shown, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_follower_hears_of_each_request_and_turns_the_inspector_on_meanwhile(shown, path):
    with follower(path) as connection:
        until(lambda: shown.inspector.is_on)
        with client_of(shown) as client:
            client.post(CHAT, json=ask("Hello"), headers={"User-Agent": "some-agent"})
        ended = next(r for r in records(connection) if r["state"] == "finished")
    until(lambda: not shown.inspector.is_on)

    assert (ended["route"], ended["client"], ended["key"]) == (CHAT, "some-agent", "default")
    assert ended["completion_tokens"] == 6
    assert shown.inspector.records() == ()


def test_of_a_prompt_only_the_difference_leaves_the_process(shown, path):
    with follower(path) as connection, client_of(shown) as client:
        until(lambda: shown.inspector.is_on)
        for words in ("One secret, then this", "One secret, then that"):
            client.post(CHAT, json=ask(words))
        last = next(r for r in records(connection) if r["id"] == 2 and r["state"] == "finished")

    assert last["miss"]["was"].startswith("is")
    assert last["miss"]["now"].startswith("at")
    assert "secret" not in json.dumps(last) + described(last)


def test_a_list_ends_after_what_is_kept(shown, path):
    shown.inspector.switch(True)
    with client_of(shown) as client:
        client.post(CHAT, json=ask("Hello"))
    with follower(path, b"list\n") as connection:
        (record,) = records(connection)

    assert record["state"] == "finished"


@pytest.mark.parametrize("line", [b"\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 200_000 + b"\n"])
def test_anything_else_is_let_go(shown, path, line):
    with follower(path, b"") as connection:
        try:
            connection.sendall(line)
            answer = connection.recv(100)
        except ConnectionError:
            answer = b""

    assert answer == b""
    assert not shown.inspector.is_on


def test_a_socket_left_by_a_crash_is_replaced(engine, path):
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(path))
    control = EndpointControl(engine, 0, KEY, requests_path=path)
    control.start()
    try:
        with follower(path):
            until(lambda: control.inspector.is_on)
    finally:
        control.stop()


def test_a_second_endpoint_leaves_the_socket_to_the_first(shown, engine, path, caplog):
    second = EndpointControl(engine, 0, KEY, requests_path=path)
    second.start()
    second.stop()

    with follower(path):
        until(lambda: shown.inspector.is_on)
    assert "no socket for `doorstep requests`" in caplog.text


def test_stopping_lets_followers_go(engine, path):
    control = EndpointControl(engine, 0, KEY, requests_path=path)
    control.start()
    with follower(path) as connection:
        until(lambda: control.inspector.is_on)
        control.stop()
        assert connection.recv(100) == b""


def test_what_a_client_wrote_cannot_steer_the_terminal():
    record = {
        "started_at": 0,
        "route": CHAT,
        "client": "a\x1b[2Jb",
        "key": "",
        "state": "finished",
        "finish_reason": "stop",
        "error": "",
        "prompt_tokens": 1200,
        "cached_tokens": 1000,
        "completion_tokens": 5,
        "waited_s": 0.5,
        "total_s": 2.0,
        "tools": ["\x1b]0;x"],
        "miss": {"after": 7, "was": "\x1b[0m", "now": "\n"},
    }

    text = described(record)

    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
    assert "1,200 tokens read, 1,000 of them cached" in text
