"""POST /v1/embeddings: one vector per text, where an embedding model is loaded.

Shorter vectors are the beginning of the whole one, made length 1 again, as models trained for it
(Matryoshka) have it. Token ids are not read: they mean something else to every model.
"""

import array
import base64
import math
import sys
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.engine.client import EngineClient
from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import ModelInfo
from app.server import sse
from app.server.body import read_json
from app.server.errors import ApiError, from_app_error, invalid
from app.server.fields import Fields
from app.server.limits import Limits
from app.server.turns import Turns

_MAX_TEXTS = 2048  # the protocol's own


@dataclass(frozen=True, slots=True)
class EmbeddingsRequest:
    """Embeddings as asked for. ``dimensions`` None means all of them."""

    texts: tuple[str, ...]
    dimensions: int | None
    is_base64: bool


def parse(untrusted: dict[str, Any]) -> EmbeddingsRequest:
    """Raises ApiError for what cannot be answered."""
    fields = Fields(untrusted)
    form = fields.text("encoding_format")
    if form not in (None, "float", "base64"):
        raise invalid("encoding_format must be float or base64.", "encoding_format")
    dimensions = fields.whole("dimensions")
    if dimensions is not None and dimensions < 1:
        raise invalid("dimensions must be at least 1.", "dimensions")
    return EmbeddingsRequest(_texts(fields.get("input")), dimensions, form == "base64")


class Embeddings:
    """The endpoint."""

    def __init__(self, engine: EngineClient, turns: Turns, limits: Limits) -> None:
        self._engine = engine
        self._turns = turns
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        asked = parse(await read_json(request.scope, request.receive, self._limits))
        body = await sse.while_connected(request.receive, self._made(asked))
        return JSONResponse(body)

    async def _made(self, asked: EmbeddingsRequest) -> dict[str, Any]:
        try:
            model = await self._turns.model()
            _refuse_unfit(model, asked)
            vectors, tokens = await self._turns.embed(asked.texts)
        except AppError as error:
            raise _refused(error) from None
        data = [
            {"object": "embedding", "index": index, "embedding": _told(vector, asked)}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "data": data, "model": model.name, "usage": usage}


def _texts(untrusted: object) -> tuple[str, ...]:
    given = [untrusted] if isinstance(untrusted, str) else untrusted
    if not isinstance(given, list) or not given:
        raise invalid("input must be a text or a list of texts.", "input")
    if len(given) > _MAX_TEXTS:
        raise invalid(f"input must have at most {_MAX_TEXTS} texts.", "input")
    if any(isinstance(text, int | list) for text in given):
        raise invalid(
            "input holds token ids, which mean something else to this model. Send the texts "
            "themselves; in LangChain, set check_embedding_ctx_length to False.",
            "input",
        )
    if not all(isinstance(text, str) for text in given):
        raise invalid("input must be a text or a list of texts.", "input")
    if not all(given):
        raise invalid("input has an empty text, which has no meaning to embed.", "input")
    return tuple(given)


def _refuse_unfit(model: ModelInfo, asked: EmbeddingsRequest) -> None:
    if not model.embedding_size:
        raise ApiError(
            400,  # not 501, which clients take for a passing fault and try again
            "The loaded model writes text and makes no embeddings. Load an embedding model for "
            "this, or use another server.",
            code="embeddings_not_supported",
            param="model",
        )
    if asked.dimensions is not None and asked.dimensions > model.embedding_size:
        raise invalid(f"dimensions must be at most {model.embedding_size} here.", "dimensions")


def _refused(error: AppError) -> ApiError:
    match error.kind:
        case ErrorKind.CONTEXT_OVERFLOW:
            tokens = error.context.get("prompt_tokens", 0)
            limit = error.context.get("context_length", 0)
            return ApiError(
                400,
                f"This model's maximum context length is {limit} tokens. However, a text of input "
                f"has {tokens} tokens. Please cut it into shorter ones.",
                code="context_length_exceeded",
                param="input",
            )
        case ErrorKind.MODEL_UNSUPPORTED:
            message = f"{error.title}. {error.message}"
            return ApiError(400, message, code="embeddings_not_supported", param="model")
    return from_app_error(error)


def _told(vector: list[float], asked: EmbeddingsRequest) -> list[float] | str:
    if asked.dimensions is not None and asked.dimensions < len(vector):
        vector = vector[: asked.dimensions]
        length = math.sqrt(sum(number * number for number in vector))
        vector = [number / length for number in vector] if length else vector
    if not asked.is_base64:
        return vector
    numbers = array.array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
