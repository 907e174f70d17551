"""Errors as HTTP clients see them: a status, a code for programs, a sentence for people.

Never a prompt, a path or a traceback. The path of a request decides on the shape: what lies under
/v1/messages is told in Anthropic's, everything else in OpenAI's, also before a route is reached.
"""

from typing import Any

from starlette.responses import JSONResponse

from app.engine.errors import AppError, ErrorKind

BUSY_RETRY_S = 2

_ANTHROPIC_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}


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
        numbers: dict[str, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.numbers = numbers or {}  # prompt_tokens and context_length of an overflow
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


def anthropic_error_body(error: ApiError) -> dict[str, Any]:
    """Overflow is worded so that agents can read the limit out of it and compact."""
    message = error.message
    if error.code == "context_length_exceeded":
        tokens, limit = _overflow(error.numbers)
        message = f"prompt is too long: {tokens} tokens > {limit} maximum"
    kind = _ANTHROPIC_KINDS.get(error.status)
    if kind is None:
        kind = "invalid_request_error" if error.status < 500 else "api_error"
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": None}


def error_response(error: ApiError, path: str) -> JSONResponse:
    """The error in the shape of the protocol that the path belongs to."""
    is_anthropic = path == "/v1/messages" or path.startswith("/v1/messages/")
    body = anthropic_error_body(error) if is_anthropic else openai_error_body(error)
    return JSONResponse(body, error.status, error.headers)


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
        case ErrorKind.ENGINE_BUSY:
            return unavailable(f"{error.title}. {error.message}", error.kind)
        case ErrorKind.ENGINE_DIED:
            # Its message may hold the last words of a library, and those the name of a file.
            message = f"{error.title}. Try again in a moment; the log of Doorstep says more."
            return unavailable(message, error.kind)
        case ErrorKind.TOOL_CALL_MISSING | ErrorKind.ANSWER_INVALID:
            # Not the request's fault, but no other server would do better: no 5xx, no blind retry.
            return ApiError(422, f"{error.title}. {error.message}", code=error.kind)
        case ErrorKind.INTERNAL:
            return internal_error()
        case _:
            # The sentences of the other kinds may name files of the user.
            message = f"{error.title}. The Doorstep window and its log say more."
            return unavailable(message, error.kind, retry_after_s=None)


def _context_overflow(numbers: dict[str, int]) -> ApiError:
    """In the words and with the code by which agents know that they must compact."""
    tokens, limit = _overflow(numbers)
    return ApiError(
        400,
        f"This model's maximum context length is {limit} tokens. However, your messages resulted "
        f"in {tokens} tokens. Please reduce the length of the messages.",
        code="context_length_exceeded",
        param="messages",
        numbers=numbers,
    )


def _overflow(numbers: dict[str, int]) -> tuple[int, int]:
    return numbers.get("prompt_tokens", 0), numbers.get("context_length", 0)
