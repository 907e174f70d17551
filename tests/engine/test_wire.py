"""Every message survives the wire; anything else is refused."""

import io
import json
import struct

import pytest

from app.engine import protocol, wire
from app.engine.errors import AppError, context_overflow

REQUEST = protocol.GenerateRequest(
    "id",
    (
        protocol.PromptPart("<|im_start|>", special=True),
        protocol.PromptPart("你好 \ud800 \x00 👩‍👩‍👧"),
    ),
    protocol.SamplingParams(temperature=0, seed=3),
    max_tokens=5,
    stop=("END",),
    constraint=protocol.Constraint("start: /a+/", "</think>"),
)
USAGE = protocol.Usage(1, 2, 3)
MESSAGES = [
    wire.Load("engine_gguf", "/models/x.gguf", protocol.EngineOptions(context_length=4096)),
    wire.Submit(REQUEST),
    wire.Cancel("id"),
    wire.CountTokens(1, "text"),
    wire.CountPrompt(1, REQUEST.prompt),
    wire.ReadCounters(2),
    wire.Loading(0.5),
    wire.Ready(protocol.ModelInfo("n", "a", 10, None, notices=("one", "two")), 123),
    wire.LoadFailed(context_overflow(10, 5)),
    wire.Answer(1, 7),
    wire.Answer(2, protocol.EngineCounters(1, 2, 3, 4, 5)),
    protocol.Progress("id", 1, 2, 0),
    protocol.Piece("id", "text", 1),
    protocol.Finished("id", "stop", USAGE, protocol.Timings(0.1, 0.2)),
    protocol.Finished(
        "id", "stop", USAGE, protocol.Timings(0, 0), protocol.DraftStats(1, (2,), (1,))
    ),
    protocol.Failed("id", context_overflow(10, 5)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message):
    stream = io.BytesIO()

    wire.write_frame(stream, message)
    stream.seek(0)

    assert wire.read_frame(stream) == message


@pytest.mark.parametrize("text", ['"quoted" \\', "a\nb\x00\x1f", "门 🚪", "\ud800"])
def test_a_piece_may_hold_any_characters(text):
    stream = io.BytesIO()

    wire.write_frame(stream, protocol.Piece('id "1"', text, 2))
    stream.seek(0)

    assert wire.read_frame(stream) == protocol.Piece('id "1"', text, 2)


def test_frames_written_together_are_read_one_by_one():
    stream = io.BytesIO()

    wire.write_frame(stream, *MESSAGES)
    stream.seek(0)

    assert [wire.read_frame(stream) for _ in MESSAGES] == MESSAGES


def test_the_end_of_the_stream_is_none():
    assert wire.read_frame(io.BytesIO()) is None


@pytest.mark.parametrize("kept", [1, 3, 4, 10])
def test_a_frame_cut_off_counts_as_the_end(kept):
    stream = io.BytesIO()
    wire.write_frame(stream, wire.Cancel("id"))

    assert wire.read_frame(io.BytesIO(stream.getvalue()[:kept])) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"_": "os.system"}', b'{"_": "Cancel"}', b'{"no": "class"}'],
)
def test_a_body_that_is_no_message_is_refused(body):
    with pytest.raises(wire.WireError):
        wire.read_frame(io.BytesIO(struct.pack(">I", len(body)) + body))


def test_a_frame_of_impossible_size_is_refused_before_it_is_read():
    with pytest.raises(wire.WireError):
        wire.read_frame(io.BytesIO(b"\xff\xff\xff\xff"))


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": -1}, {"temperature": float("nan")}, {"top_k": -5}, {"top_p": 2},
        {"min_p": -0.1}, {"repetition_penalty": 0}, {"seed": -1}, {"seed": 2**40},
        {"temperature": "hot"}, {"frequency_penalty": 1e9}, {"top_k": True},
    ],
)  # fmt: skip
def test_sampling_out_of_range_is_refused_before_native_code(changes):
    with pytest.raises(AppError, match=next(iter(changes))):
        protocol.SamplingParams(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"context_length": -5}, {"context_length": 0}, {"context_length": 15},
        {"context_length": 2**40}, {"context_length": "long"}, {"threads": -3}, {"threads": 0},
        {"threads": 100_000}, {"draft_depth": -1}, {"draft_depth": 4}, {"kv_type": "q2"},
        {"cache_memory_bytes": -1}, {"cache_disk_bytes": 2**70},
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused_before_native_code(changes):
    with pytest.raises(AppError, match=next(iter(changes))):
        protocol.EngineOptions(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_tokens": -1}, {"max_tokens": 0}, {"max_tokens": 2**31}, {"top_logprobs": -1},
        {"top_logprobs": 21}, {"stop": ("",)}, {"stop": ("x" * 257,)}, {"stop": ("x",) * 17},
        {"keep_as": "../outside"},
    ],
)  # fmt: skip
def test_a_request_out_of_range_is_refused_before_native_code(changes):
    with pytest.raises(AppError):
        protocol.GenerateRequest("a", (protocol.PromptPart("x"),), **changes)


def test_a_frame_from_the_other_side_is_checked_like_one_from_here():
    bad = wire.encode(protocol.SamplingParams()) | {"top_k": -1}

    with pytest.raises(AppError):
        wire.decode(json.loads(json.dumps(bad)))
