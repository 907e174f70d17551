"""GET /health and GET /metrics: how the endpoint and its engine are doing."""

import asyncio
import hashlib
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app import __version__
from app.engine.client import EngineClient
from app.engine.errors import AppError
from app.engine.protocol import ModelInfo
from app.engine.status import EngineState
from app.server.errors import BUSY_RETRY_S
from app.server.turns import Turns

_COUNTERS_LIMIT_S = 2.0
_METRICS_TYPE = "text/plain; version=0.0.4"
_METRIC_NAMES = {
    "tokens_prefilled": "tokens_prefilled_total",
    "tokens_generated": "tokens_generated_total",
}


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

    async def metrics(self, _: Request) -> Response:
        """In the text format of Prometheus."""
        status = self._engine.status
        is_ready = status.state is EngineState.READY
        values: dict[str, float] = {
            "engine_ready": int(is_ready),
            "engine_crashes_total": status.crashes,
            "requests_live": self._turns.live_count,
        }
        counters = (await self._counters() if is_ready else None) or {}
        for name, value in counters.items():
            values[f"engine_{_METRIC_NAMES.get(name, name)}"] = value
        lines = [line for name, value in values.items() for line in _metric(name, value)]
        return PlainTextResponse("\n".join([*lines, ""]), media_type=_METRICS_TYPE)

    async def _counters(self) -> dict[str, Any] | None:
        try:
            return asdict(await asyncio.to_thread(self._engine.counters, _COUNTERS_LIMIT_S))
        except AppError:
            return None  # it ended between the two questions


def _metric(name: str, value: float) -> tuple[str, str]:
    kind = "counter" if name.endswith("_total") else "gauge"
    return f"# TYPE doorstep_{name} {kind}", f"doorstep_{name} {value}"
