"""Ten thousand connections against the program as a user runs it: let go, and nothing is left.

A process of its own, so that its memory and files are its own.
"""

import contextlib
import json
import socket
import sys

import httpx
import psutil
import pytest

from tests.end_to_end.serving import served
from tests.patience import PATIENCE_S, until
from tests.server.conftest import SCRIPT, ask

if sys.platform != "win32":
    import resource

COUNT = 10_000
FILES = COUNT + 500  # of this process
MEMORY_BYTES = 40e6  # that the program may have grown by, afterwards
OPEN = b"open"
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def files():
    """Room for as many files in this process."""
    if sys.platform == "win32":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"the system allows {hard} files a process, {FILES} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def endpoint(files, tmp_path_factory):
    script = tmp_path_factory.mktemp("many") / "script.json"
    script.write_text(json.dumps(SCRIPT), encoding="utf-8")
    with served("--engine", f"scripted:{script}") as endpoint:
        assert is_answered(endpoint)
        yield endpoint


@pytest.fixture
def program(endpoint):
    """The endpoint's process, which may hold neither much more memory nor files afterwards."""
    process = psutil.Process(endpoint.pid)
    before, files = process.memory_info().rss, process.num_fds()
    yield process
    until(lambda: process.num_fds() <= files + 10)
    assert process.memory_info().rss < before + MEMORY_BYTES


def is_answered(endpoint):
    headers = {"Authorization": f"Bearer {endpoint.key}", "Connection": "close"}
    with httpx.Client(headers=headers, timeout=PATIENCE_S, trust_env=False, verify=False) as client:
        return (
            client.post(f"{endpoint.base}/v1/chat/completions", json=ask("Hi")).status_code == 200
        )


def attack(endpoint, first_words, *, is_half_open=False):
    """Hold all connections at once; (how many were told 503, how many are still open).

    Meanwhile somebody else is answered, who has come last.
    """
    host, port = endpoint.base.removeprefix("http://").split(":")
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(COUNT):
            connection = stack.enter_context(
                socket.create_connection((host, int(port)), PATIENCE_S)
            )
            opened.append(connection)
            with contextlib.suppress(ConnectionError):
                connection.sendall(first_words)
                if is_half_open:
                    connection.shutdown(socket.SHUT_WR)
        assert is_answered(endpoint)
        answers = [answer_now(connection) for connection in opened]
    return sum(answer.startswith(b"HTTP/1.1 503 ") for answer in answers), answers.count(OPEN)


def answer_now(connection):
    connection.setblocking(False)
    try:
        return connection.recv(100)
    except BlockingIOError:
        return OPEN
    except OSError:
        return b""


@pytest.mark.parametrize("first_words", [b"", HEAD], ids=["silent", "slow head"])
def test_connections_that_only_wait_are_let_go_while_others_are_answered(
    endpoint, program, first_words
):
    refused, left = attack(endpoint, first_words)

    assert refused > COUNT * 0.5
    assert left <= 300
    assert is_answered(endpoint)


def test_half_open_connections_are_closed(endpoint, program):
    _, left = attack(endpoint, HEAD, is_half_open=True)

    assert left <= 300
    assert is_answered(endpoint)


def test_requests_without_a_key_are_refused_ten_thousand_times(endpoint, program):
    request = HEAD + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

    attack(endpoint, request)

    assert is_answered(endpoint)
