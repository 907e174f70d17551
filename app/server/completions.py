"""POST /v1/completions: goes on with a text, without a chat template.

The text is never read as control tokens, so a template written out by hand works only as words.
"""

import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import ContentDelta, TurnFinished, TurnRequest
from app.engine.client import EngineClient
from app.engine.protocol import MAX_TOP_LOGPROBS, TokenLogprobs
from app.server import sse
from app.server.body import read_json
from app.server.chat_format import usage_object
from app.server.errors import ApiError, invalid, openai_error_body
from app.server.fields import Fields, read_max_tokens, read_sampling, read_stop
from app.server.limits import Limits
from app.server.logprobs import completion_logprobs
from app.server.status import fingerprint
from app.server.turns import Turns

_DEFAULT_MAX_TOKENS = 16  # the protocol's own
_DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A completion as asked for."""

    turn: TurnRequest
    is_stream: bool
    wants_usage: bool
    echo: str  # what stands before the text: the prompt, or nothing


def parse(untrusted: dict[str, Any]) -> CompletionRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    if fields.text("model") is None:
        raise invalid("model must be given; any name means the loaded model.", "model")
    _refuse_unsupported(fields)
    prompt = _prompt(fields)
    limit = read_max_tokens(fields, "max_tokens", "n_predict")
    is_open = fields.get("max_tokens") == -1
    turn = TurnRequest(
        messages=(),
        sampling=read_sampling(fields),
        max_tokens=_DEFAULT_MAX_TOKENS if limit is None and not is_open else limit,
        stop=read_stop(fields),
        raw_prompt=prompt,
        session_key=fields.text("prompt_cache_key"),
        top_logprobs=_top_logprobs(fields),
    )
    wants_usage = fields.object("stream_options").flag("include_usage")
    echo = prompt if fields.flag("echo") else ""
    return CompletionRequest(turn, fields.flag("stream"), wants_usage, echo)


class Completions:
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

    async def _whole(self, asked: CompletionRequest) -> dict[str, Any]:
        said: list[ContentDelta] = []
        async with self._turns.open(asked.turn) as live:
            last = await live.whole(
                lambda update: said.append(update) if isinstance(update, ContentDelta) else None
            )
        text = asked.echo + "".join(delta.text for delta in said)
        tokens = [token for delta in said for token in delta.logprobs]
        choice = _choice(text, last, tokens, len(asked.echo))
        return self._envelope() | {"choices": [choice], "usage": usage_object(last.usage, 0)}

    async def _frames(self, asked: CompletionRequest) -> AsyncGenerator[bytes, None]:
        async with self._turns.open(asked.turn) as live:
            while not (updates := await live.some(self._limits.keep_alive_s)):
                yield sse.KEEP_ALIVE
            stream = _Stream(self._envelope() | ({"usage": None} if asked.wants_usage else {}))
            if asked.echo:
                yield stream.say(asked.echo)
            while True:
                said = [update for update in updates if isinstance(update, ContentDelta)]
                if said or not updates:
                    yield b"".join(map(stream.tell, said)) or sse.KEEP_ALIVE
                if live.finished is not None:
                    break
                updates = await live.some(self._limits.keep_alive_s)
            yield stream.end(live.finished)
            if asked.wants_usage:
                yield stream.usage(live.finished)
            yield _DONE

    def _envelope(self) -> dict[str, Any]:
        model = self._engine.status.model
        return {
            "id": f"cmpl-{uuid.uuid4().hex}",
            "object": "text_completion",
            "created": int(time.time()),
            "model": model.name if model else "",
            "system_fingerprint": fingerprint(model),
        }


class _Stream:
    """A completion as events."""

    def __init__(self, envelope: dict[str, Any]) -> None:
        self._envelope = envelope
        self._said = 0  # characters
        self._mould = sse.Mould(self._event(_choice(sse.BLANK_TEXT)))

    def say(self, text: str) -> bytes:
        self._said += len(text)
        return self._mould.cast(text)

    def tell(self, delta: ContentDelta) -> bytes:
        if not delta.logprobs:
            return self.say(delta.text)
        event = self._event(_choice(delta.text, None, delta.logprobs, self._said))
        self._said += len(delta.text)
        return event

    def end(self, last: TurnFinished) -> bytes:
        return self._event(_choice("", last))

    def usage(self, last: TurnFinished) -> bytes:
        return sse.data(self._envelope | {"choices": [], "usage": usage_object(last.usage, 0)})

    def _event(self, choice: dict[str, Any]) -> bytes:
        return sse.data(self._envelope | {"choices": [choice]})


def _prompt(fields: Fields) -> str:
    prompt = fields.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise invalid("prompt must be one text; lists of texts or tokens are not read.", "prompt")
    if not prompt:
        raise invalid("prompt is empty; there is nothing to go on with.", "prompt")
    return prompt


def _refuse_unsupported(fields: Fields) -> None:
    if fields.get("suffix"):
        raise ApiError(
            400,
            "Fill-in-the-middle is not supported by this model, so it cannot write towards a "
            "suffix. Leave suffix out.",
            code="fim_not_supported",
            param="suffix",
        )
    for name in ("n", "best_of"):
        if fields.number(name) not in (None, 1):
            raise invalid(f"Only one choice per request is supported; leave {name} out.", name)
    if fields.get("logit_bias"):
        raise invalid("logit_bias is not supported yet.", "logit_bias")


def _top_logprobs(fields: Fields) -> int | None:
    """Here the number of alternatives is asked for by the same name."""
    if isinstance(wanted := fields.get("logprobs"), bool):
        return 0 if wanted else None
    count = fields.whole("logprobs")
    if count is not None and not 0 <= count <= MAX_TOP_LOGPROBS:
        raise invalid(f"logprobs must be between 0 and {MAX_TOP_LOGPROBS}.", "logprobs")
    return count


def _choice(
    text: str,
    last: TurnFinished | None = None,
    tokens: Sequence[TokenLogprobs] = (),
    offset: int = 0,
) -> dict[str, Any]:
    reason = None if last is None else "length" if last.reason == "length" else "stop"
    logprobs = completion_logprobs(tokens, offset) if tokens else None
    return {"index": 0, "text": text, "logprobs": logprobs, "finish_reason": reason}


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error)) + _DONE
