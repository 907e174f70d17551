"""Switching the endpoint on and off."""

import contextlib
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.engine.client import EngineClient
from app.engine.errors import AppError, ErrorKind
from app.server.control import EndpointControl
from app.server.limits import Limits
from tests.patience import PATIENCE_S, is_soon_enough, until
from tests.server.conftest import (
    KEY,
    ask,
    client_of,
    connected,
    go_on,
    lines_until_go,
    new_engine,
    tokens_made,
)

CHAT = "/v1/chat/completions"


@contextlib.contextmanager
def running(engine, port=0, limits=None):
    control = EndpointControl(engine, port, KEY, limits)
    control.start()
    try:
        yield control
    finally:
        control.stop()


@contextlib.contextmanager
def streams(control, count):
    """So many long answers at once, each with its first event read."""
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(client_of(control))
        opened = []
        for _ in range(count):
            body = ask("count for long", stream=True)
            response = stack.enter_context(client.stream("POST", CHAT, json=body))
            lines = response.iter_lines()
            next(lines)
            opened.append(lines)
        yield opened


@contextlib.contextmanager
def left_waiting(control):
    """A client that asks for a long answer and leaves at the end of the context."""
    body = json.dumps(ask("count for long")).encode()
    with connected(control) as connection:
        connection.sendall(
            f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        yield


def test_it_listens_on_the_loopback_address_only(control):
    address = f"http://127.0.0.1:{control.port}/v1"

    assert control.address == address
    with pytest.raises(OSError), socket.socket() as other:  # noqa: PT011
        other.connect(("127.0.0.2", control.port))


@pytest.fixture
def ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this computer has no IPv6")


@pytest.mark.usefixtures("ipv6")
def test_localhost_may_mean_either_loopback_address(control):
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(headers=headers, trust_env=False, verify=False, timeout=PATIENCE_S) as client:
        answers = [
            client.get(f"http://{host}:{control.port}/v1/models") for host in ("127.0.0.1", "[::1]")
        ]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.fixture
def taken_port(ipv6):
    """Somebody else's on the one loopback address, and nobody's on the other."""
    with contextlib.ExitStack() as stack:
        while True:
            other = socket.create_server(("::1", 0), family=socket.AF_INET6)
            port = stack.enter_context(other).getsockname()[1]
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
                break
        yield port


def test_a_program_that_has_the_port_on_the_other_address_does_no_harm(engine, taken_port):
    with running(engine, taken_port) as control, client_of(control) as client:
        assert client.get("/health").status_code == 200


def test_the_thread_is_named(control):
    assert "endpoint" in [thread.name for thread in threading.enumerate()]


def test_it_can_be_switched_off_and_on_again_on_the_same_port(engine):
    with running(engine) as control:
        port = control.port
        with client_of(control) as client:
            assert client.get("/health").status_code == 200
            control.stop()
            assert (control.address, control.requests_now) == (None, 0)
            with pytest.raises(httpx.ConnectError):
                client.get("/health")
    with running(engine, port) as again, client_of(again) as client:
        assert again.port == port
        assert client.get("/health").status_code == 200


def test_starting_and_stopping_twice_does_nothing(engine):
    with running(engine) as control:
        address = control.address
        control.start()
        assert control.address == address
        control.stop()
        control.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_said_so(engine, host):
    with socket.socket() as other:
        other.bind((host, 0))
        other.listen()
        control = EndpointControl(engine, other.getsockname()[1], KEY)

        with pytest.raises(AppError) as refusal:
            control.start()

    assert refusal.value.kind is ErrorKind.PORT_IN_USE
    assert control.address is None


def test_a_port_out_of_range_is_refused(engine):
    with pytest.raises(AppError):
        EndpointControl(engine, 70000, KEY).start()


def test_two_endpoints_cannot_share_a_port(engine, control):
    with pytest.raises(AppError, match="in use"):
        EndpointControl(engine, control.port, KEY).start()


def test_stopping_ends_running_answers_with_an_error_and_in_time(engine):
    def is_in_time():
        with running(engine) as control, streams(control, 2) as (first, second):
            assert control.requests_now == 2
            started = time.monotonic()
            control.stop()
            took_s = time.monotonic() - started
            assert any("endpoint_closing" in line for line in first)
            assert any("endpoint_closing" in line for line in second)
        until(lambda: engine.counters().requests_running == 0)
        return took_s < 1.5

    assert is_soon_enough(is_in_time)


def test_stopping_does_not_wait_for_a_client_that_hangs(engine):
    def is_in_time():
        with running(engine) as control, connected(control) as hung:
            hung.sendall(
                f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
                "Content-Type: application/json\r\nContent-Length: 100\r\n"
                "Expect: 100-continue\r\n\r\n{".encode()
            )
            assert hung.recv(1000).startswith(b"HTTP/1.1 100 ")
            started = time.monotonic()
            control.stop()
            return time.monotonic() - started < 2.5

    assert is_soon_enough(is_in_time)


def test_more_requests_than_allowed_are_told_to_come_back(engine):
    with running(engine, limits=Limits(requests=2)) as control:
        with streams(control, 2), client_of(control) as client:
            answer = client.post(CHAT, json=ask("Hello"))
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["error"]["code"] == "rate_limit_exceeded"
            assert client.get("/health").json()["requests_now"] == 2
        until(lambda: control.requests_now == 0)
        with client_of(control) as client:
            assert client.post(CHAT, json=ask("Hello")).status_code == 200


def test_more_connections_than_can_be_served_are_refused(engine):
    with (
        running(engine, limits=Limits(connections=2)) as control,
        streams(control, 2),
        connected(control) as third,
    ):
        answer = third.recv(1000)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after" in answer


def test_the_connection_that_has_waited_longest_makes_room(engine):
    with (
        running(engine, limits=Limits(connections=2)) as control,
        streams(control, 1),
        connected(control) as waiting,
    ):
        with client_of(control) as client:
            is_answered = client.get("/health").status_code == 200
        answer = waiting.recv(1000)

    assert is_answered
    assert answer.startswith(b"HTTP/1.1 503 ")


def test_a_stream_is_kept_open_while_the_model_loads(tmp_path):
    engine = new_engine(tmp_path, load_until="go")
    engine.start()
    try:
        with (
            running(engine, limits=Limits(keep_alive_s=0.1)) as control,
            client_of(control) as client,
        ):
            health = client.get("/health")
            models = client.get("/v1/models")
            with client.stream("POST", CHAT, json=ask("Hello", stream=True)) as response:
                lines = lines_until_go(response, engine, lambda heard: ": keep-alive" in heard)
    finally:
        engine.close()

    assert (health.status_code, health.json()["status"]) == (503, "loading")
    assert (models.status_code, models.json()["error"]["code"]) == (503, "model_loading")
    assert lines[0] == ": keep-alive"
    assert lines[-2] == "data: [DONE]"


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/completions"])
def test_an_answer_asked_for_while_the_model_loads_names_the_model(tmp_path, path):
    engine = new_engine(tmp_path, load_until="go")
    engine.start()
    try:
        with (
            running(engine) as control,
            client_of(control) as client,
            ThreadPoolExecutor(1) as pool,
            go_on(engine) as go,
        ):
            answer = pool.submit(client.post, path, json=ask("Hello", prompt="Hello"))
            until(lambda: control.requests_now == 1)
            go()
            assert answer.result().json()["model"] == "scripted-model"
    finally:
        engine.close()


def test_a_client_that_leaves_while_the_model_loads_runs_nothing(tmp_path):
    engine = new_engine(tmp_path, load_until="go")
    engine.start()
    try:
        with running(engine) as control, client_of(control) as client, go_on(engine) as go:
            with left_waiting(control):
                until(lambda: control.requests_now == 1)
            until(lambda: control.requests_now == 0)
            go()
            assert client.post(CHAT, json=ask("Hello")).status_code == 200
            assert engine.counters().requests_total == 1
    finally:
        engine.close()


def test_a_client_that_leaves_while_its_turn_is_being_started_stops_it(tmp_path):
    is_submitting, may_submit = threading.Event(), threading.Event()

    class SlowToSubmit(EngineClient):
        def submit(self, request, on_event):
            is_submitting.set()
            assert may_submit.wait(PATIENCE_S)
            super().submit(request, on_event)

    engine = new_engine(tmp_path, SlowToSubmit)

    def leave():
        is_submitting.clear()
        may_submit.clear()
        asked = engine.counters().requests_total
        with left_waiting(control):
            assert is_submitting.wait(PATIENCE_S)
        until(lambda: control.requests_now == 0)
        assert engine.counters().requests_total == asked
        may_submit.set()
        until(lambda: engine.counters().requests_total == asked + 1)

    engine.start()
    try:
        engine.wait_ready(PATIENCE_S)
        with running(engine) as control:
            assert is_soon_enough(lambda: tokens_made(engine, leave) <= 2)
    finally:
        engine.close()


def test_an_engine_that_cannot_load_is_reported_without_paths(tmp_path):
    engine = new_engine(tmp_path, replies="none")
    engine.start()
    try:
        with running(engine) as control, client_of(control) as client:
            until(lambda: engine.status.error is not None)
            answers = [client.post(CHAT, json=ask("Hello")), client.get("/v1/models")]
            health = client.get("/health")
    finally:
        engine.close()

    assert {answer.status_code for answer in answers} == {503}
    assert health.json()["status"] == "failed"
    assert not any("script" in answer.text for answer in [*answers, health])


def test_health_needs_no_key_and_counts_what_the_engine_did(control, client):
    del client.headers["Authorization"]

    health = client.get("/health")

    assert health.status_code == 200
    body = health.json()
    assert (body["status"], body["model"]) == ("ready", "scripted-model")
    assert {"requests_running", "requests_total", "tokens_prefilled", "tokens_generated"} <= set(
        body["engine"]
    )
    assert client.head("/health").status_code == 200


def test_logs_hold_neither_words_nor_key(client, caplog):
    caplog.set_level("DEBUG")

    client.post(CHAT + "?words=unsayable", json=ask("unsayable"))
    client.post(CHAT, content=b'{"unsayable"', headers={"Content-Type": "application/json"})

    mine = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    assert any(line.startswith("POST /v1/chat/completions 200") for line in mine)
    assert not any("unsayable" in line or KEY in line for line in mine)
