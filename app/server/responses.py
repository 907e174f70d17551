"""/v1/responses: the OpenAI Responses protocol, streamed and whole.

Any model name means the loaded model. The last responses are kept in memory, unless the client
sets ``store`` to false.
"""

from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.chat.turn import TurnFinished
from app.engine.client import EngineClient
from app.server import sse
from app.server.body import read_json
from app.server.errors import ApiError, openai_error_body
from app.server.limits import Limits
from app.server.responses_format import ResponseWriter
from app.server.responses_items import read_input
from app.server.responses_parse import ResponsesRequest, parse
from app.server.responses_store import ResponseStore
from app.server.turns import Turns

# Long enough for a refusal to be an HTTP error, short enough for the first event to come "at once".
_REFUSAL_S = 0.5


class Responses:
    """The endpoint."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits
        self._store = ResponseStore()

    async def answer(self, request: Request) -> Response:
        body = await read_json(request.scope, request.receive, self._limits)
        asked = parse(body, self._store)
        if asked.is_stream:
            return sse.EventStream(self._frames(asked), _error_frame)
        return JSONResponse(await sse.while_connected(request.receive, self._whole(asked)))

    async def count_tokens(self, request: Request) -> Response:
        body = await read_json(request.scope, request.receive, self._limits)
        asked = parse(body | {"model": "any"}, self._store)
        counting = self._turns.count_prompt(asked.turn)
        count = await sse.while_connected(request.receive, counting)
        return JSONResponse({"object": "response.input_tokens", "input_tokens": count})

    async def kept(self, request: Request) -> Response:
        """Tell a response again, or forget it."""
        response_id = f"resp_{request.path_params['id']}"
        kept = self._store.find(response_id)
        if kept is None:
            message = "There is no response with this id here, or no longer."
            raise ApiError(404, message, param="response_id")
        if request.method != "DELETE":
            return JSONResponse(kept.response)
        self._store.forget(response_id)
        return JSONResponse({"id": response_id, "object": "response", "deleted": True})

    async def _whole(self, asked: ResponsesRequest) -> dict[str, Any]:
        writer = self._writer(asked)
        async with self._turns.open(asked.turn) as live:
            await self._finish(writer, asked, await live.whole(writer.take))
        return writer.response

    async def _frames(self, asked: ResponsesRequest) -> AsyncGenerator[bytes, None]:
        writer = self._writer(asked)
        async with self._turns.open(asked.turn) as live:
            updates = await live.some(min(_REFUSAL_S, self._limits.keep_alive_s))
            yield b"".join(map(sse.event, writer.start()))
            pulse = sse.Pulse(self._limits.keep_alive_s)
            try:
                while True:
                    frames = b"".join(map(writer.frames, updates))
                    if frames or not updates or pulse.is_due:
                        yield frames or sse.event(writer.heartbeat())
                        pulse.sent()
                    if live.finished is not None:
                        break
                    updates = await live.some(self._limits.keep_alive_s)
                last = await self._finish(writer, asked, live.finished)
                yield b"".join(map(sse.event, last))
            except ApiError as error:
                yield sse.event(writer.fail(error))

    def _writer(self, asked: ResponsesRequest) -> ResponseWriter:
        model = self._engine.status.model
        return ResponseWriter(asked, model.name if model else None)

    async def _finish(
        self, writer: ResponseWriter, asked: ResponsesRequest, last: TurnFinished
    ) -> list[dict[str, Any]]:
        reasoning_tokens = await self._turns.count_tokens(writer.reasoning)
        events = writer.finish(last, reasoning_tokens)
        if asked.is_stored:
            said = read_input(writer.response["output"])
            self._store.keep(writer.response, (*asked.conversation, *said))
        return events


def _error_frame(error: ApiError) -> bytes:
    return sse.data(openai_error_body(error))
