"""Whoever wants to hold the endpoint up: refused, and afterwards everything is as before."""

import contextlib
import logging
import socket
import struct
import time

import pytest

from app.server.control import EndpointControl
from app.server.limits import Limits
from tests.patience import PATIENCE_S, is_soon_enough, until
from tests.server.conftest import KEY, ask, client_of, connected, exchange

CHAT = "/v1/chat/completions"
WORDS = "unsayable"
HEAD = (
    f"POST {CHAT}?{WORDS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
    "Content-Type: application/json\r\n"
).encode()
LIMITS = Limits(connections=100, head_timeout_s=0.5, body_timeout_s=0.5, rest_timeout_s=0.5)


@pytest.fixture
def attacked(engine, caplog, tmp_path):
    """An endpoint that must answer the next good request and keep its log clean."""
    control = EndpointControl(engine, 0, KEY, LIMITS)
    file = logging.FileHandler(tmp_path / "doorstep.log", encoding="utf-8")
    logging.getLogger().addHandler(file)
    caplog.set_level("DEBUG")
    control.start()
    try:
        yield control
        assert_works(control)
    finally:
        control.stop()
        logging.getLogger().removeHandler(file)
        file.close()
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith("http")]
    written = (tmp_path / "doorstep.log").read_text(encoding="utf-8")
    assert any(line.startswith(f"POST {CHAT} 200") for line in logged)
    assert f"POST {CHAT} 200" in written
    assert not any(WORDS in text or KEY in text for text in [*logged, written])


def assert_works(control):
    def is_answered():
        with client_of(control) as client:
            return client.post(CHAT, json=ask(WORDS)).status_code == 200

    until(is_answered)
    until(lambda: control.requests_now == 0)


def reset(connection):
    """Leave without goodbye: the other side gets RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_body_of_100_mb_is_refused_when_announced(attacked):
    answer = exchange(attacked, HEAD + b"Content-Length: 100000000\r\n\r\n" + b" " * 100_000)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_never_ends_is_cut_off(attacked):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    deadline = time.monotonic() + PATIENCE_S
    with connected(attacked) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):  # noqa: PT012 - which of them is a matter of timing
            while time.monotonic() < deadline:
                connection.sendall(chunk)


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"messages": [{"role": "user", "content": "' + WORDS.encode() + b' \xff\xfe"}]}',
        b'{"messages": "' + WORDS.encode(),
    ],
    ids=["nested 10,000 deep", "invalid UTF-8", "cut off"],
)
@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/v1/messages", "/tokenize"])
def test_a_broken_body_is_refused_without_being_quoted(attacked, path, body):
    with client_of(attacked) as client:
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert WORDS not in answer.text


def test_invalid_utf_8_in_head_and_target_is_refused_or_harmless(attacked):
    strange = b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: \xff\xfe\r\n\r\n"

    answer = exchange(attacked, strange)

    assert answer[9:12] in (b"400", b"401", b"404")


def test_a_thousand_connections_in_waves_are_let_go(attacked):
    refused = 0
    for _ in range(5):
        with contextlib.ExitStack() as wave:
            opened = [wave.enter_context(connected(attacked)) for _ in range(200)]
            for connection in opened:
                refused += connection.recv(100).startswith(b"HTTP/1.1 503 ")

    assert refused >= 100


def test_connections_that_are_reset_halfway_leave_nothing_behind(attacked):
    body = b'{"stream": true, "messages": [{"role": "user", "content": "count for long"}]}'
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for part in (b"", HEAD[:20], HEAD, whole[:-10], whole):
        for _ in range(5):
            connection = connected(attacked)
            connection.sendall(part)
            reset(connection)

    until(lambda: attacked.requests_now == 0)


def test_half_open_connections_are_closed_in_time(attacked):
    def is_closed_in_time():
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(connected(attacked)) for _ in range(50)]
            for connection in opened:
                with contextlib.suppress(OSError):  # the first may have been closed already
                    connection.sendall(HEAD)
                    connection.shutdown(socket.SHUT_WR)
            started = time.monotonic()
            for connection in opened:
                with contextlib.suppress(ConnectionError):
                    connection.recv(1000)
        return time.monotonic() < started + 5

    assert is_soon_enough(is_closed_in_time)


def test_many_slow_heads_do_not_hold_their_connections(attacked):
    with contextlib.ExitStack() as stack:
        dripping = [stack.enter_context(connected(attacked)) for _ in range(100)]
        deadline = time.monotonic() + PATIENCE_S
        while dripping and time.monotonic() < deadline:
            dripping = [connection for connection in dripping if drip(connection)]
            time.sleep(0.05)

    assert not dripping


def drip(connection):
    """One more byte; False when the other side has closed."""
    connection.setblocking(False)
    try:
        connection.send(b"G")
        return connection.recv(100) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
