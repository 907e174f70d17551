"""Writes a turn in the chat protocol: every field that its schema requires, streamed and whole."""

import time
import uuid
from typing import Any

from app.chat.messages import ToolCallPart
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnFinished,
    TurnUpdate,
)
from app.engine.protocol import FinishReason, ModelInfo, Usage
from app.server.gathered import Gathered
from app.server.logprobs import chat_logprobs
from app.server.responses_tools import Toolbox, custom_input
from app.server.status import fingerprint


class ChatWriter:
    """One answer: gives the deltas of a stream and gathers the message of a whole answer."""

    def __init__(self, model: ModelInfo | None, toolbox: Toolbox) -> None:
        self._reasoning = Gathered()
        self._content = Gathered()
        self._logprobs: list[dict[str, Any]] = []
        self._calls: dict[int, dict[str, Any]] = {}
        self._has_called = False
        self._toolbox = toolbox
        self._envelope = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": model.name if model else "",
            "system_fingerprint": fingerprint(model),
            "service_tier": "default",
        }

    @property
    def reasoning(self) -> str:
        return str(self._reasoning)

    def take(self, update: TurnUpdate) -> dict[str, Any] | None:
        """Note an update; the delta that tells it, if it tells something."""
        match update:
            case ContentDelta(text, logprobs):
                self._content.add(text)
                self._logprobs += chat_logprobs(logprobs)
                return {"content": text}
            case ReasoningDelta(text):
                self._reasoning.add(text)
                return reasoning_fields(text)
            case ToolCallStarted() | ToolCallDelta() | ToolCallEnded():
                call = self._take_call(update)
                return None if call is None else {"tool_calls": [call]}
        return None

    def whole(self, last: TurnFinished, reasoning_tokens: int) -> dict[str, Any]:
        choice = {
            "index": 0,
            "message": self._message(),
            "logprobs": self._told(self._logprobs),
            "finish_reason": self._reason(last.reason),
        }
        usage = usage_object(last.usage, reasoning_tokens)
        return self._envelope | {"object": "chat.completion", "choices": [choice], "usage": usage}

    def chunk(
        self,
        delta: dict[str, Any],
        last: TurnFinished | None = None,
        *,
        logprobs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        finish = self._reason(last.reason) if last else None
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        return self._envelope | {"object": "chat.completion.chunk", "choices": [choice]}

    def usage_chunk(self, last: TurnFinished, reasoning_tokens: int) -> dict[str, Any]:
        usage = usage_object(last.usage, reasoning_tokens)
        envelope = self._envelope | {"object": "chat.completion.chunk"}
        return envelope | {"choices": [], "usage": usage}

    def logprobs(self, update: TurnUpdate) -> dict[str, Any] | None:
        """What a chunk says of the tokens of an update; None where nothing was asked for."""
        if isinstance(update, ContentDelta):
            return self._told(chat_logprobs(update.logprobs))
        return None

    def _told(self, tokens: list[dict[str, Any]]) -> dict[str, Any] | None:
        return {"content": tokens, "refusal": None} if tokens else None

    def _take_call(
        self, update: ToolCallStarted | ToolCallDelta | ToolCallEnded
    ) -> dict[str, Any] | None:
        match update:
            case ToolCallStarted(index, id_, name):
                origin = self._toolbox.origin(name)
                if origin.is_custom:
                    return None
                function = {"name": name, "arguments": ""}
                self._calls[index] = {"id": id_, "type": "function", "function": dict(function)}
                return {"index": index, "id": id_, "type": "function", "function": function}
            case ToolCallDelta(index, text) if index in self._calls:
                self._calls[index]["function"]["arguments"] += text
                return {"index": index, "function": {"arguments": text}}
            case ToolCallEnded(index, part):
                self._has_called = True
                if index not in self._calls:
                    self._calls[index] = _custom_call(part)
                    return {"index": index} | self._calls[index]
        return None

    def _message(self) -> dict[str, Any]:
        calls = [self._calls[index] for index in sorted(self._calls)]
        content, reasoning = str(self._content), self.reasoning
        message: dict[str, Any] = {
            "role": "assistant",
            "content": content if content or not calls else None,
            "refusal": None,
            "annotations": [],
        }
        if calls:
            message["tool_calls"] = calls
        return message | (reasoning_fields(reasoning) if reasoning else {})

    def _reason(self, reason: FinishReason) -> str:
        """A cancelled answer has nobody who reads why it ended."""
        if reason == "length":
            return "length"
        return "tool_calls" if self._has_called else "stop"


def usage_object(usage: Usage, reasoning_tokens: int) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": min(reasoning_tokens, usage.completion_tokens),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        # Not in the schema, but the only place where some agents look.
        "cache_read_input_tokens": usage.cached_tokens,
    }


def _custom_call(part: ToolCallPart) -> dict[str, Any]:
    custom = {"name": part.name, "input": custom_input(part)}
    return {"id": part.id, "type": "custom", "custom": custom}


def reasoning_fields(text: str) -> dict[str, str]:
    """Under both names: some clients read only the one, some only the other."""
    return {"reasoning_content": text, "reasoning": text}
