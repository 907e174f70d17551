"""Frames between the app and an engine worker: a length, then one JSON object.

A frame is 4 bytes of length (big endian) and UTF-8 JSON. Dataclasses travel as objects with their
class name under ``"_"``. Either side reads frames only of the classes listed here.
"""

import json
import struct
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import IO, Any

from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import (
    Constraint,
    DraftStats,
    EngineCounters,
    EngineOptions,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    ModelInfo,
    Piece,
    Progress,
    PromptPart,
    SamplingParams,
    Timings,
    TokenLogprob,
    TokenLogprobs,
    Usage,
)

MAX_FRAME_BYTES = 512 * 1024 * 1024

_LENGTH = struct.Struct(">I")
# Made once: json.dumps with options makes an encoder for every call.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Load:
    """First frame to a worker: which engine package opens which file."""

    engine: str
    model: str
    options: EngineOptions
    is_probe: bool = False  # open, decode a few tokens, exit with 0


@dataclass(frozen=True, slots=True)
class Submit:
    request: GenerateRequest


@dataclass(frozen=True, slots=True)
class Cancel:
    request_id: str


@dataclass(frozen=True, slots=True)
class CountTokens:
    call_id: int
    text: str


@dataclass(frozen=True, slots=True)
class CountPrompt:
    call_id: int
    prompt: tuple[PromptPart, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    call_id: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadCounters:
    call_id: int


@dataclass(frozen=True, slots=True)
class Loading:
    """The model is being loaded: 0..1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Ready:
    model: ModelInfo
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class LoadFailed:
    error: AppError


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of the call with the same id; an AppError where it failed."""

    call_id: int
    value: "CallResult"


CallResult = int | EngineCounters | tuple[tuple[float, ...], ...] | AppError
ToWorker = Load | Submit | Cancel | CountTokens | CountPrompt | Embed | ReadCounters
FromWorker = Loading | Ready | LoadFailed | Answer | Event

_CLASSES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        *(Load, Submit, Cancel, CountTokens, CountPrompt, Embed, ReadCounters),
        *(Loading, Ready, LoadFailed, Answer),
        *(Progress, Piece, Finished, Failed, GenerateRequest, PromptPart, SamplingParams),
        *(Usage, Timings, ModelInfo, EngineOptions, EngineCounters, Constraint, DraftStats),
        *(TokenLogprob, TokenLogprobs),
    )
}


class WireError(Exception):
    """The other side sent something that is not a frame."""


def write_frame(stream: IO[bytes], *messages: ToWorker | FromWorker) -> None:
    """Write a frame for each message, all at once. Raises OSError when the other side is gone."""
    stream.write(b"".join(map(_frame, messages)))
    stream.flush()


def _frame(message: ToWorker | FromWorker) -> bytes:
    if isinstance(message, Piece) and not message.logprobs:  # one for every token: keep it cheap
        body = (
            f'{{"_":"Piece","request_id":{_quoted(message.request_id)},'
            f'"text":{_quoted(message.text)},"token_count":{message.token_count}}}'
        )
    else:
        body = _to_json(encode(message))
    data = body.encode("utf-8", "surrogatepass")
    if len(data) > MAX_FRAME_BYTES:
        raise WireError(f"frame of {len(data)} bytes")
    return _LENGTH.pack(len(data)) + data


def read_frame(stream: IO[bytes]) -> object:
    """Read one frame; None at the end of the stream. Raises WireError for anything else."""
    untrusted_head = stream.read(_LENGTH.size)
    if not untrusted_head:
        return None
    if len(untrusted_head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(untrusted_head)
    if size > MAX_FRAME_BYTES:
        raise WireError(f"frame of {size} bytes")
    untrusted_body = stream.read(size)
    if len(untrusted_body) < size:
        return None
    try:
        return decode(json.loads(untrusted_body.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, KeyError, AppError) as error:
        raise WireError(str(error)) from error


def encode(value: object) -> object:
    """The JSON form of a value."""
    if isinstance(value, AppError):
        return {
            "_": "AppError",
            "kind": value.kind.value,
            "title": value.title,
            "message": value.message,
            "context": value.context,
        }
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        return {"_": type(value).__name__, **found}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def decode(value: object) -> object:
    """The value of a JSON form; lists become tuples. Raises KeyError, TypeError, ValueError."""
    if isinstance(value, list):
        return tuple(decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    found = dict(value)
    name = found.pop("_", None)
    if name == "AppError":
        return AppError(
            ErrorKind(found["kind"]), found["title"], found["message"], found["context"]
        )
    for key, item in found.items():
        if isinstance(item, dict | list):
            found[key] = decode(item)
    return _CLASSES[name](**found)
