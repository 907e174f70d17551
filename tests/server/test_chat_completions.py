"""The chat protocol as a client sees it."""

import itertools
import json

import httpx
import pytest

from app.server.limits import Limits
from tests.patience import PATIENCE_S, is_soon_enough, until
from tests.server.conftest import ask, client_of, lines_until_go, tokens_made

PATH = "/v1/chat/completions"


def events(response):
    return [line[6:] for line in response.iter_lines() if line.startswith("data: ")]


def chunks_of(client, body):
    with client.stream("POST", PATH, json=body | {"stream": True}) as response:
        assert response.status_code == 200
        found = events(response)
    assert found[-1] == "[DONE]"
    return [json.loads(event) for event in found[:-1]]


def test_a_whole_answer_has_every_field_of_the_schema(client):
    answer = client.post(PATH, json=ask("Hello")).json()

    assert answer["id"].startswith("chatcmpl-")
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "scripted-model"
    assert answer["system_fingerprint"].startswith("fp_")
    assert answer["choices"] == [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Paris is the capital of France.",
                "refusal": None,
                "annotations": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    usage = answer["usage"]
    assert usage["completion_tokens"] == 6
    assert usage["total_tokens"] == usage["prompt_tokens"] + 6
    assert usage["prompt_tokens_details"]["cached_tokens"] == 0
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 0


def test_a_stream_begins_with_the_role_and_ends_with_the_reason(client):
    chunks = chunks_of(client, ask("Hello"))

    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert (
        "".join(delta.get("content", "") for delta in deltas) == "Paris is the capital of France."
    )
    assert deltas[-1] == {}
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[-2:]] == [None, "stop"]
    assert len({(chunk["id"], chunk["created"], chunk["object"]) for chunk in chunks}) == 1
    assert all("usage" not in chunk for chunk in chunks)


def test_a_stream_tells_the_usage_when_asked(client):
    chunks = chunks_of(client, ask("Hello", stream_options={"include_usage": True}))

    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == 6


def test_reasoning_has_both_names_in_a_whole_answer(client):
    answer = client.post(PATH, json=ask("think first")).json()

    message = answer["choices"][0]["message"]
    assert message["reasoning_content"] == message["reasoning"] == "Two and two make"
    assert message["content"] == "Four."
    details = answer["usage"]["completion_tokens_details"]
    assert 4 <= details["reasoning_tokens"] <= answer["usage"]["completion_tokens"]


def test_reasoning_has_both_names_in_a_stream(client):
    deltas = [c["choices"][0]["delta"] for c in chunks_of(client, ask("think first"))]

    thought = [d for d in deltas if "reasoning" in d]
    assert "".join(d["reasoning"] for d in thought) == "Two and two make"
    assert all(d["reasoning"] == d["reasoning_content"] and "content" not in d for d in thought)
    assert "".join(d.get("content", "") for d in deltas) == "Four."


def test_characters_beyond_ascii_arrive_unaltered(client):
    deltas = [c["choices"][0]["delta"] for c in chunks_of(client, ask("speak of emoji"))]

    assert "".join(d.get("content", "") for d in deltas) == "日本 👩‍👩‍👧 ok"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_limit_of_tokens_ends_the_answer_with_length(client, name):
    answer = client.post(PATH, json=ask("Hello", **{name: 2})).json()

    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize("stop", [" capital", ["never", " capital"]])
def test_a_stop_string_ends_the_answer_before_it(client, stop):
    choice = client.post(PATH, json=ask("Hello", stop=stop)).json()["choices"][0]

    assert choice["message"]["content"] == "Paris is the"
    assert choice["finish_reason"] == "stop"


def test_nulls_and_unknown_fields_change_nothing(client):
    body = {
        "model": "whatever/you-like",
        "messages": [
            {"role": "developer", "content": "Be brief", "extra_info": None, "tool_calls": []},
            {"role": "user", "content": [{"type": "text", "text": "Hello", "cache_control": {}}]},
            {"role": "assistant", "content": None, "reasoning": "Hm", "tool_calls": None},
            {"role": "user", "content": ["plain"], "name": None, "tool_call_id": None},
        ],
        **dict.fromkeys(("temperature", "top_p", "top_k", "min_p", "seed", "stop", "stream", "n")),
        **dict.fromkeys(("max_tokens", "tools", "tool_choice", "response_format", "logprobs")),
        "stream_options": None,
        "reasoning_effort": "high",
        "parallel_tool_calls": True,
        "store": False,
    }

    answer = client.post(PATH, json=body)

    assert answer.status_code == 200
    assert answer.json()["model"] == "scripted-model"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": ["hi"]}, "messages[0]"),
        ({"messages": [{"role": "king", "content": "hi"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"n": 2}, "n"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
        ({"model": None}, "model"),
        ({"model": 5}, "model"),
        ({"tools": {}}, "tools"),
        ({"tool_choice": "maybe"}, "tool_choice"),
        ({"function_call": {"name": "f"}}, "function_call"),
        ({"temperature": "warm"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"temperature": 99}, None),
        ({"stream": "yes"}, "stream"),
        ({"max_tokens": 0}, "max_completion_tokens"),
        ({"max_tokens": 1.5}, "max_completion_tokens"),
        ({"stop": [1]}, "stop"),
        ({"stop": ["x"] * 17}, None),
    ],
)
def test_a_request_that_cannot_be_answered_says_which_field(client, fields, param):
    answer = client.post(PATH, json=ask("secret words") | fields)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert "secret" not in answer.text


@pytest.mark.parametrize("kind", ["image_url", "input_image", "input_audio", "file"])
def test_a_part_that_is_not_text_is_refused_and_nothing_is_fetched(client, kind):
    part = {"type": kind, kind: {"url": "http://192.0.2.1/secret.png"}}

    answer = client.post(
        PATH, json={"model": "", "messages": [{"role": "user", "content": [part]}]}
    )

    assert answer.status_code == 400
    assert "text only" in answer.json()["error"]["message"]
    assert "192.0.2.1" not in answer.text


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_prompt_beyond_the_context_is_refused_in_words_that_agents_know(client, is_stream):
    answer = client.post(PATH, json=ask("word " * 600, stream=is_stream))

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["code"] == "context_length_exceeded"
    assert error["message"].startswith("This model's maximum context length is 500 tokens. However")
    assert "Please reduce the length of the messages." in error["message"]


def test_leaving_a_stream_stops_the_engine_within_a_token(client, engine):
    def leave():
        with client.stream("POST", PATH, json=ask("count slowly", stream=True)) as response:
            assert len(list(itertools.islice(response.iter_lines(), 10))) == 10

    # Half of the lines are blank; the first event has no token, one more may have been on its way.
    assert is_soon_enough(lambda: tokens_made(engine, leave) <= 10 // 2 + 1)


def test_leaving_a_whole_answer_stops_the_engine_at_once(client, engine):
    def leave():
        with pytest.raises(httpx.ReadTimeout):
            client.post(PATH, json=ask("count for long"), timeout=0.3)

    assert is_soon_enough(lambda: tokens_made(engine, leave) < 0.5 * 100)  # seconds times pace


def test_clients_that_leave_at_any_moment_leave_nothing_running(client, control, engine):
    for step in range(20):
        with pytest.raises(httpx.TimeoutException):
            client.post(PATH, json=ask("count for long"), timeout=0.001 * (1 + step))

    until(lambda: control.requests_now == 0)
    until(lambda: engine.counters().requests_running == 0)


def test_a_silent_stream_is_kept_alive_by_comments(limited, engine):
    control = limited(Limits(keep_alive_s=0.1))

    with client_of(control) as client:
        body = ask("read slowly", stream=True)
        with client.stream("POST", PATH, json=body) as response:
            lines = lines_until_go(response, engine, lambda heard: heard.count(": keep-alive") >= 3)

    assert lines.count(": keep-alive") >= 3
    assert lines[0] == ": keep-alive"
    assert lines[-2:] == ["data: [DONE]", ""]


def test_an_error_inside_a_stream_is_an_event(client):
    with client.stream("POST", PATH, json=ask("fail later", stream=True)) as response:
        found = events(response)

    assert response.status_code == 200
    assert json.loads(found[-2])["error"]["code"] == "internal_error"
    assert found[-1] == "[DONE]"


def test_an_engine_that_dies_gives_503_and_a_time_to_come_back(client, engine):
    answer = client.post(PATH, json=ask("crash now"))
    engine.wait_ready(PATIENCE_S)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["code"] == "engine_died"
    assert client.post(PATH, json=ask("Hello")).status_code == 200
