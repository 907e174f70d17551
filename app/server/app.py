"""The routes of the endpoint and the layers around them, as one ASGI application."""

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from app.engine.client import EngineClient
from app.engine.errors import AppError
from app.server.chat_completions import ChatCompletions
from app.server.completions import Completions
from app.server.edge import Edge
from app.server.embeddings import Embeddings
from app.server.errors import ApiError, error_response, from_app_error
from app.server.gate import Gate
from app.server.keys import Keys
from app.server.limits import Limits
from app.server.messages import Messages
from app.server.models import Models, OllamaModels, hello
from app.server.openapi import openapi
from app.server.responses import Responses
from app.server.status import Health
from app.server.tokenize import Tokenize
from app.server.turns import Turns


def create_app(
    engine: EngineClient,
    turns: Turns,
    keys: Keys | None,
    limits: Limits,
    lan_names: frozenset[str] | None = None,
) -> ASGIApp:
    """Edge (log, bugs) around Gate (who may) around the routes; plain ASGI layers only."""
    router = Router(routes_of(engine, turns, limits), redirect_slashes=False)
    handled = ExceptionMiddleware(
        router,
        {
            ApiError: _on_api_error,
            AppError: _on_app_error,
            HTTPException: _on_http_exception,
            ClientDisconnect: _on_client_gone,
        },
    )
    return Edge(Gate(handled, keys, lan_names))


def routes_of(engine: EngineClient, turns: Turns, limits: Limits) -> list[Route]:
    """Every path there is; ``/openapi.json`` describes each."""
    health, models = Health(engine, turns), Models(engine)
    chat = ChatCompletions(engine, turns, limits)
    messages = Messages(engine, turns, limits)
    responses = Responses(engine, turns, limits)
    ollama = OllamaModels(engine, limits)
    completions, tokenize = Completions(engine, turns, limits), Tokenize(engine, turns, limits)
    return [
        Route("/", hello),
        Route("/api/hello", hello),
        Route("/openapi.json", openapi),
        Route("/health", health.answer),
        Route("/metrics", health.metrics),
        Route("/tokenize", tokenize.answer, methods=["POST"]),
        Route("/api/version", ollama.version),
        Route("/api/tags", ollama.tags),
        Route("/api/show", ollama.show, methods=["POST"]),
        Route("/v1/completions", completions.answer, methods=["POST"]),
        Route("/v1/embeddings", Embeddings(engine, turns, limits).answer, methods=["POST"]),
        Route("/v1/models", models.list),
        Route("/v1/models/{id:path}", models.one),
        Route("/v1/chat/completions", chat.answer, methods=["POST"]),
        Route("/v1/responses", responses.answer, methods=["POST"]),
        Route("/v1/responses/input_tokens", responses.count_tokens, methods=["POST"]),
        Route("/v1/responses/resp_{id}", responses.kept, methods=["GET", "DELETE"]),
        Route("/v1/messages", messages.answer, methods=["POST"]),
        Route("/v1/messages/count_tokens", messages.count_tokens, methods=["POST"]),
    ]


async def _on_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error, request.scope["path"])


async def _on_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return error_response(from_app_error(error), request.scope["path"])


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """The router's own refusals: no such path, or not with this method."""
    assert isinstance(error, HTTPException)
    message = {404: "There is no such path here.", 405: "This path has no such method."}
    allowed = dict(error.headers or {})
    if "Allow" in allowed:
        allowed["Allow"] = ", ".join(sorted(allowed["Allow"].split(", ")))
    refusal = ApiError(
        error.status_code, message.get(error.status_code, error.detail), headers=allowed
    )
    return error_response(refusal, request.scope["path"])


async def _on_client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it; the log line shows it
