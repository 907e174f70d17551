"""An answer in the form of the Responses protocol: its events, and the whole response.

Both come from one writer, so that a stream adds up to what the whole answer would have been.
"""

import copy
import time
import uuid
from collections.abc import Sequence
from typing import Any

from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFinished,
    TurnUpdate,
)
from app.engine.protocol import TokenLogprobs, Usage
from app.server import sse
from app.server.errors import ApiError
from app.server.gathered import Gathered
from app.server.logprobs import chat_logprobs, event_logprobs
from app.server.responses_items import seal
from app.server.responses_parse import ResponsesRequest
from app.server.responses_tools import custom_input

_Event = dict[str, Any]
_ERROR_CODES = ("context_length_exceeded", "rate_limit_exceeded", "internal_error")


class ResponseWriter:
    """Writes one answer: ``start``, ``take`` every update, then ``finish`` or ``fail``."""

    def __init__(self, asked: ResponsesRequest, model: str | None) -> None:
        self._reasoning = Gathered()
        self._said = Gathered()  # of the open item
        self._mould: sse.Mould | None = None  # for more of it
        self._asked = asked
        self._items: list[dict[str, Any]] = []
        self._open: str | None = None  # the type of the last item, while it grows
        self._cut: int | None = None  # a call that the end of the answer cut short
        self._sequence = 0
        self._response: dict[str, Any] = {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "completed_at": None,
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "output": [],
            "usage": None,
            **asked.told_back,
        }
        if model is not None:
            self._response["model"] = model

    def start(self) -> list[_Event]:
        return [self._told("response.created"), self.heartbeat()]

    def heartbeat(self) -> _Event:
        """A real event: clients of this protocol do not count comments as life."""
        return self._told("response.in_progress")

    @property
    def reasoning(self) -> str:
        return str(self._reasoning)

    def frames(self, update: TurnUpdate) -> bytes:
        """As ``take``, as server-sent events; more of the same text costs little."""
        match update, self._open:
            case ContentDelta(text, ()), "message":
                return self._more(text)
            case ReasoningDelta(text), "reasoning":
                self._reasoning.add(text)
                return self._more(text)
        return b"".join(map(sse.event, self.take(update)))

    def take(self, update: TurnUpdate) -> list[_Event]:
        match update:
            case ReasoningDelta(text):
                self._reasoning.add(text)
                return [*self._enter("reasoning"), *self._grow(text)]
            case ContentDelta(text, logprobs):
                return [*self._enter("message"), *self._grow(text, logprobs)]
            case ToolCallStarted():
                return [*self._leave(), *self._begin_call(update)]
            case ToolCallDelta(_, text):
                return self._grow_call(text)
            case ToolCallEnded():
                return self._end_call(update)
        return []

    def finish(self, last: TurnFinished, reasoning_tokens: int) -> list[_Event]:
        """The closing events. ``response`` is complete from here on."""
        is_cut = last.reason == "length"
        if self._open in ("function_call", "custom_tool_call"):
            self._cut = len(self._items) - 1
        events = self._leave("incomplete" if is_cut else "completed")
        self._response |= {
            "status": "incomplete" if is_cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
            "completed_at": None if is_cut else int(time.time()),
            "usage": _usage(last.usage, min(reasoning_tokens, last.usage.completion_tokens)),
        }
        kind = "response.incomplete" if is_cut else "response.completed"
        return [*events, self._told(kind)]

    def fail(self, error: ApiError) -> _Event:
        """The last event of a stream that has begun."""
        code = error.code if error.code in _ERROR_CODES else "server_error"
        self._response |= {"status": "failed", "error": {"code": code, "message": error.message}}
        return self._told("response.failed")

    @property
    def response(self) -> dict[str, Any]:
        """The response as far as it is written; a call that was cut short is left out."""
        self._gather()
        output = [item for at, item in enumerate(self._items) if at != self._cut]
        return self._response | {"output": output}

    def _gather(self) -> None:
        """Put what was said into the item it belongs to."""
        if self._said and self._open in _PARTS:
            self._items[-1]["content"][0]["text"] += str(self._said)
        self._said.clear()

    def _more(self, text: str) -> bytes:
        """Of the open item."""
        self._said.add(text)
        if not self._tells_parts(self._open):
            return b""
        if self._mould is None:
            blank = self._delta(sse.BLANK_TEXT) | {"sequence_number": sse.BLANK_NUMBER}
            self._mould = sse.Mould(sse.event(blank))
            self._sequence -= 1
        self._sequence += 1
        return self._mould.cast(text, self._sequence - 1)

    def _begin_call(self, started: ToolCallStarted) -> list[_Event]:
        origin = self._asked.toolbox.origin(started.name)
        named = {"call_id": started.id, "name": origin.name}
        if origin.namespace is not None:
            named["namespace"] = origin.namespace
        if origin.is_custom:
            return self._enter("custom_tool_call", named | {"input": ""})
        return self._enter("function_call", named | {"arguments": ""})

    def _enter(self, kind: str, fields: dict[str, Any] | None = None) -> list[_Event]:
        """Add an item of this kind, unless one is open."""
        if self._open == kind:
            return []
        events = self._leave()
        prefix, empty = _KINDS[kind]
        id_ = f"{prefix}_{uuid.uuid4().hex}"
        item = {"type": kind, "id": id_, "status": "in_progress", **empty, **(fields or {})}
        self._open, self._mould = kind, None
        self._items.append(item)
        events.append(self._event("response.output_item.added", item=dict(item)))
        if kind in _PARTS:
            item["content"] = [copy.deepcopy(_PARTS[kind])]
        if self._tells_parts(kind):
            events.append(self._part("response.content_part.added", dict(_PARTS[kind])))
        return events

    def _tells_parts(self, kind: str | None) -> bool:
        return kind == "message" or (kind == "reasoning" and self._asked.streams_reasoning)

    def _leave(self, status: str = "completed") -> list[_Event]:
        """Close the open item."""
        if self._open is None:
            return []
        self._gather()
        kind, item = self._open, self._items[-1]
        self._open = None
        item["status"] = status
        if kind == "reasoning" and self._asked.seals_reasoning:
            item["encrypted_content"] = seal(item["content"][0]["text"])
        events = []
        if self._tells_parts(kind):
            part = item["content"][0]
            done = {"text": part["text"]}
            if kind == "message":
                done["logprobs"] = [_without_bytes(token) for token in part["logprobs"]]
            events = [
                self._part(f"response.{part['type']}.done", **done),
                self._part("response.content_part.done", dict(part)),
            ]
        return [*events, self._event("response.output_item.done", item=dict(item))]

    def _grow(self, text: str, logprobs: Sequence[TokenLogprobs] = ()) -> list[_Event]:
        self._said.add(text)
        if logprobs:
            self._items[-1]["content"][0]["logprobs"] += chat_logprobs(logprobs)
        return [self._delta(text, logprobs)] if self._tells_parts(self._open) else []

    def _delta(self, text: str, logprobs: Sequence[TokenLogprobs] = ()) -> _Event:
        if self._open == "reasoning":
            return self._part("response.reasoning_text.delta", delta=text)
        told = event_logprobs(logprobs)
        return self._part("response.output_text.delta", delta=text, logprobs=told)

    def _grow_call(self, text: str) -> list[_Event]:
        """Arguments as they come; the input of a custom tool is told once it is whole."""
        if self._open != "function_call":
            return []
        item = self._items[-1]
        item["arguments"] += text
        kind = "response.function_call_arguments.delta"
        return [self._event(kind, item_id=item["id"], delta=text)]

    def _end_call(self, ended: ToolCallEnded) -> list[_Event]:
        item = self._items[-1]
        if self._open == "function_call":
            whole = {"arguments": item["arguments"]}
            kind = "response.function_call_arguments.done"
            return [self._event(kind, item_id=item["id"], **whole), *self._leave()]
        text = custom_input(ended.call)
        item["input"] = text
        kind = "response.custom_tool_call_input"
        return [
            self._event(f"{kind}.delta", item_id=item["id"], delta=text),
            self._event(f"{kind}.done", item_id=item["id"], input=text),
            *self._leave(),
        ]

    def _part(self, kind: str, part: dict[str, Any] | None = None, **fields: Any) -> _Event:  # noqa: ANN401
        more = {"part": part} if part is not None else {}
        item_id = self._items[-1]["id"]
        return self._event(kind, item_id=item_id, content_index=0, **more, **fields)

    def _event(self, kind: str, **fields: Any) -> _Event:  # noqa: ANN401
        return self._numbered(kind, {"output_index": len(self._items) - 1, **fields})

    def _told(self, kind: str) -> _Event:
        return self._numbered(kind, {"response": self.response})

    def _numbered(self, kind: str, fields: dict[str, Any]) -> _Event:
        event = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return event


# The prefix of its id, and the fields of an item that has just begun.
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "message": ("msg", {"role": "assistant", "content": []}),
    "reasoning": ("rs", {"summary": [], "content": []}),
    "function_call": ("fc", {}),
    "custom_tool_call": ("ctc", {}),
}
_PARTS: dict[str, dict[str, Any]] = {
    "message": {"type": "output_text", "text": "", "annotations": [], "logprobs": []},
    "reasoning": {"type": "reasoning_text", "text": ""},
}


def _without_bytes(token: dict[str, Any]) -> dict[str, Any]:
    """As events have it; items have the bytes too."""
    plain = {"token": token["token"], "logprob": token["logprob"]}
    top = [{"token": one["token"], "logprob": one["logprob"]} for one in token["top_logprobs"]]
    return plain | {"top_logprobs": top}


def _usage(usage: Usage, reasoning_tokens: int) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
