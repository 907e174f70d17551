"""POST /v1/chat/completions: the OpenAI chat protocol, streamed and whole."""

from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import TurnFinished
from app.engine.client import EngineClient
from app.server import sse
from app.server.body import read_json
from app.server.chat_format import ChatWriter
from app.server.chat_parse import ChatRequest, parse
from app.server.errors import ApiError, openai_error_body
from app.server.limits import Limits
from app.server.turns import Turns

SESSION_HEADER = "session-id"

_DONE = b"data: [DONE]\n\n"


class ChatCompletions:
    """The endpoint."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        body = await read_json(request.scope, request.receive, self._limits)
        asked = parse(body, request.headers.get(SESSION_HEADER))
        if asked.is_stream:
            return sse.EventStream(self._frames(asked), _error_frame)
        return JSONResponse(await sse.while_connected(request.receive, self._whole(asked)))

    async def _whole(self, asked: ChatRequest) -> dict[str, Any]:
        async with self._turns.open(asked.turn) as live:
            update = await live.next()
            writer = self._writer(asked)
            while not isinstance(update, TurnFinished):
                if update is not None:
                    writer.take(update)
                update = await live.next()
            return writer.whole(update, await self._turns.count_tokens(writer.reasoning))

    async def _frames(self, asked: ChatRequest) -> AsyncGenerator[bytes, None]:
        async with self._turns.open(asked.turn) as live:
            while (update := await live.next(self._limits.keep_alive_s)) is None:
                yield sse.KEEP_ALIVE
            writer = self._writer(asked)
            # Where usage is asked for, every chunk has the field.
            no_usage: dict[str, Any] = {"usage": None} if asked.wants_usage else {}
            opening = {"role": "assistant", "content": "", "refusal": None}
            yield sse.data(writer.chunk(opening) | no_usage)
            while not isinstance(update, TurnFinished):
                if update is None:
                    yield sse.KEEP_ALIVE
                elif delta := writer.take(update):
                    yield sse.data(writer.chunk(delta) | no_usage)
                update = await live.next(self._limits.keep_alive_s)
            yield sse.data(writer.chunk({}, update) | no_usage)
            if asked.wants_usage:
                thought = await self._turns.count_tokens(writer.reasoning)
                yield sse.data(writer.usage_chunk(update, thought))
            yield _DONE

    def _writer(self, asked: ChatRequest) -> ChatWriter:
        return ChatWriter(self._engine.status.model, asked.toolbox)


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error)) + _DONE
