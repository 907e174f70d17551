"""The small routes: completions, embeddings, tokens, metrics, and who is there."""

import gzip
import json
import zlib

import pytest

from app.server.encoding import zstd
from app.server.limits import Limits
from tests.server.conftest import ask, client_of

COMPLETIONS = "/v1/completions"
CHAT = "/v1/chat/completions"


def go_on(prompt, **fields):
    return {"model": "any", "prompt": prompt, **fields}


def test_a_completion_goes_on_with_the_text(client):
    answer = client.post(COMPLETIONS, json=go_on("Once")).json()

    assert answer["object"] == "text_completion"
    assert answer["id"].startswith("cmpl-")
    assert answer["choices"] == [
        {
            "index": 0,
            "text": "Paris is the capital of France.",
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert answer["usage"]["completion_tokens"] == 6


def test_the_prompt_of_a_completion_is_the_text_alone(client):
    usage = client.post(COMPLETIONS, json=go_on("One two three", max_tokens=1)).json()["usage"]

    assert (
        usage["prompt_tokens"]
        == client.post("/tokenize", json={"content": "One two three"}).json()["count"]
    )


@pytest.mark.parametrize(("fields", "tokens"), [({}, 16), ({"max_tokens": 40}, 40)])
def test_a_completion_is_short_unless_told_otherwise(client, fields, tokens):
    body = go_on("flood of words, count for long", **fields)

    answer = client.post(COMPLETIONS, json=body).json()

    assert answer["usage"]["completion_tokens"] == tokens
    assert answer["choices"][0]["finish_reason"] == "length"


def test_tags_in_a_completion_are_text(client):
    answer = client.post(COMPLETIONS, json=go_on("think first")).json()

    assert answer["choices"][0]["text"] == "<think>\nTwo and two make\n</think>\n\nFour."


def test_a_streamed_completion_is_the_same_and_tells_its_usage(client):
    body = go_on("Once", stream=True, echo=True, stream_options={"include_usage": True})
    with client.stream("POST", COMPLETIONS, json=body) as response:
        found = [line[6:] for line in response.iter_lines() if line.startswith("data: ")]

    chunks = [json.loads(item) for item in found[:-1]]
    texts = [chunk["choices"][0]["text"] for chunk in chunks[:-1]]
    assert found[-1] == "[DONE]"
    assert "".join(texts) == "OnceParis is the capital of France."
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["usage"]["completion_tokens"] == 6


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"suffix": "end"}, "suffix"),
        ({"prompt": None}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": [1, 2]}, "prompt"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"n": 2}, "n"),
        ({"best_of": 2}, "best_of"),
        ({"logprobs": 21}, "logprobs"),
        ({"model": None}, "model"),
    ],
)
def test_a_completion_that_cannot_be_made_says_which_field(client, fields, param):
    answer = client.post(COMPLETIONS, json=go_on("Once") | fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_a_suffix_is_refused_as_fill_in_the_middle(client):
    answer = client.post(COMPLETIONS, json=go_on("def f():", suffix="return 1"))

    assert answer.json()["error"]["code"] == "fim_not_supported"


@pytest.mark.parametrize("encoding", ["float", "base64", None])
def test_embeddings_are_refused_in_words(client, encoding):
    body = {"model": "any", "input": ["a"], "encoding_format": encoding}

    answer = client.post("/v1/embeddings", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "embeddings_not_supported"
    assert client.post("/v1/embeddings", json={"model": "any"}).status_code == 400


@pytest.mark.parametrize("name", ["content", "prompt", "text", "input"])
def test_the_tokens_of_a_text_are_counted(client, name):
    answer = client.post("/tokenize", json={name: "one two"}).json()

    assert answer == {"count": 3, "max_model_len": 500}


def test_the_tokens_of_a_conversation_are_those_of_its_prompt(client):
    body = ask("Hello")
    counted = client.post("/tokenize", json={"messages": body["messages"]}).json()["count"]

    assert counted == client.post(CHAT, json=body).json()["usage"]["prompt_tokens"]
    assert client.post("/tokenize", json={}).status_code == 400


def test_metrics_are_in_the_format_of_prometheus(client):
    answer = client.get("/metrics")

    lines = dict(line.split() for line in answer.text.splitlines() if line[0] != "#")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert lines["doorstep_engine_ready"] == "1"
    assert float(lines["doorstep_engine_tokens_generated_total"]) >= 0
    assert "# TYPE doorstep_engine_tokens_generated_total counter" in answer.text


@pytest.mark.parametrize("path", ["/", "/api/hello"])
def test_a_program_may_ask_without_a_key_whether_anybody_is_there(client, path):
    answer = client.head(path, headers={"Authorization": ""})

    assert (answer.status_code, answer.content) == (200, b"")


def test_the_model_has_an_alias_that_claude_code_shows(client):
    found = client.get("/v1/models?limit=1000").json()

    assert [model["id"] for model in found["data"]] == ["scripted-model", "claude-scripted-model"]
    assert {model["display_name"] for model in found["data"]} == {"scripted-model"}
    assert all(model["meta"]["n_ctx"] == 500 for model in found["data"])
    assert (found["object"], found["has_more"]) == ("list", False)


@pytest.mark.parametrize("name", ["scripted-model", "claude-scripted-model", "claude-haiku-9"])
def test_a_model_is_found_under_its_names(client, name):
    assert client.get(f"/v1/models/{name}").json()["id"] == name


def test_editors_find_the_model_through_the_calls_of_ollama(client):
    (tag,) = client.get("/api/tags").json()["models"]
    shown = client.post("/api/show", json={"model": tag["name"]}).json()

    assert client.get("/api/version").json()["version"] >= "0.13.4"
    assert tag["name"] == "scripted-model"
    assert {"completion", "tools"} <= set(shown["capabilities"])
    architecture = shown["model_info"]["general.architecture"]
    assert shown["model_info"][f"{architecture}.context_length"] == 500


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}


def send(client, body, encoding):
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return client.post(CHAT, content=body, headers=headers)


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_compressed_request_is_answered(client, encoding):
    body = PACKERS[encoding](json.dumps(ask("Hello")).encode())

    assert send(client, body, encoding).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_broken_or_cut_body_is_refused(client, encoding):
    whole = PACKERS[encoding](json.dumps(ask("Hello")).encode())

    assert send(client, b"not compressed", encoding).status_code == 400
    assert send(client, whole[:-6], encoding).status_code == 400


@pytest.mark.parametrize("encoding", ["br", "gzip, zstd", "nonsense"])
def test_other_encodings_are_refused(client, encoding):
    answer = send(client, b"{}", encoding)

    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "gzip, deflate, zstd"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_small_body_that_unpacks_to_a_large_one_is_refused(limited, encoding):
    control = limited(Limits(body_bytes=2**20))
    bomb = PACKERS[encoding](b" " * 50_000_000)

    with client_of(control) as client:
        assert send(client, bomb, encoding).status_code == 413
