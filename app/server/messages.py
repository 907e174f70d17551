"""POST /v1/messages and /v1/messages/count_tokens: the Anthropic Messages protocol.

Any model name means the loaded model, and any version or beta header is welcome.
"""

from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import TurnFinished
from app.engine.client import EngineClient
from app.server import sse
from app.server.body import read_json
from app.server.errors import ApiError, anthropic_error_body
from app.server.limits import Limits
from app.server.messages_format import MessageWriter
from app.server.messages_parse import MessagesRequest, parse
from app.server.turns import Turns

SESSION_HEADER = "x-claude-code-session-id"

_PING = sse.event({"type": "ping"})


class Messages:
    """The endpoint."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        asked = await self._asked(request)
        if asked.is_stream:
            return sse.EventStream(self._frames(asked), _error_frame)
        return JSONResponse(await sse.while_connected(request.receive, self._whole(asked)))

    async def count_tokens(self, request: Request) -> Response:
        asked = await self._asked(request)
        count = self._turns.count_prompt(asked.turn)
        return JSONResponse({"input_tokens": await sse.while_connected(request.receive, count)})

    async def _asked(self, request: Request) -> MessagesRequest:
        body = await read_json(request.scope, request.receive, self._limits)
        return parse(body, request.headers.get(SESSION_HEADER))

    async def _whole(self, asked: MessagesRequest) -> dict[str, Any]:
        async with self._turns.open(asked.turn) as live:
            await live.begun()
            writer = self._writer(asked)
            await self._finish(writer, await live.whole(writer.take))
        return writer.message

    async def _frames(self, asked: MessagesRequest) -> AsyncGenerator[bytes, None]:
        async with self._turns.open(asked.turn) as live:
            while not (updates := await live.some(self._limits.keep_alive_s)):
                yield _PING
            writer = self._writer(asked)
            yield sse.event(writer.start(live.prompt))
            pulse = sse.Pulse(self._limits.keep_alive_s)
            while True:
                frames = b"".join(map(writer.frames, updates))
                if frames or not updates or pulse.is_due:
                    yield frames or _PING
                    pulse.sent()
                if live.finished is not None:
                    break
                updates = await live.some(self._limits.keep_alive_s)
            yield b"".join(map(sse.event, await self._finish(writer, live.finished)))

    def _writer(self, asked: MessagesRequest) -> MessageWriter:
        model = self._engine.status.model
        return MessageWriter(model.name if model else "", asked)

    async def _finish(self, writer: MessageWriter, last: TurnFinished) -> list[dict[str, Any]]:
        thinking_tokens = await self._turns.count_tokens(writer.reasoning)
        return writer.finish(last, thinking_tokens)


def _error_frame(error: ApiError) -> bytes:
    return sse.event(anthropic_error_body(error))
