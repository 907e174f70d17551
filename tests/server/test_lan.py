"""Open to the local network: the key is a must, and the door still knows its own names."""

import asyncio
import socket

import httpx
import pytest

from app.errors import AppError
from app.server.control import EndpointControl
from app.server.gate import Gate
from app.server.keys import Keys
from app.server.lan import own_addresses, own_names
from tests.server.conftest import client_of

KEY = "ds-test-key-of-the-network"
NAMES = frozenset({"workshop", "workshop.local"})


@pytest.fixture(scope="module")
def lan(engine):
    control = EndpointControl(engine, 0, KEY, is_lan=True)
    control.start()
    yield control
    control.stop()


def status(path, host, client="192.168.1.9", key=None, names=NAMES):
    """What the gate says to a request that came in at 192.168.1.5."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    async def through_gate(scope, receive, send):
        scope["server"] = ("192.168.1.5", 3535)
        scope["raw_path"] = path.encode()
        await Gate(app, Keys({"default": KEY}), names)(scope, receive, send)

    async def ask():
        transport = httpx.ASGITransport(through_gate, client=(client, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://any") as http:
            headers = {"Host": host} | ({"x-api-key": key} if key else {})
            return (await http.get(path, headers=headers)).status_code

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "host", ["192.168.1.5", "192.168.1.5:3535", "workshop", "Workshop.local:3535", "localhost"]
)
def test_own_names_and_addresses_are_answered(host):
    assert status("/v1/models", host, key=KEY) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "192.168.1.6", "workshop.evil.example", "workshop.", "192.168.1.5:x", ""],
)
def test_foreign_names_are_refused(host):
    assert status("/v1/models", host, key=KEY) == 403


def test_names_of_the_network_are_refused_while_it_is_closed():
    assert status("/v1/models", "192.168.1.5", key=KEY, names=None) == 403


@pytest.mark.parametrize(
    ("path", "client", "expected"),
    [
        ("/v1/models", "192.168.1.9", 401),
        ("/v1/models", "127.0.0.1", 401),
        ("/health", "192.168.1.9", 401),
        ("/health", "127.0.0.1", 200),
        ("/api/hello", "192.168.1.9", 200),
    ],
)
def test_without_the_key_others_learn_only_that_somebody_is_there(path, client, expected):
    assert status(path, "workshop", client) == expected


def test_it_listens_on_every_address(lan):
    with socket.create_connection(("127.0.0.2", lan.port), 2) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n")
        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert lan.address == f"http://127.0.0.1:{lan.port}/v1"


def test_web_pages_are_refused_there_too(lan):
    with client_of(lan) as client:
        answer = client.get("/v1/models", headers={"x-api-key": KEY, "Origin": "http://workshop"})

    assert answer.status_code == 403


def test_the_addresses_for_others_are_told_while_it_runs(lan, control):
    assert lan.lan_addresses == tuple(f"http://{a}:{lan.port}/v1" for a in own_addresses())
    assert not any("//127." in address for address in lan.lan_addresses)
    assert control.lan_addresses == ()


def test_the_host_name_is_among_the_names():
    short = socket.gethostname().lower().partition(".")[0]

    assert {short, f"{short}.local"} <= own_names()


@pytest.mark.parametrize(("key", "words"), [(None, "needs a key"), ("short", "too short")])
def test_it_does_not_start_without_a_good_key(engine, key, words):
    control = EndpointControl(engine, 0, key, is_lan=True)

    with pytest.raises(AppError, match=words):
        control.start()

    assert control.address is None


def test_the_network_is_let_in_and_shut_out_while_it_is_on(engine):
    control = EndpointControl(engine, 0, KEY)
    control.start()

    control.open_to_network(True)
    was_open = control.is_lan, control.lan_addresses
    control.open_to_network(False)

    try:
        assert was_open[0]
        assert len(was_open[1]) == len(own_addresses())
        assert control.lan_addresses == ()
        with client_of(control) as client:
            assert client.get("/health").status_code == 200
    finally:
        control.stop()


def test_a_bad_key_leaves_the_endpoint_as_it_was(engine):
    control = EndpointControl(engine, 0, "short")
    control.start()

    try:
        with pytest.raises(AppError, match="too short"):
            control.open_to_network(True)

        assert not control.is_lan
        with client_of(control) as client:
            assert client.get("/health").status_code == 200
    finally:
        control.stop()


def test_choosing_the_network_does_not_switch_it_on(engine):
    control = EndpointControl(engine, 0, KEY)

    control.open_to_network(True)

    assert control.is_lan
    assert control.address is None
