"""GET /health and GET /v1/models: what is loaded, and how it is doing."""

import asyncio
import hashlib
import time
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import __version__
from app.engine.client import EngineClient, EngineState
from app.engine.errors import AppError, engine_not_running
from app.engine.protocol import ModelInfo
from app.server.errors import BUSY_RETRY_S, ApiError, from_app_error, unavailable
from app.server.turns import Turns

_COUNTERS_LIMIT_S = 2.0


def fingerprint(model: ModelInfo | None) -> str:
    """Changes when the program, the engine or the model does; seeded answers may then differ."""
    parts = (__version__, model.engine, model.name) if model else (__version__,)
    return "fp_" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


class Health:
    """GET /health. Needs no key, so it tells no path and nothing of what is said.

    200 when the engine is ready, otherwise 503, as load balancers and other servers have it.
    """

    def __init__(self, engine: EngineClient, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    async def answer(self, _: Request) -> Response:
        status = self._engine.status
        is_ready = status.state is EngineState.READY
        body = {
            "status": status.state,
            "model": status.model.name if status.model else None,
            "context_length": status.model.context_length if status.model else None,
            "load_fraction": status.load_fraction,
            "version": __version__,
            "requests_now": self._turns.live_count,
            "engine": await self._counters() if is_ready else None,
        }
        headers = {} if is_ready else {"Retry-After": str(BUSY_RETRY_S)}
        return JSONResponse(body, 200 if is_ready else 503, headers)

    async def _counters(self) -> dict[str, Any] | None:
        try:
            return asdict(await asyncio.to_thread(self._engine.counters, _COUNTERS_LIMIT_S))
        except AppError:
            return None  # it ended between the two questions


class Models:
    """GET /v1/models and /v1/models/{id}: the one model that is loaded."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._created = int(time.time())

    async def list(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [self._described(self._loaded())]})

    async def one(self, request: Request) -> Response:
        model = self._loaded()
        if request.path_params["id"] != model.name:
            raise ApiError(
                404, "There is no model with this id.", param="model", code="model_not_found"
            )
        return JSONResponse(self._described(model))

    def _loaded(self) -> ModelInfo:
        """While it loads clients are told to come back: an empty list would be taken as final."""
        status = self._engine.status
        if status.model is not None:
            return status.model
        if status.state is EngineState.LOADING:
            raise unavailable("The model is still being loaded.", "model_loading")
        raise from_app_error(status.error or engine_not_running())

    def _described(self, model: ModelInfo) -> dict[str, Any]:
        return {
            "id": model.name,
            "object": "model",
            "created": self._created,
            "owned_by": "doorstep",
            "context_length": model.context_length,
            "max_model_len": model.context_length,
        }
