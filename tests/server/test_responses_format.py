"""The events of a response, and the whole response they add up to."""

import pytest

from app.chat.messages import ToolCallPart
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFinished,
)
from app.engine.protocol import Timings, Usage
from app.server.errors import ApiError
from app.server.responses_format import ResponseWriter
from app.server.responses_parse import parse
from app.server.responses_store import ResponseStore

TOOLS = [
    {"type": "function", "name": "look", "parameters": {}},
    {"type": "custom", "name": "apply_patch"},
    {"type": "namespace", "name": "ns", "tools": [{"type": "function", "name": "look"}]},
]


def call(index, name, text, arguments):
    id_ = f"call_{index}"
    middle = len(text) // 2
    return [
        ToolCallStarted(index, id_, name),
        ToolCallDelta(index, text[:middle]),
        ToolCallDelta(index, text[middle:]),
        ToolCallEnded(index, ToolCallPart(id_, name, arguments)),
    ]


LOOK = call(0, "look", '{"path": "a"}', {"path": "a"})
IN_SPACE = call(1, "ns.look", "{}", {})
PATCH = call(2, "apply_patch", '{"input": "*** Begin"}', {"input": "*** Begin"})


def written(*updates, reason="stop", **fields):
    asked = parse({"model": "m", "input": "Hi", "tools": TOOLS} | fields, ResponseStore())
    writer = ResponseWriter(asked, "loaded")
    events = writer.start()
    for update in updates:
        events += writer.take(update)
    last = TurnFinished(reason, Usage(30, 20, 7), Timings(0, 0))
    return events + writer.finish(last, 3), writer.response


def kinds(events):
    return [event["type"].removeprefix("response.") for event in events]


def test_the_events_come_in_the_order_of_the_protocol():
    events, _ = written(
        ReasoningDelta("H"), ReasoningDelta("m"), ContentDelta("Look"), *LOOK, reasoning={}
    )

    assert kinds(events) == [
        *("created", "in_progress"),
        *("output_item.added", "content_part.added"),
        *("reasoning_text.delta", "reasoning_text.delta", "reasoning_text.done"),
        *("content_part.done", "output_item.done"),
        *("output_item.added", "content_part.added", "output_text.delta", "output_text.done"),
        *("content_part.done", "output_item.done"),
        *("output_item.added", "function_call_arguments.delta", "function_call_arguments.delta"),
        *("function_call_arguments.done", "output_item.done"),
        "completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_events_know_their_item_and_its_place():
    events, response = written(ReasoningDelta("Hm"), ContentDelta("Look"), *LOOK, reasoning={})

    for event in events:
        if "output_index" in event:
            item = response["output"][event["output_index"]]
            assert event.get("item_id", item["id"]) == item["id"]
            assert event.get("item", item)["id"] == item["id"]


@pytest.mark.parametrize(
    "updates",
    [
        [],
        [ContentDelta("a"), ContentDelta("b")],
        [ReasoningDelta("a"), ContentDelta("b")],
        [ReasoningDelta("a"), *LOOK, *IN_SPACE, *PATCH],
        [ContentDelta("a"), *LOOK, ContentDelta("b"), *PATCH],
    ],
)
def test_a_stream_adds_up_to_the_whole_response(updates):
    events, response = written(*updates)

    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == response["output"] == events[-1]["response"]["output"]
    assert all(item["status"] == "completed" for item in done)


def test_text_and_arguments_are_the_sum_of_their_deltas():
    events, response = written(ContentDelta("a"), ContentDelta("b"), *LOOK)

    told = {}
    for event in events:
        if "delta" in event:
            told[event["item_id"]] = told.get(event["item_id"], "") + event["delta"]
    message, function = response["output"]
    assert told == {message["id"]: "ab", function["id"]: '{"path": "a"}'}
    assert message["content"][0]["text"] == "ab"
    assert function["arguments"] == '{"path": "a"}'


def test_calls_are_told_under_the_names_of_the_client():
    _, response = written(*LOOK, *IN_SPACE, *PATCH)

    look, in_space, patch = response["output"]
    assert (look["type"], look["name"], look.get("namespace")) == ("function_call", "look", None)
    assert (in_space["name"], in_space["namespace"]) == ("look", "ns")
    assert (patch["type"], patch["name"], patch["input"]) == (
        "custom_tool_call",
        "apply_patch",
        "*** Begin",
    )


def test_the_input_of_a_custom_tool_is_told_as_text():
    events, _ = written(*PATCH)

    assert kinds(events)[2:-1] == [
        "output_item.added",
        *("custom_tool_call_input.delta", "custom_tool_call_input.done"),
        "output_item.done",
    ]
    assert events[3]["delta"] == events[4]["input"] == "*** Begin"


def test_reasoning_is_streamed_only_to_who_asks_and_is_in_every_response():
    silent, response = written(ReasoningDelta("Hm"), ContentDelta("a"))
    streamed, _ = written(ReasoningDelta("Hm"), ContentDelta("a"), reasoning={"effort": "high"})

    assert not any("reasoning" in kind for kind in kinds(silent))
    assert "reasoning_text.delta" in kinds(streamed)
    assert response["output"][0]["content"] == [{"type": "reasoning_text", "text": "Hm"}]
    assert response["output"][0]["summary"] == []


def test_sealed_reasoning_comes_when_it_is_included():
    _, plain = written(ReasoningDelta("Hm"))
    _, sealed = written(ReasoningDelta("Hm"), include=["reasoning.encrypted_content"])

    assert "encrypted_content" not in plain["output"][0]
    assert sealed["output"][0]["encrypted_content"].startswith("doorstep:")


def test_an_answer_cut_by_its_length_is_incomplete():
    events, response = written(ContentDelta("a"), *LOOK[:2], reason="length")

    assert kinds(events)[-1] == "incomplete"
    assert response["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert [item["type"] for item in response["output"]] == ["message"]
    assert response["completed_at"] is None


def test_the_usage_has_its_details():
    _, response = written(ContentDelta("a"))

    assert response["usage"] == {
        "input_tokens": 30,
        "input_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 37,
    }


@pytest.mark.parametrize(
    ("code", "told"),
    [("context_length_exceeded", "context_length_exceeded"), ("engine_died", "server_error")],
)
def test_a_failure_keeps_the_identity_of_the_response(code, told):
    writer = ResponseWriter(parse({"model": "m", "input": "Hi"}, ResponseStore()), None)
    created = writer.start()[0]["response"]

    event = writer.fail(ApiError(503, "Words.", code=code))

    assert event["type"] == "response.failed"
    assert event["response"]["error"] == {"code": told, "message": "Words."}
    assert event["response"]["id"] == created["id"]
    assert (created["status"], event["response"]["status"]) == ("in_progress", "failed")
