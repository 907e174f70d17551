"""Log probabilities as each protocol tells them, streamed and whole alike."""

import json
import math

import pytest

from app.chat.turn import ContentDelta, ReasoningDelta, TurnFinished
from app.engine.protocol import Timings, TokenLogprob, TokenLogprobs, Usage
from app.server.chat_format import ChatWriter
from app.server.chat_parse import parse as parse_chat
from app.server.chat_stream import ChatStream
from app.server.completions import parse as parse_completion
from app.server.errors import ApiError
from app.server.logprobs import chat_logprobs, completion_logprobs
from app.server.responses_format import ResponseWriter
from app.server.responses_parse import parse as parse_response
from app.server.responses_store import ResponseStore
from app.server.responses_tools import read_tools
from tests.server.conftest import ask

LAST = TurnFinished("stop", Usage(3, 0, 4), Timings(0.1, 0.1))


def token(text, *others, logprob=-0.5):
    top = tuple(TokenLogprob(other, -1.0 - at) for at, other in enumerate(others))
    return TokenLogprobs(TokenLogprob(text, logprob), top)


SAID = [
    ReasoningDelta("Hm."),
    ContentDelta("Hi", (token("Hi", "Hi", "Ho"),)),
    ContentDelta(" 日", (token(" "), token("\ufffd"), token("\ufffd"))),
]


def events(frames):
    lines = frames.decode().split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_a_chat_stream_adds_up_to_the_whole_answer():
    whole, writer = ChatWriter(None, read_tools([])), ChatWriter(None, read_tools([]))
    for update in SAID:
        whole.take(update)
    stream = ChatStream(writer, wants_usage=False)

    chunks = [event for update in SAID for event in events(stream.tell(update))]

    told = [chunk["choices"][0]["logprobs"] for chunk in chunks]
    choice = whole.whole(LAST, 1)["choices"][0]
    assert told[0] is None
    assert told[1]["content"] + told[2]["content"] == choice["logprobs"]["content"]
    assert choice["logprobs"]["refusal"] is None


def test_a_token_has_its_bytes_unless_they_are_no_whole_characters():
    first, second = chat_logprobs([token("é"), token("\ufffd")])

    assert first == {"token": "é", "logprob": -0.5, "bytes": [0xC3, 0xA9], "top_logprobs": []}
    assert second["bytes"] is None


def test_a_probability_of_nothing_is_still_json():
    (told,) = chat_logprobs([token("a", logprob=-math.inf)])

    assert told["logprob"] == -9999.0


def test_the_older_form_tells_where_each_token_begins():
    told = completion_logprobs([token("Hi", "Hi"), token(" you")], 4)

    assert told == {
        "tokens": ["Hi", " you"],
        "token_logprobs": [-0.5, -0.5],
        "top_logprobs": [{"Hi": -1.0}, {}],
        "text_offset": [4, 6],
    }


@pytest.mark.parametrize(
    "asked", [{"include": ["message.output_text.logprobs"]}, {"top_logprobs": 2}]
)
def test_a_response_tells_them_in_events_and_in_its_item(asked):
    body = {"model": "any", "input": "Hi", **asked}
    writer = ResponseWriter(parse_response(body, ResponseStore()), "nano")

    told = [event for update in SAID for event in events(writer.frames(update))]
    done = {event["type"]: event for event in writer.finish(LAST, 0)}

    deltas = [event for event in told if event["type"] == "response.output_text.delta"]
    seen = [one for event in deltas for one in event["logprobs"]]
    part = writer.response["output"][-1]["content"][0]
    assert [one["token"] for one in seen] == ["Hi", " ", "\ufffd", "\ufffd"]
    assert [one["token"] for one in part["logprobs"]] == [one["token"] for one in seen]
    assert "bytes" in part["logprobs"][0]
    assert done["response.output_text.done"]["logprobs"] == seen
    assert writer.response["top_logprobs"] == asked.get("top_logprobs", 0)


def test_two_answers_do_not_share_their_logprobs():
    asked = parse_response({"model": "any", "input": "Hi"}, ResponseStore())
    first, second = ResponseWriter(asked, "nano"), ResponseWriter(asked, "nano")

    first.take(SAID[1])
    second.take(ContentDelta("Hi"))

    assert second.response["output"][0]["content"][0]["logprobs"] == []


@pytest.mark.parametrize(
    ("fields", "top"),
    [
        ({}, None),
        ({"logprobs": False}, None),
        ({"logprobs": None, "top_logprobs": None}, None),
        ({"logprobs": True}, 0),
        ({"logprobs": True, "top_logprobs": 20}, 20),
    ],
)
def test_a_chat_asks_for_so_many(fields, top):
    assert parse_chat(ask("Hi", **fields)).turn.top_logprobs == top


@pytest.mark.parametrize(
    ("wanted", "top"), [(None, None), (False, None), (True, 0), (0, 0), (5, 5), (20, 20)]
)
def test_a_completion_asks_for_so_many(wanted, top):
    body = {"model": "any", "prompt": "Once", "logprobs": wanted}

    assert parse_completion(body).turn.top_logprobs == top


@pytest.mark.parametrize("fields", [{"top_logprobs": -1}, {"top_logprobs": 21}])
def test_too_many_are_refused_in_a_response(fields):
    with pytest.raises(ApiError, match="between 0 and 20"):
        parse_response({"model": "any", "input": "Hi", **fields}, ResponseStore())
