"""What model is there: GET /v1/models, and the Ollama calls by which editors discover models.

One model is loaded and every name means it. It is listed under its own name and under one that
begins with "claude-", because Claude Code shows no others.
"""

import re
import time
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.engine.client import EngineClient
from app.engine.errors import engine_not_running
from app.engine.protocol import ModelInfo
from app.engine.status import EngineState
from app.server.body import read_json
from app.server.errors import ApiError, from_app_error, unavailable
from app.server.limits import Limits

# The version of Ollama whose calls these are: editors and Codex refuse older ones.
OLLAMA_VERSION = "0.13.5"


class Models:
    """The endpoint's models, in the shapes of OpenAI, Anthropic, vLLM and llama.cpp at once."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._started = time.time()

    async def list(self, _: Request) -> Response:
        model = loaded_model(self._engine)
        data = [self._described(model, name) for name in _names(model)]
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"], "has_more": False}
        return JSONResponse({"object": "list", "data": data} | ends)

    async def one(self, request: Request) -> Response:
        model, name = loaded_model(self._engine), request.path_params["id"]
        if name not in _names(model) and not name.startswith("claude-"):
            raise ApiError(
                404, "There is no model with this id.", param="model", code="model_not_found"
            )
        return JSONResponse(self._described(model, name))

    def _described(self, model: ModelInfo, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "object": "model",
            "type": "model",
            "display_name": model.name,
            "created": int(self._started),
            "created_at": _iso(self._started),
            "owned_by": "doorstep",
            "context_length": model.context_length,
            "max_model_len": model.context_length,
            "meta": {"n_ctx": model.context_length},
        }


class OllamaModels:
    """The discovery calls of Ollama; chats then go to /v1/chat/completions."""

    def __init__(self, engine: EngineClient, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits
        self._started = time.time()

    async def version(self, _: Request) -> Response:
        return JSONResponse({"version": OLLAMA_VERSION})

    async def tags(self, _: Request) -> Response:
        model = loaded_model(self._engine)
        described = {
            "name": model.name,
            "model": model.name,
            "modified_at": _iso(self._started),
            "size": model.size_bytes,
            "digest": "",
            "details": _details(model),
        }
        return JSONResponse({"models": [described]})

    async def show(self, request: Request) -> Response:
        await read_json(request.scope, request.receive, self._limits)
        model = loaded_model(self._engine)
        template = model.chat_template or ""
        capabilities = ["completion", "tools"]
        body = {
            "license": "",
            "modelfile": "",
            "parameters": "",
            "template": "",
            "modified_at": _iso(self._started),
            "details": _details(model),
            "model_info": {
                "general.architecture": model.architecture,
                "general.basename": model.name,
                f"{model.architecture}.context_length": model.context_length,
            },
            "capabilities": capabilities + (["thinking"] if "<think>" in template else []),
        }
        return JSONResponse(body)


async def hello(_: Request) -> Response:
    """What programs ask first: whether anybody is there."""
    return PlainTextResponse("Doorstep is running")


def loaded_model(engine: EngineClient) -> ModelInfo:
    """While it loads clients are told to come back: an empty list would be taken as final."""
    status = engine.status
    if status.model is not None:
        return status.model
    if status.state is EngineState.LOADING:
        raise unavailable("The model is still being loaded.", "model_loading")
    raise from_app_error(status.error or engine_not_running())


def _names(model: ModelInfo) -> list[str]:
    if re.search("claude|anthropic", model.name, re.IGNORECASE):
        return [model.name]
    return [model.name, "claude-" + re.sub(r"[^a-z0-9.]+", "-", model.name.lower()).strip("-")]


def _details(model: ModelInfo) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf" if "llama" in model.engine else "safetensors",
        "family": model.architecture,
        "families": [model.architecture],
        "parameter_size": "",
        "quantization_level": "",
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
