"""POST /v1/embeddings: a clear refusal, as no engine opens embedding models yet."""

from starlette.requests import Request
from starlette.responses import Response

from app.engine.client import EngineClient
from app.server.body import read_json
from app.server.errors import ApiError, invalid
from app.server.fields import Fields
from app.server.limits import Limits
from app.server.models import loaded_model


class Embeddings:
    """The endpoint."""

    def __init__(self, engine: EngineClient, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        fields = Fields(await read_json(request.scope, request.receive, self._limits))
        if not isinstance(fields.get("input"), str | list) or not fields.get("input"):
            raise invalid("input must be a text or a list of texts.", "input")
        if fields.text("encoding_format") not in (None, "float", "base64"):
            raise invalid("encoding_format must be float or base64.", "encoding_format")
        loaded_model(self._engine)
        raise ApiError(
            400,  # not 501, which clients take for a passing fault and try again
            "The loaded model writes text and makes no embeddings. Use another server for them.",
            code="embeddings_not_supported",
            param="model",
        )
