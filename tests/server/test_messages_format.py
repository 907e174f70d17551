"""The events of an Anthropic answer, and the message they add up to."""

import json

import pytest

from app.chat.messages import ToolCallPart
from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFinished,
    TurnRequest,
)
from app.engine.protocol import SamplingParams, Timings, Usage
from app.server.messages_format import MessageWriter
from app.server.messages_parse import MessagesRequest

CALL = [
    ToolCallStarted(0, "call_1", "look"),
    ToolCallDelta(0, '{"path": '),
    ToolCallDelta(0, '"a"}'),
    ToolCallEnded(0, ToolCallPart("call_1", "look", {"path": "a"})),
]
SECOND = [
    ToolCallStarted(1, "call_2", "stop"),
    ToolCallDelta(1, "{}"),
    ToolCallEnded(1, ToolCallPart("call_2", "stop", {})),
]


def written(*updates, reason="stop", stop=None, shows_thinking=True):
    turn = TurnRequest((), SamplingParams(), stop=("END",))
    writer = MessageWriter("m", MessagesRequest(turn, True, shows_thinking))
    events = [writer.start(PromptProgress(30, 30, 20))]
    for update in updates:
        events += writer.take(update)
    last = TurnFinished(reason, Usage(30, 20, 7), Timings(0, 0), stop)
    return events + writer.finish(last, 3), writer.message


def kinds(events):
    return [event["type"].removeprefix("content_") for event in events]


def rebuilt(events):
    """What a client makes of the stream."""
    blocks = []
    for event in events:
        if event["type"] == "content_block_start":
            blocks.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            assert event["index"] == len(blocks) - 1
            (name, value) = next(p for p in event["delta"].items() if p[0] != "type")
            blocks[-1][name] = blocks[-1].get(name, "") + value
    for block in blocks:
        if "partial_json" in block:
            block["input"] = json.loads(block.pop("partial_json"))
    return blocks


def test_the_events_come_in_the_order_of_the_protocol():
    events, _ = written(ReasoningDelta("Hm"), ContentDelta("I "), ContentDelta("look"), *CALL)

    assert kinds(events) == [
        "message_start",
        *("block_start", "block_delta", "block_delta", "block_stop"),  # the second one signs
        *("block_start", "block_delta", "block_delta", "block_stop"),
        *("block_start", "block_delta", "block_delta", "block_stop"),
        "message_delta",
        "message_stop",
    ]
    assert [e["delta"]["type"] for e in events if e["type"] == "content_block_delta"] == [
        *("thinking_delta", "signature_delta"),
        *("text_delta", "text_delta"),
        *("input_json_delta", "input_json_delta"),
    ]


@pytest.mark.parametrize(
    "updates",
    [
        [],
        [ContentDelta("a")],
        [ReasoningDelta("a"), ReasoningDelta("b"), ContentDelta("c")],
        [ReasoningDelta("a")],
        [*CALL, *SECOND],
        [ContentDelta("a"), *CALL, ContentDelta("b"), *SECOND],
    ],
)
def test_a_stream_adds_up_to_the_whole_message(updates):
    events, message = written(*updates)

    assert rebuilt(events) == message["content"]


def test_thinking_is_signed_before_its_block_ends():
    events, message = written(ReasoningDelta("Hm"), ContentDelta("Hi"))

    thinking = message["content"][0]
    assert thinking["thinking"] == "Hm"
    assert thinking["signature"] == events[3]["delta"]["signature"] != ""


def test_thinking_that_nobody_asked_for_is_not_shown():
    events, message = written(ReasoningDelta("Hm"), ContentDelta("Hi"), shows_thinking=False)

    assert [block["type"] for block in message["content"]] == ["text"]
    assert "Hm" not in json.dumps(events)


def test_an_answer_without_a_word_still_has_a_block():
    _, message = written(ReasoningDelta("Hm"), shows_thinking=False)

    assert message["content"] == [{"type": "text", "text": "", "citations": None}]


@pytest.mark.parametrize(
    ("updates", "reason", "stop", "told"),
    [
        ([ContentDelta("a")], "stop", None, "end_turn"),
        ([ContentDelta("a")], "stop", "END", "stop_sequence"),
        ([ContentDelta("a")], "length", None, "max_tokens"),
        (CALL, "stop", None, "tool_use"),
        (CALL, "stop", "</tool_call>", "tool_use"),
        (CALL, "length", None, "max_tokens"),
        (CALL[:2], "stop", None, "end_turn"),
    ],
)
def test_the_reason_for_the_end_is_told(updates, reason, stop, told):
    events, message = written(*updates, reason=reason, stop=stop)

    assert message["stop_reason"] == events[-2]["delta"]["stop_reason"] == told
    assert message["stop_sequence"] == events[-2]["delta"]["stop_sequence"]
    assert message["stop_sequence"] == (stop if told == "stop_sequence" else None)


def test_a_call_that_was_cut_short_is_closed_in_the_stream_and_not_in_the_message():
    events, message = written(ContentDelta("a"), *CALL[:2], reason="length")

    assert kinds(events)[-3:] == ["block_stop", "message_delta", "message_stop"]
    assert [block["type"] for block in message["content"]] == ["text"]


def test_the_usage_tells_computed_and_cached_tokens_apart():
    events, message = written(ReasoningDelta("Hm"), ContentDelta("a"))

    start, end = events[0]["message"]["usage"], events[-2]["usage"]
    assert (start["input_tokens"], start["cache_read_input_tokens"]) == (10, 20)
    assert (end["input_tokens"], end["cache_read_input_tokens"]) == (10, 20)
    assert (start["output_tokens"], end["output_tokens"]) == (0, 7)
    assert end["output_tokens_details"] == {"thinking_tokens": 3}
    assert message["usage"].items() >= end.items()
