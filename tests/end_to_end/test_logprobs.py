"""Log probabilities of a real model by HTTP: those of the tokens that make the answer's text."""

import contextlib
import math
from pathlib import Path

import httpx
import openai
import pytest

from tests.end_to_end.serving import served

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
SAID = [{"role": "user", "content": "Good morning."}]
FEW = {"model": "any", "max_tokens": 24, "temperature": 0}


@pytest.fixture(scope="module")
def step():
    with served("--model", str(NANO_STEP)) as endpoint, client_of(endpoint) as client:
        yield client


@pytest.fixture(scope="module")
def starter():
    with served("--model", "starter") as endpoint, client_of(endpoint) as client:
        yield client


@contextlib.contextmanager
def client_of(endpoint):
    http = httpx.Client(trust_env=False, verify=False)
    base = f"{endpoint.base}/v1"
    with http, openai.OpenAI(base_url=base, api_key=endpoint.key, http_client=http) as client:
        yield client


def assert_greedy(tokens):
    """The chosen token is the likeliest, and probabilities are some."""
    assert tokens
    for token in tokens:
        assert token.logprob <= 0
        assert token.logprob == pytest.approx(token.top_logprobs[0].logprob)
        assert [one.logprob for one in token.top_logprobs] == sorted(
            (one.logprob for one in token.top_logprobs), reverse=True
        )
        assert sum(math.exp(one.logprob) for one in token.top_logprobs) <= 1.001


def test_a_chat_tells_every_token_of_its_text(starter):
    answer = starter.chat.completions.create(messages=SAID, logprobs=True, top_logprobs=3, **FEW)

    choice = answer.choices[0]
    tokens = choice.logprobs.content
    assert_greedy(tokens)
    assert all(len(token.top_logprobs) == 3 for token in tokens)
    assert "".join(token.token for token in tokens) == choice.message.content
    assert b"".join(bytes(token.bytes) for token in tokens).decode() == choice.message.content


def test_a_response_tells_the_same_tokens_in_its_events_and_its_item(starter):
    asked = {"model": "any", "input": "Good morning.", "max_output_tokens": 24, "temperature": 0}
    include = ["message.output_text.logprobs"]
    events = list(starter.responses.create(include=include, top_logprobs=2, stream=True, **asked))

    deltas = [event for event in events if event.type == "response.output_text.delta"]
    told = [token.token for event in deltas for token in event.logprobs]
    part = events[-1].response.output[0].content[0]
    assert "".join(told) == part.text
    assert [token.token for token in part.logprobs] == told
    assert_greedy(part.logprobs)


def test_what_is_thought_has_no_log_probabilities(step):
    answer = step.chat.completions.create(
        messages=SAID, logprobs=True, model="any", max_tokens=200, temperature=0
    )

    choice, usage = answer.choices[0], answer.usage
    told = [token.token for token in choice.logprobs.content]
    assert choice.message.reasoning_content
    assert "".join(told).strip() == choice.message.content.strip()
    assert len(told) < usage.completion_tokens


def test_a_completion_tells_every_token_with_its_place(step):
    answer = step.completions.create(prompt="Once upon a time", logprobs=2, **FEW)

    choice = answer.choices[0]
    told = choice.logprobs
    assert len(told.tokens) == answer.usage.completion_tokens
    assert told.text_offset[0] == 0
    assert told.text_offset == sorted(told.text_offset)
    for text, number, top in zip(told.tokens, told.token_logprobs, told.top_logprobs, strict=True):
        assert number == pytest.approx(max(top.values()))
        assert text in top


def test_a_stream_tells_the_same_as_the_whole_answer(step):
    whole = step.completions.create(prompt="Once upon a time", logprobs=2, **FEW)
    stream = step.completions.create(prompt="Once upon a time", logprobs=2, stream=True, **FEW)

    told = [chunk.choices[0].logprobs for chunk in stream if chunk.choices]
    tokens = [token for one in told if one for token in one.tokens]
    numbers = [number for one in told if one for number in one.token_logprobs]
    assert tokens == whole.choices[0].logprobs.tokens
    assert numbers == pytest.approx(whole.choices[0].logprobs.token_logprobs, abs=1e-3)
