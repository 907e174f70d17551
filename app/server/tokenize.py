"""POST /tokenize: how many tokens a text or a conversation has, counted beside running answers."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.engine.client import EngineClient
from app.server.body import read_json
from app.server.chat_parse import parse
from app.server.errors import invalid
from app.server.fields import Fields
from app.server.limits import Limits
from app.server.models import loaded_model
from app.server.turns import Turns

_TEXT_NAMES = ("content", "prompt", "text", "input")  # llama.cpp's, vLLM's and others' names


class Tokenize:
    """The endpoint. Counts only: token ids stay inside the engine."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        body = await read_json(request.scope, request.receive, self._limits)
        model = loaded_model(self._engine)
        if body.get("messages") is not None:
            count = await self._turns.count_prompt(parse({"model": ""} | body).turn)
        else:
            count = await asyncio.to_thread(self._engine.count_tokens, _text(Fields(body)))
        return JSONResponse({"count": count, "max_model_len": model.context_length})


def _text(fields: Fields) -> str:
    for name in _TEXT_NAMES:
        if (text := fields.text(name)) is not None:
            return text
    raise invalid("Give the text as content, or a conversation as messages.", "content")
