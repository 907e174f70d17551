"""An answer in the form of the Responses protocol: its events, and the whole response.

Both come from one writer, so that a stream adds up to what the whole answer would have been.
"""

import time
import uuid
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
from app.engine.protocol import Usage
from app.server.errors import ApiError
from app.server.responses_items import seal
from app.server.responses_parse import ResponsesRequest
from app.server.responses_tools import custom_input

_Event = dict[str, Any]
_ERROR_CODES = ("context_length_exceeded", "rate_limit_exceeded", "internal_error")


class ResponseWriter:
    """Writes one answer: ``start``, ``take`` every update, then ``finish`` or ``fail``."""

    def __init__(self, asked: ResponsesRequest, model: str | None) -> None:
        self.reasoning = ""
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

    def take(self, update: TurnUpdate) -> list[_Event]:
        match update:
            case ReasoningDelta(text):
                self.reasoning += text
                return [*self._enter("reasoning"), *self._grow_reasoning(text)]
            case ContentDelta(text):
                return [*self._enter("message"), *self._grow_message(text)]
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
        output = [item for at, item in enumerate(self._items) if at != self._cut]
        return self._response | {"output": output}

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
        self._open = kind
        self._items.append(item)
        events.append(self._event("response.output_item.added", item=dict(item)))
        if kind in _PARTS:
            item["content"] = [dict(_PARTS[kind])]
        if self._tells_parts(kind):
            events.append(self._part("response.content_part.added", dict(_PARTS[kind])))
        return events

    def _tells_parts(self, kind: str) -> bool:
        return kind == "message" or (kind == "reasoning" and self._asked.streams_reasoning)

    def _leave(self, status: str = "completed") -> list[_Event]:
        """Close the open item."""
        if self._open is None:
            return []
        kind, item = self._open, self._items[-1]
        self._open = None
        item["status"] = status
        if kind == "reasoning" and self._asked.seals_reasoning:
            item["encrypted_content"] = seal(item["content"][0]["text"])
        events = []
        if self._tells_parts(kind):
            part = item["content"][0]
            done = {"text": part["text"]} | ({"logprobs": []} if kind == "message" else {})
            events = [
                self._part(f"response.{part['type']}.done", **done),
                self._part("response.content_part.done", dict(part)),
            ]
        return [*events, self._event("response.output_item.done", item=dict(item))]

    def _grow_message(self, text: str) -> list[_Event]:
        self._items[-1]["content"][0]["text"] += text
        return [self._part("response.output_text.delta", delta=text, logprobs=[])]

    def _grow_reasoning(self, text: str) -> list[_Event]:
        self._items[-1]["content"][0]["text"] += text
        if not self._asked.streams_reasoning:
            return []
        return [self._part("response.reasoning_text.delta", delta=text)]

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


def _usage(usage: Usage, reasoning_tokens: int) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
