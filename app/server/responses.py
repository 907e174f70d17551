"""POST /v1/responses: the OpenAI Responses protocol, streamed and whole, with nothing stored.

Any model name means the loaded model.
"""

from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import TurnFinished, TurnUpdate
from app.engine.client import EngineClient
from app.server import sse
from app.server.body import read_json
from app.server.errors import ApiError, openai_error_body
from app.server.limits import Limits
from app.server.responses_format import ResponseWriter
from app.server.responses_parse import ResponsesRequest, parse
from app.server.turns import LiveTurn, Turns

# Long enough for a refusal to be an HTTP error, short enough for the first event to come "at once".
_REFUSAL_S = 0.5


class Responses:
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

    async def _whole(self, asked: ResponsesRequest) -> dict[str, Any]:
        writer = self._writer(asked)
        async with self._turns.open(asked.turn) as live:
            while not isinstance(update := await live.next(), TurnFinished):
                if update is not None:
                    writer.take(update)
            await self._finish(writer, update)
        return writer.response

    async def _frames(self, asked: ResponsesRequest) -> AsyncGenerator[bytes, None]:
        writer = self._writer(asked)
        async with self._turns.open(asked.turn) as live:
            update = await live.next(min(_REFUSAL_S, self._limits.keep_alive_s))
            for event in writer.start():
                yield sse.event(event)
            try:
                async for event in self._events(writer, live, update):
                    yield sse.event(event)
            except ApiError as error:
                yield sse.event(writer.fail(error))

    async def _events(
        self, writer: ResponseWriter, live: LiveTurn, update: TurnUpdate | None
    ) -> AsyncGenerator[dict[str, Any], None]:
        while not isinstance(update, TurnFinished):
            for event in writer.take(update) if update is not None else [writer.heartbeat()]:
                yield event
            update = await live.next(self._limits.keep_alive_s)
        for event in await self._finish(writer, update):
            yield event

    def _writer(self, asked: ResponsesRequest) -> ResponseWriter:
        model = self._engine.status.model
        return ResponseWriter(asked, model.name if model else None)

    async def _finish(self, writer: ResponseWriter, last: TurnFinished) -> list[dict[str, Any]]:
        reasoning_tokens = await self._turns.count_tokens(writer.reasoning)
        return writer.finish(last, reasoning_tokens)


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error))
