"""An answer in the form of the Anthropic Messages protocol: its events, and the whole message.

Both come from one writer, so that a stream adds up to what the whole answer would have been.
"""

import base64
import hashlib
import uuid
from typing import Any

from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFinished,
    TurnUpdate,
)
from app.engine.protocol import Usage
from app.server import sse
from app.server.gathered import Gathered
from app.server.messages_parse import MessagesRequest

_Event = dict[str, Any]


class MessageWriter:
    """Writes one answer: ``take`` every update, ``finish`` with the last."""

    def __init__(self, model: str, asked: MessagesRequest) -> None:
        self._reasoning = Gathered()
        self._said = Gathered()  # of the open block
        self._mould: sse.Mould | None = None  # for more of it
        self._shows_thinking = asked.shows_thinking
        self._stops = asked.turn.stop
        self._blocks: list[dict[str, Any]] = []
        self._open: str | None = None  # the type of the last block, while it grows
        self._cut: int | None = None  # a call that the end of the answer cut short
        self._message: dict[str, Any] = {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
        }

    def start(self, prompt: PromptProgress | None) -> _Event:
        """message_start, with what is known of the prompt by now."""
        read = Usage(prompt.total, prompt.cached, 0) if prompt else Usage(0, 0, 0)
        return {"type": "message_start", "message": self._message | {"usage": _usage(read, 0)}}

    @property
    def reasoning(self) -> str:
        return str(self._reasoning)

    def frames(self, update: TurnUpdate) -> bytes:
        """As ``take``, as server-sent events; more of the same text costs little."""
        match update, self._open:
            case (ContentDelta(text), "text") | (ReasoningDelta(text), "thinking"):
                if self._mould is None:
                    self._mould = sse.Mould(sse.event(self._more(sse.BLANK_TEXT)))
                self._said.add(text)
                if self._open == "thinking":
                    self._reasoning.add(text)
                return self._mould.cast(text)
        return b"".join(map(sse.event, self.take(update)))

    def take(self, update: TurnUpdate) -> list[_Event]:
        match update:
            case ReasoningDelta(text):
                self._reasoning.add(text)
                if not self._shows_thinking:
                    return []
                opening = self._enter("thinking", {"thinking": "", "signature": ""})
                return [*opening, self._say(text)]
            case ContentDelta(text):
                opening = self._enter("text", {"text": "", "citations": None})
                return [*opening, self._say(text)]
            case ToolCallStarted(_, id_, name):
                call = {"id": id_, "name": name, "input": {}, "caller": {"type": "direct"}}
                return [*self._leave(), *self._enter("tool_use", call)]
            case ToolCallDelta(_, text):
                return [self._delta("input_json_delta", "partial_json", text)]
            case ToolCallEnded(_, call):
                self._blocks[-1]["input"] = call.arguments
                return self._leave()
        return []

    def finish(self, last: TurnFinished, thinking_tokens: int) -> list[_Event]:
        """The closing events. ``message`` is complete from here on."""
        if self._open == "tool_use":
            self._cut = len(self._blocks) - 1
        events = self._leave()
        if not self._blocks:  # clients read the first block without looking
            events += [*self._enter("text", {"text": "", "citations": None}), *self._leave()]
        stop = self._stop(last) | {"stop_details": None, "container": None}
        usage = _usage(last.usage, min(thinking_tokens, last.usage.completion_tokens))
        self._message |= stop | {"usage": usage}
        told = {name: usage[name] for name in _TOLD_AT_THE_END}
        return [
            *events,
            {"type": "message_delta", "delta": stop, "usage": told},
            {"type": "message_stop"},
        ]

    @property
    def message(self) -> dict[str, Any]:
        """The whole message; a call that was cut short has no valid input and is left out."""
        content = [block for at, block in enumerate(self._blocks) if at != self._cut]
        return self._message | {"content": content}

    def _stop(self, last: TurnFinished) -> dict[str, Any]:
        if last.reason != "length" and last.stop in self._stops:
            return {"stop_reason": "stop_sequence", "stop_sequence": last.stop}
        calls = any(block["type"] == "tool_use" for block in self._blocks)
        ended = "tool_use" if calls and self._cut is None else "end_turn"
        reason = "max_tokens" if last.reason == "length" else ended
        return {"stop_reason": reason, "stop_sequence": None}

    def _enter(self, kind: str, fields: dict[str, Any]) -> list[_Event]:
        """Open a block of this kind, unless one is open."""
        if self._open == kind:
            return []
        events = self._leave()
        block = {"type": kind, **fields}
        self._open, self._mould = kind, None
        self._said.clear()
        self._blocks.append(block)
        return [*events, self._event("content_block_start", content_block=dict(block))]

    def _leave(self) -> list[_Event]:
        """Close the open block; thinking is signed first."""
        if self._open is None:
            return []
        signing = []
        block = self._blocks[-1]
        if self._open in ("text", "thinking"):
            block[self._open] = str(self._said)
        if self._open == "thinking":
            block["signature"] = _signature(block["thinking"])
            signing = [self._delta("signature_delta", "signature", block["signature"])]
        self._open = None
        return [*signing, self._event("content_block_stop")]

    def _say(self, text: str) -> _Event:
        self._said.add(text)
        return self._more(text)

    def _more(self, text: str) -> _Event:
        """Of the open text or thinking."""
        assert self._open is not None
        return self._delta(f"{self._open}_delta", self._open, text)

    def _delta(self, kind: str, name: str, text: str) -> _Event:
        return self._event("content_block_delta", delta={"type": kind, name: text})

    def _event(self, kind: str, **fields: Any) -> _Event:  # noqa: ANN401
        return {"type": kind, "index": len(self._blocks) - 1, **fields}


_TOLD_AT_THE_END = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
    "server_tool_use",
)


def _usage(usage: Usage, thinking_tokens: int) -> dict[str, Any]:
    """``input_tokens`` counts only what was computed; the rest was read from the cache."""
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"thinking_tokens": thinking_tokens},
        "server_tool_use": None,
        "service_tier": "standard",
        "inference_geo": None,
    }


def _signature(thinking: str) -> str:
    """Clients demand one and send it back; it proves nothing and is never checked."""
    return base64.b64encode(hashlib.sha256(thinking.encode("utf-8", "replace")).digest()).decode()
