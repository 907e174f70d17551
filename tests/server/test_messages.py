"""The Messages protocol over HTTP: liveness, cancelling, errors, counting."""

import json
import threading

import pytest

from app.server.control import EndpointControl
from app.server.limits import Limits
from tests.patience import is_soon_enough, until
from tests.server.conftest import (
    KEY,
    ask,
    client_of,
    leaver,
    lines_until_go,
    new_engine,
    tokens_made,
)

PATH = "/v1/messages"
COUNT = "/v1/messages/count_tokens"


def question(words, **fields):
    return ask(words, model="claude-any", max_tokens=1000, **fields)


def events(lines):
    lines = [line for line in lines if line]
    named = list(zip(lines[::2], lines[1::2], strict=True))
    found = [json.loads(data.removeprefix("data: ")) for _, data in named]
    assert [name.removeprefix("event: ") for name, _ in named] == [e["type"] for e in found]
    return found


def test_a_whole_answer_has_the_form_of_the_protocol(client):
    answer = client.post(PATH, json=question("Hello")).json()

    assert answer["id"].startswith("msg_")
    assert (answer["type"], answer["role"], answer["model"]) == (
        "message",
        "assistant",
        "scripted-model",
    )
    assert answer["content"] == [
        {"type": "text", "text": "Paris is the capital of France.", "citations": None}
    ]
    assert answer["stop_reason"] == "end_turn"
    assert answer["usage"]["output_tokens"] == 6


def test_every_event_is_named_in_the_stream(client):
    with client.stream("POST", PATH, json=question("think first", stream=True)) as response:
        found = events(response.iter_lines())

    assert found[0]["type"] == "message_start"
    assert found[-1] == {"type": "message_stop"}
    assert "".join(e["delta"].get("text", "") for e in found if "index" in e and "delta" in e) == (
        "Four."
    )


def test_query_and_headers_of_claude_code_are_welcome(client):
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219,new"}

    answer = client.post(PATH + "?beta=true", json=question("Hello"), headers=headers)

    assert answer.status_code == 200


def kinds_until_go(client, engine, words, start="event: ping"):
    """The kinds of events; the script goes on at the third ping after the start."""

    def is_enough(heard):
        return start in heard and heard[heard.index(start) :].count("event: ping") >= 3

    with client.stream("POST", PATH, json=question(words, stream=True)) as response:
        return [event["type"] for event in events(lines_until_go(response, engine, is_enough))]


def test_pings_begin_while_the_prompt_is_read(limited, engine):
    control = limited(Limits(keep_alive_s=0.1))

    with client_of(control) as client:
        found = kinds_until_go(client, engine, "read slowly")

    assert found[:3] == ["ping"] * 3
    assert next(kind for kind in found if kind != "ping") == "message_start"


def test_pings_go_on_while_the_model_thinks_in_private(limited, engine):
    control = limited(Limits(keep_alive_s=0.1))

    with client_of(control) as client:
        found = kinds_until_go(client, engine, "think for long", "event: message_start")

    start, text = found.index("message_start"), found.index("content_block_start")
    assert found[start + 1 : text].count("ping") >= 3


@pytest.mark.parametrize("is_stream", [False, True])
def test_leaving_stops_the_engine_at_once(client, engine, is_stream):
    leave = leaver(client, PATH, question("count for long", stream=is_stream))

    assert is_soon_enough(lambda: tokens_made(engine, leave) < 0.4 * 100)  # seconds times pace


@pytest.mark.parametrize("is_stream", [False, True])
def test_overflow_is_worded_so_that_agents_can_read_the_limit(client, is_stream):
    answer = client.post(PATH, json=question("word " * 600, stream=is_stream))

    error = answer.json()
    assert answer.status_code == 400
    assert error["type"] == "error"
    assert error["error"]["type"] == "invalid_request_error"
    words = error["error"]["message"].split()
    assert words[:4] == ["prompt", "is", "too", "long:"]
    assert int(words[4]) > 600
    assert words[5:] == ["tokens", ">", "500", "maximum"]


@pytest.mark.parametrize(
    ("headers", "body", "status", "kind"),
    [
        ({"authorization": "Bearer wrong"}, b"{}", 401, "authentication_error"),
        ({"host": "evil.example"}, b"{}", 403, "permission_error"),
        ({"origin": "http://evil.example"}, b"{}", 403, "permission_error"),
        ({"content-type": "text/plain"}, b"{}", 415, "invalid_request_error"),
        ({}, b"{", 400, "invalid_request_error"),
    ],
)
@pytest.mark.parametrize("path", [PATH, COUNT])
def test_every_refusal_has_the_shape_of_the_protocol(client, headers, body, status, kind, path):
    answer = client.post(path, content=body, headers={"content-type": "application/json"} | headers)

    assert answer.status_code == status
    error = answer.json()
    assert (error["type"], error["error"]["type"]) == ("error", kind)
    assert error["error"]["message"]


def test_a_body_too_large_has_the_shape_of_the_protocol(limited):
    with client_of(limited(Limits(body_bytes=100))) as client:
        answer = client.post(PATH, json=question("x" * 200))

    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "request_too_large"


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("POST", PATH + "/nothing", 404, "not_found_error"),
        ("GET", PATH, 405, "invalid_request_error"),
    ],
)
def test_wrong_paths_and_methods_have_the_shape_of_the_protocol(client, method, path, status, kind):
    answer = client.request(method, path, json={})

    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


def test_other_paths_keep_the_shape_of_openai(client):
    assert "code" in client.get("/v1/messagesx").json()["error"]


def test_too_many_requests_are_told_when_to_come_back(limited):
    control = limited(Limits(requests=1))
    with client_of(control) as client:
        body = question("count for long", stream=True)
        with client.stream("POST", PATH, json=body) as response:
            lines = response.iter_lines()
            next(lines)
            answer = client.post(PATH, json=question("Hello"))

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["type"] == "rate_limit_error"


def test_an_error_inside_a_stream_is_an_error_event(client):
    with client.stream("POST", PATH, json=question("fail later", stream=True)) as response:
        found = events(response.iter_lines())

    assert found[-1]["type"] == "error"
    assert found[-1]["error"]["type"] == "api_error"


def test_an_image_gets_the_error_of_the_protocol(client):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}}

    answer = client.post(PATH, json={"messages": [{"role": "user", "content": [image]}]})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "text only" in answer.json()["error"]["message"]


def test_a_count_is_what_the_answer_will_report(client):
    body = question("Hello", system="Be brief")

    counted = client.post(COUNT, json=body).json()

    usage = client.post(PATH, json=body).json()["usage"]
    assert counted == {"input_tokens": usage["input_tokens"] + usage["cache_read_input_tokens"]}


def test_counts_do_not_wait_for_an_answer(client, control):
    answers = []

    def count():
        with client_of(control) as own:
            answers.append(own.post(COUNT, json=question("Hello")).status_code)

    with client.stream("POST", PATH, json=question("count for long", stream=True)) as response:
        lines = response.iter_lines()
        next(lines)
        threads = [threading.Thread(target=count) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        still_running = control.requests_now

    assert answers == [200] * 24
    assert still_running == 1


def test_streams_are_held_open_while_the_model_loads(tmp_path):
    engine = new_engine(tmp_path, load_until="go")
    control = EndpointControl(engine, 0, KEY, Limits(keep_alive_s=0.1))
    control.start()
    engine.start()
    try:
        until(lambda: engine.status.state == "loading")
        with client_of(control) as client:
            found = kinds_until_go(client, engine, "Hello")
    finally:
        control.stop()
        engine.close()

    assert found[0] == "ping"
    assert found[-1] == "message_stop"
