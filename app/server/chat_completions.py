"""POST /v1/chat/completions: the OpenAI chat protocol, streamed and whole.

What would change the answer and is not there yet is refused (several choices, log probabilities,
a demanded tool call, a response format); hints are passed over, and so are ``tools`` as long as the
client leaves the choice to the model, which then answers without one. Any model name means the
loaded model.
"""

import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import ContentDelta, ReasoningDelta, TurnFinished, TurnRequest
from app.engine.client import EngineClient
from app.engine.protocol import Usage
from app.server import sse
from app.server.body import read_json
from app.server.errors import ApiError, invalid, openai_error_body
from app.server.fields import Fields, read_max_tokens, read_sampling, read_stop
from app.server.limits import Limits
from app.server.openai_messages import read_messages
from app.server.status import fingerprint
from app.server.turns import Turns

_DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat completion as asked for."""

    turn: TurnRequest
    is_stream: bool
    wants_usage: bool


def parse(untrusted: dict[str, Any]) -> ChatRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    _refuse_unsupported(fields)
    turn = TurnRequest(
        messages=read_messages(fields.items("messages")),
        sampling=read_sampling(fields),
        max_tokens=read_max_tokens(fields, "max_completion_tokens", "max_tokens"),
        stop=read_stop(fields),
    )
    wants_usage = fields.object("stream_options").flag("include_usage")
    return ChatRequest(turn, fields.flag("stream"), wants_usage)


class ChatCompletions:
    """The endpoint."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        asked = parse(await read_json(request.scope, request.receive, self._limits))
        if asked.is_stream:
            return sse.EventStream(self._frames(asked), _error_frame)
        return JSONResponse(await sse.while_connected(request.receive, self._whole(asked)))

    async def _whole(self, asked: ChatRequest) -> dict[str, Any]:
        content, reasoning = "", ""
        async with self._turns.open(asked.turn) as live:
            while not isinstance(update := await live.next(), TurnFinished):
                match update:
                    case ContentDelta(text):
                        content += text
                    case ReasoningDelta(text):
                        reasoning += text
            usage = _usage(update.usage, await self._turns.count_tokens(reasoning))
        choice = {
            "index": 0,
            "message": _message(content, reasoning),
            "logprobs": None,
            "finish_reason": update.reason,
        }
        return self._envelope("chat.completion") | {"choices": [choice], "usage": usage}

    async def _frames(self, asked: ChatRequest) -> AsyncGenerator[bytes, None]:
        async with self._turns.open(asked.turn) as live:
            while (update := await live.next(self._limits.keep_alive_s)) is None:
                yield sse.KEEP_ALIVE
            envelope = self._envelope("chat.completion.chunk")
            if asked.wants_usage:
                envelope["usage"] = None
            yield _chunk(envelope, {"role": "assistant", "content": "", "refusal": None})
            reasoning = ""
            while not isinstance(update, TurnFinished):
                match update:
                    case ContentDelta(text):
                        yield _chunk(envelope, {"content": text})
                    case ReasoningDelta(text):
                        reasoning += text
                        yield _chunk(envelope, _reasoning(text))
                    case None:
                        yield sse.KEEP_ALIVE
                update = await live.next(self._limits.keep_alive_s)
            yield _chunk(envelope, {}, update.reason)
            if asked.wants_usage:
                usage = _usage(update.usage, await self._turns.count_tokens(reasoning))
                yield sse.data(envelope | {"choices": [], "usage": usage})
            yield _DONE

    def _envelope(self, kind: str) -> dict[str, Any]:
        model = self._engine.status.model
        return {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": kind,
            "created": int(time.time()),
            "model": model.name if model else "",
            "system_fingerprint": fingerprint(model),
            "service_tier": "default",
        }


def _refuse_unsupported(fields: Fields) -> None:
    if fields.number("n") not in (None, 1):
        raise invalid("Only one choice per request is supported; leave n out.", "n")
    if fields.flag("logprobs") or fields.number("top_logprobs"):
        raise invalid("Log probabilities are not supported yet.", "logprobs")
    if fields.get("logit_bias"):
        raise invalid("logit_bias is not supported yet.", "logit_bias")
    if fields.object("response_format").get("type") not in (None, "text"):
        raise invalid("Only the response format 'text' is supported yet.", "response_format")
    for name in ("tool_choice", "function_call"):
        if fields.get(name) not in (None, "auto", "none"):
            raise invalid("Tools are not supported yet, so no call can be demanded.", name)


def _chunk(envelope: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return sse.data(envelope | {"choices": [choice]})


def _message(content: str, reasoning: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": content,
        "refusal": None,
        "annotations": [],
    }
    return message | (_reasoning(reasoning) if reasoning else {})


def _reasoning(text: str) -> dict[str, str]:
    """Under both names: some clients read only the one, some only the other."""
    return {"reasoning_content": text, "reasoning": text}


def _usage(usage: Usage, reasoning_tokens: int) -> dict[str, Any]:
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
    }


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error)) + _DONE
