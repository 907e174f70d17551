"""Who may use the endpoint, and in which form: every refusal of the gate."""

import base64
import json

import pytest

from app.server.control import EndpointControl
from tests.server.conftest import KEY, ask, client_of, exchange

CHAT = "/v1/chat/completions"
PLAIN = {"Authorization": f"Bearer {KEY}"}


def raw(head, body=b""):
    lines = [*head, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def status(answer):
    return int(answer.split(b" ")[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:{port}", "[::1]:{port}"])
def test_own_hosts_are_answered(control, client, host):
    host = host.format(port=control.port)

    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "localhost.",
        "0.0.0.0",
        "127.0.0.2",
        "::1",
        "localhost:port",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/health", "/v1/models", "/nowhere"])
def test_a_foreign_host_is_refused_before_routing(control, client, host, path):
    answer = client.get(path, headers={"Host": host.format(port=control.port)})

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host_not_allowed"


def test_two_host_headers_are_refused(control):
    answer = exchange(
        control, raw(["GET /health HTTP/1.1", "Host: localhost", "Host: evil.example"])
    )

    assert status(answer) == 400


def test_a_missing_host_is_refused(control):
    assert status(exchange(control, raw(["GET /health HTTP/1.0"]))) == 403


@pytest.mark.parametrize(
    "target", ["http://evil.example/health", "http://localhost/health", "localhost:80", "*"]
)
def test_a_target_that_is_not_a_path_is_refused(control, target):
    answer = exchange(control, raw([f"GET {target} HTTP/1.1", "Host: localhost"]))

    assert status(answer) == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", ""])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_any_origin_is_refused_without_cors_headers(client, origin, method):
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    answer = client.request(method, CHAT, headers=asks)

    assert answer.status_code == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("site", "expected"),
    [("cross-site", 403), ("same-site", 403), ("odd", 403), ("none", 200), ("same-origin", 200)],
)
def test_requests_that_a_browser_marks_as_foreign_are_refused(client, site, expected):
    assert client.get("/health", headers={"Sec-Fetch-Site": site}).status_code == expected


def test_no_answer_has_cors_or_server_headers(client):
    for answer in (client.get("/health"), client.post(CHAT, json=ask("Hello")), client.get("/no")):
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "shown",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY}"},
        {"X-Api-Key": KEY},
        {"X-Api-Key": KEY, "Authorization": "Bearer other"},
        {"Authorization": basic(f"doorstep:{KEY}")},
        {"Authorization": basic(f":{KEY}")},
    ],
)
def test_the_key_is_taken_from_both_headers(client, shown):
    del client.headers["Authorization"]

    assert client.get("/v1/models", headers=shown).status_code == 200


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"Authorization": ""},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Basic"},
        {"Authorization": basic(KEY)},
        {"Authorization": basic(f"{KEY}:")},
        {"Authorization": basic(f"doorstep:{KEY}x")},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {KEY}x"},
        {"X-Api-Key": ""},
        {"X-Api-Key": KEY[:-1]},
        {"X-Api-Key": "Bearer " + KEY},
        {"X-Api-Key": b"\xff\xfe"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/models", "/nowhere"])
def test_without_the_key_nothing_is_told(client, shown, path):
    del client.headers["Authorization"]

    answer = client.get(path, headers=shown)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] == "invalid_api_key"


def test_without_a_key_to_ask_for_web_pages_are_still_refused(engine):
    control = EndpointControl(engine, 0, None)
    control.start()
    try:
        with client_of(control) as client:
            del client.headers["Authorization"]
            asked = client.get("/v1/models")
            page = client.get("/v1/models", headers={"Origin": "http://evil.example"})
            rebound = client.get("/v1/models", headers={"Host": "evil.example"})
    finally:
        control.stop()

    assert (asked.status_code, page.status_code, rebound.status_code) == (200, 403, 403)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/jsonp",
        "application/json; charset=utf-16",
        "",
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(client, kind):
    body = json.dumps(ask("Hello"))

    assert client.post(CHAT, content=body, headers={"Content-Type": kind}).status_code == 415


def test_a_body_without_content_type_is_refused(client):
    assert client.post(CHAT, content=json.dumps(ask("Hello"))).status_code == 415


@pytest.mark.parametrize("kind", ["application/json", 'Application/JSON; charset="UTF-8"'])
def test_json_in_utf_8_is_taken(client, kind):
    body = json.dumps(ask("Hello"))

    assert client.post(CHAT, content=body, headers={"Content-Type": kind}).status_code == 200


def test_an_unknown_path_has_the_shape_of_every_error(client):
    answer = client.get("/v1/secret/path")

    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert "secret" not in answer.text


def test_a_wrong_method_names_the_right_one(client):
    answer = client.get(CHAT)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_websocket_is_not_opened(control):
    head = ["GET /v1/models HTTP/1.1", "Host: localhost", "Upgrade: websocket"]
    head += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]

    assert status(exchange(control, raw(head))) == 401


def test_bytes_that_are_not_http_get_an_error_in_the_usual_shape(control):
    answer = exchange(control, b"\x16\x03\x01 hello\r\n\r\n")

    assert status(answer) == 400
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]["type"] == "invalid_request_error"
