"""GET /openapi.json: what the endpoint accepts and returns, as OpenAPI 3.1."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import __version__
from app.server.openapi_schemas import SCHEMAS, ref

_JSON = "application/json"
_STREAMED = {"text/event-stream": {"schema": {"type": "string"}}}


async def openapi(_: Request) -> Response:
    return JSONResponse(document())


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Doorstep",
            "version": __version__,
            "description": "The model on this computer. Every model name means the loaded one.",
        },
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
        "security": [{"bearer": []}, {"key": []}],
    }


def _paths() -> dict[str, Any]:
    return {
        "/v1/chat/completions": _post(
            "Answer a conversation (OpenAI chat)", "ChatRequest", "ChatCompletion", is_streamed=True
        ),
        "/v1/responses": _post(
            "Answer a conversation (OpenAI Responses)",
            *("ResponsesRequest", "Response"),
            is_streamed=True,
        ),
        "/v1/responses/input_tokens": _post(
            "Count the tokens of a conversation", "ResponsesRequest", "ResponseTokens"
        ),
        "/v1/responses/resp_{id}": _get("One of the last responses", "Response")
        | _delete("Forget it", "ResponseDeleted")
        | {"parameters": [_ID]},
        "/v1/messages": _post(
            "Answer a conversation (Anthropic Messages)",
            *("MessagesRequest", "Message"),
            is_streamed=True,
            error="AnthropicError",
        ),
        "/v1/messages/count_tokens": _post(
            "Count the tokens of a conversation",
            *("MessagesRequest", "InputTokens"),
            error="AnthropicError",
        ),
        "/v1/completions": _post(
            "Go on with a text", "CompletionRequest", "Completion", is_streamed=True
        ),
        "/v1/embeddings": _post(
            "A vector per text, where an embedding model is loaded",
            *("EmbeddingsRequest", "Embeddings"),
        ),
        "/v1/models": _get("The loaded model under its names", "ModelList"),
        "/v1/models/{id}": _get("One of these", "Model") | {"parameters": [_ID]},
        "/tokenize": _post("Count tokens", "TokenizeRequest", "TokenCount"),
        "/health": _open(_get("Whether the engine is ready", "Health", busy="Health")),
        "/metrics": _get("Figures for Prometheus", None),
        "/": _open(_get("Whether anybody is there", None)),
        "/api/hello": _open(_get("The same", None)),
        "/api/version": _get("The version of Ollama that this is like", "OllamaVersion"),
        "/api/tags": _get("The loaded model, as Ollama lists it", "OllamaTags"),
        "/api/show": _post("The loaded model in detail", "OllamaShowRequest", "OllamaShow"),
        "/openapi.json": _get("This document", None, kind=_JSON),
    }


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _post(
    summary: str,
    request: str,
    answer: str | None = None,
    *,
    is_streamed: bool = False,
    error: str = "Error",
) -> dict[str, Any]:
    responses: dict[str, Any] = {"default": _response("Refused or failed", error)}
    if answer is not None:
        responses["200"] = _response("The answer", answer)
        if is_streamed:
            responses["200"]["content"] |= _STREAMED
    body = {"required": True, "content": {_JSON: {"schema": ref(request)}}}
    return {"post": {"summary": summary, "requestBody": body, "responses": responses}}


def _get(
    summary: str, answer: str | None, *, kind: str = "text/plain", busy: str = "Error"
) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": {}}}
    found = _response("The answer", answer) if answer else {"description": "", "content": content}
    responses = {
        "200": found,
        "503": _response("Not ready", busy),
        "default": _response("Refused", "Error"),
    }
    return {"get": {"summary": summary, "responses": responses}}


def _delete(summary: str, answer: str) -> dict[str, Any]:
    responses = {"200": _response("Done", answer), "default": _response("Refused", "Error")}
    return {"delete": {"summary": summary, "responses": responses}}


def _open(path: dict[str, Any]) -> dict[str, Any]:
    """It needs no key."""
    return {method: operation | {"security": []} for method, operation in path.items()}


def _response(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": ref(schema)}}}
