"""The Responses protocol over HTTP: liveness, cancelling, errors."""

import json

import pytest

from app.server.control import EndpointControl
from app.server.limits import Limits
from tests.patience import is_soon_enough, until
from tests.server.conftest import KEY, client_of, leaver, lines_until_go, new_engine, tokens_made

PATH = "/v1/responses"


def question(words, **fields):
    return {"model": "any", "input": words, **fields}


def events(lines):
    lines = [line for line in lines if line]
    named = list(zip(lines[::2], lines[1::2], strict=True))
    found = [json.loads(data.removeprefix("data: ")) for _, data in named]
    assert [name.removeprefix("event: ") for name, _ in named] == [e["type"] for e in found]
    assert [e["sequence_number"] for e in found] == list(range(len(found)))
    return found


def streamed(client, words, **fields):
    body = question(words, stream=True, **fields)
    with client.stream("POST", PATH, json=body) as response:
        assert response.status_code == 200
        return events(response.iter_lines())


def streamed_until_go(client, engine, words):
    """The script goes on after the fourth heartbeat."""
    with client.stream("POST", PATH, json=question(words, stream=True)) as response:
        beat = "event: response.in_progress"
        return events(lines_until_go(response, engine, lambda heard: heard.count(beat) >= 4))


def test_a_whole_answer_is_a_completed_response(client):
    answer = client.post(PATH, json=question("Hello")).json()

    assert answer["id"].startswith("resp_")
    assert (answer["object"], answer["status"]) == ("response", "completed")
    assert answer["model"] == "scripted-model"
    assert answer["output"][0]["content"][0]["text"] == "Paris is the capital of France."
    assert answer["usage"]["output_tokens"] == 6
    assert answer["store"] is True


def test_a_stream_ends_with_the_whole_response(client):
    found = streamed(client, "think first")

    assert found[0]["type"] == "response.created"
    assert found[-1]["type"] == "response.completed"
    assert [item["type"] for item in found[-1]["response"]["output"]] == ["reasoning", "message"]


def test_a_warm_up_is_answered(client):
    answer = client.post(PATH, json=question("", max_output_tokens=1))

    assert answer.status_code == 200
    assert answer.json()["status"] == "incomplete"


def test_the_response_is_created_at_once_and_kept_alive_by_real_events(limited, engine):
    control = limited(Limits(keep_alive_s=0.1))

    with client_of(control) as client:
        found = streamed_until_go(client, engine, "read slowly")

    assert [e["type"] for e in found[:5]] == ["response.created", *["response.in_progress"] * 4]
    assert len({e["response"]["id"] for e in found if "response" in e}) == 1


def test_heartbeats_go_on_while_the_model_thinks_in_private(limited, engine):
    control = limited(Limits(keep_alive_s=0.1))

    with client_of(control) as client:
        found = [e["type"] for e in streamed_until_go(client, engine, "think for long")]

    assert found.count("response.in_progress") >= 4
    assert "response.reasoning_text.delta" not in found


@pytest.mark.parametrize("is_stream", [False, True])
def test_leaving_stops_the_engine_at_once(client, engine, is_stream):
    leave = leaver(client, PATH, question("count for long", stream=is_stream))

    assert is_soon_enough(lambda: tokens_made(engine, leave) < 0.4 * 100)  # seconds times pace


@pytest.mark.parametrize("is_stream", [False, True])
def test_overflow_has_the_code_that_agents_know(client, is_stream):
    answer = client.post(PATH, json=question("word " * 600, stream=is_stream))

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "context_length_exceeded"


def test_an_error_inside_a_stream_is_a_failed_response(client):
    found = streamed(client, "fail later")

    assert found[-1]["type"] == "response.failed"
    assert found[-1]["response"]["id"] == found[0]["response"]["id"]
    assert found[-1]["response"]["error"]["code"] == "internal_error"


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_conversation_goes_on_from_the_id_of_a_response(client, is_stream):
    words, brief = "Remember the word blue", {"instructions": "Be brief"}
    if is_stream:
        first = streamed(client, words, **brief)[-1]["response"]
    else:
        first = client.post(PATH, json=question(words, **brief)).json()

    goes_on = question("Which word?", previous_response_id=first["id"])
    told = [
        {"role": "user", "content": "Remember the word blue"},
        {"role": "assistant", "content": "Paris is the capital of France."},
        {"role": "user", "content": "Which word?"},
    ]

    assert counted(client, goes_on) == counted(client, question(told))
    assert client.post(PATH, json=goes_on).json()["previous_response_id"] == first["id"]


def counted(client, body):
    answer = client.post(PATH + "/input_tokens", json=body).json()
    assert answer["object"] == "response.input_tokens"
    return answer["input_tokens"]


def test_a_response_can_be_read_again_and_forgotten(client):
    answer = client.post(PATH, json=question("Hello")).json()
    path = f"{PATH}/{answer['id']}"

    assert client.get(path).json() == answer
    assert client.delete(path).json()["deleted"] is True
    assert client.get(path).status_code == client.delete(path).status_code == 404


def test_a_response_that_is_not_to_be_stored_is_not_kept(client):
    answer = client.post(PATH, json=question("Hello", store=False)).json()
    goes_on = question("Again", previous_response_id=answer["id"])

    refusal = client.post(PATH, json=goes_on)

    assert answer["store"] is False
    assert refusal.status_code == 400
    assert refusal.json()["error"]["code"] == "previous_response_not_found"


def test_errors_have_the_shape_of_openai(client):
    answer = client.post(PATH, json={"input": "secret words"})

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert "secret" not in answer.text


def test_streams_are_held_open_while_the_model_loads(tmp_path):
    engine = new_engine(tmp_path, load_until="go")
    control = EndpointControl(engine, 0, KEY, Limits(keep_alive_s=0.1))
    control.start()
    engine.start()
    try:
        until(lambda: engine.status.state == "loading")
        with client_of(control) as client:
            found = streamed_until_go(client, engine, "Hello")
    finally:
        control.stop()
        engine.close()

    assert found[3]["type"] == "response.in_progress"
    assert found[-1]["type"] == "response.completed"
