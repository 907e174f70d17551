"""Errors as HTTP clients see them: a status, a code for programs, a sentence for people.

Never a prompt, a path or a traceback. Each protocol formats an ``ApiError`` in its own shape; the
OpenAI shape is here because everything outside a protocol (404, 401, …) uses it too.
"""

from typing import Any

from starlette.responses import JSONResponse

from app.engine.errors import AppError, ErrorKind

BUSY_RETRY_S = 2


class ApiError(Exception):
    """A refusal or failure with everything that any protocol needs to report it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        retry_after_s: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            self.headers["Retry-After"] = str(retry_after_s)


def openai_error_body(error: ApiError) -> dict[str, Any]:
    return {
        "error": {
            "message": error.message,
            "type": error.kind,
            "param": error.param,
            "code": error.code,
        }
    }


def openai_error_response(error: ApiError) -> JSONResponse:
    return JSONResponse(openai_error_body(error), error.status, error.headers)


def invalid(message: str, param: str | None = None) -> ApiError:
    """400: the client must change its request."""
    return ApiError(400, message, param=param)


def unavailable(message: str, code: str, retry_after_s: int | None = BUSY_RETRY_S) -> ApiError:
    """503: the endpoint cannot answer now; with a time after which trying again makes sense."""
    return ApiError(
        503, message, code=code, kind="service_unavailable", retry_after_s=retry_after_s
    )


def too_many_requests() -> ApiError:
    return ApiError(
        429,
        "Too many requests are being answered at once. Try again in a moment.",
        code="rate_limit_exceeded",
        kind="rate_limit_error",
        retry_after_s=BUSY_RETRY_S,
    )


def too_many_connections() -> ApiError:
    return unavailable("Too many connections are open. Close some.", "too_many_connections")


def endpoint_closing() -> ApiError:
    return unavailable("The endpoint is being switched off.", "endpoint_closing")


def internal_error() -> ApiError:
    return ApiError(
        500,
        "Something went wrong inside Doorstep; its log says more.",
        code="internal_error",
        kind="server_error",
    )


def from_app_error(error: AppError) -> ApiError:
    """The HTTP meaning of an error of the app."""
    match error.kind:
        case ErrorKind.BAD_REQUEST:
            return invalid(error.message)
        case ErrorKind.TEMPLATE:
            return ApiError(400, f"{error.title}. {error.message}", code=error.kind)
        case ErrorKind.CONTEXT_OVERFLOW:
            return _context_overflow(error.context)
        case ErrorKind.ENGINE_BUSY | ErrorKind.ENGINE_DIED:
            return unavailable(f"{error.title}. {error.message}", error.kind)
        case ErrorKind.INTERNAL:
            return internal_error()
        case _:
            # The sentences of the other kinds may name files of the user.
            message = f"{error.title}. The Doorstep window and its log say more."
            return unavailable(message, error.kind, retry_after_s=None)


def _context_overflow(numbers: dict[str, int]) -> ApiError:
    """In the words and with the code by which agents know that they must compact."""
    tokens, limit = numbers.get("prompt_tokens", 0), numbers.get("context_length", 0)
    return ApiError(
        400,
        f"This model's maximum context length is {limit} tokens. However, your messages resulted "
        f"in {tokens} tokens. Please reduce the length of the messages.",
        code="context_length_exceeded",
        param="messages",
    )
