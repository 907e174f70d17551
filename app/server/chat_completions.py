"""POST /v1/chat/completions: the OpenAI chat protocol, streamed and whole."""

from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.engine.client import EngineClient
from app.server import sse
from app.server.body import read_json
from app.server.chat_format import ChatWriter
from app.server.chat_parse import ChatRequest, parse
from app.server.chat_stream import ChatStream
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
            await live.begun()
            writer = self._writer(asked)
            last = await live.whole(writer.take)
            return writer.whole(last, await self._turns.count_tokens(writer.reasoning))

    async def _frames(self, asked: ChatRequest) -> AsyncGenerator[bytes, None]:
        async with self._turns.open(asked.turn) as live:
            while not (updates := await live.some(self._limits.keep_alive_s)):
                yield sse.KEEP_ALIVE
            stream = ChatStream(self._writer(asked), wants_usage=asked.wants_usage)
            pulse = sse.Pulse(self._limits.keep_alive_s)
            frames = stream.opening()
            while True:
                frames += b"".join([stream.tell(update) for update in updates])
                if frames or not updates or pulse.is_due:
                    yield frames or sse.KEEP_ALIVE
                    pulse.sent()
                frames = b""
                if live.finished is not None:
                    break
                updates = await live.some(self._limits.keep_alive_s)
            thought = await self._turns.count_tokens(stream.reasoning) if asked.wants_usage else 0
            yield stream.ending(live.finished, thought) + _DONE

    def _writer(self, asked: ChatRequest) -> ChatWriter:
        return ChatWriter(self._engine.status.model, asked.toolbox)


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error)) + _DONE
