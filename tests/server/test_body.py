"""Bodies: how large, how fast, and what counts as JSON."""

import contextlib
import socket
import time

import pytest

from app.server.body import MAX_DEPTH, parse_json_object
from app.server.errors import ApiError
from app.server.limits import Limits
from tests.patience import PATIENCE_S, is_soon_enough, until
from tests.server.conftest import KEY, ask, client_of, connected, exchange, read_answer

CHAT = "/v1/chat/completions"
HEAD = (
    f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
    "Content-Type: application/json\r\n"
).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' * 10_000 + b"1" + b"}" * 10_000,
        b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_not_a_plain_json_object_is_refused(body):
    with pytest.raises(ApiError) as refusal:
        parse_json_object(body)

    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\N{GRINNING FACE}"}),
        (b'{"a": "\\\\ud800"}', {"a": "\\ud800"}),
        (b'{"a": "\\u0000"}', {"a": "\0"}),
    ],
)
def test_unusual_json_is_read_exactly(body, value):
    assert parse_json_object(body) == value


def test_json_may_be_nested_as_deep_as_the_limit():
    value = parse_json_object(b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH)

    assert isinstance(value["a"], dict)


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a":' * 10_000, b"\xff"])
def test_bad_json_over_http_is_400(client, body):
    answer = client.post(CHAT, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


def test_an_announced_body_beyond_the_limit_is_refused_unread(control):
    answer = exchange(control, HEAD + b"Content-Length: 33554433\r\nExpect: 100-continue\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_is_counted_while_it_streams(limited):
    small = limited(Limits(body_bytes=2000))
    chunk = b"3e8\r\n" + b" " * 1000 + b"\r\n"
    answer = exchange(small, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_within_the_limit_is_answered(client):
    def pieces():
        yield b'{"model": "", "messages": [{"role": "user",'
        yield b'"content": "Hello"}]}'

    answer = client.post(CHAT, content=pieces(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 200


def test_a_client_sees_the_413_although_it_goes_on_sending(limited):
    with client_of(limited(Limits(body_bytes=2000))) as client:
        answer = client.post(CHAT, json=ask("x" * 3000))

    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_given_up(limited):
    hurried = limited(Limits(body_timeout_s=0.3))

    answer = exchange(hurried, HEAD + b"Content-Length: 1000\r\n\r\n{")

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_head_that_drips_in_is_given_up(limited):
    hurried = limited(Limits(head_timeout_s=0.3))

    def is_given_up():
        with connected(hurried) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\n")
            started = time.monotonic()
            while time.monotonic() < started + 2 and not is_closed(connection):
                with contextlib.suppress(ConnectionError):  # it has been closed just now
                    connection.sendall(b"X")
        return time.monotonic() < started + 1

    assert is_soon_enough(is_given_up)


def test_a_connection_that_says_nothing_is_closed(limited):
    with connected(limited(Limits(head_timeout_s=0.3))) as connection:
        assert connection.recv(100) == b""


def test_a_header_beyond_the_limit_is_refused(control):
    answer = exchange(control, b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000)

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_does_not_read_is_cut_off(limited, engine):
    control = limited(Limits(write_timeout_s=0.2))
    body = b'{"model": "", "stream": true, "messages": [{"role": "user", "content": "flood"}]}'
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", control.port))
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        connection.settimeout(PATIENCE_S)
        answer = connection.recv(1)
        until(lambda: control.requests_now == 0)
        answer += read_answer(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"[DONE]" not in answer


def is_closed(connection):
    connection.settimeout(0.05)
    try:
        return connection.recv(100) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True
