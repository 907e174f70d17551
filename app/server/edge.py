"""The outermost layer: logs each request in one line and keeps a bug from taking words with it."""

import logging
import time
import traceback

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.errors import error_response, internal_error
from app.server.inspector import ORIGIN, Origin

log = logging.getLogger(__name__)

_MAX_AGENT = 120  # characters


class Edge:
    """ASGI middleware. Logs route, status and duration: never a path as sent, header or body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self  # makes Starlette's router raise its 404 and 405 instead of answering
        ORIGIN.set(_origin(scope))
        status = 0
        started = time.monotonic()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            log_bug(error)
            if status:
                raise ConnectionAbortedError("answer cut short by an error") from None
            await error_response(internal_error(), scope["path"])(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            seconds = time.monotonic() - started
            log.info("%s %s %d %.2f s", scope["method"][:8], route, status, seconds)


def _origin(scope: Scope) -> Origin:
    """The path and the name that the client gives itself: seen in the inspector, never logged."""
    agent = Headers(scope=scope).get("user-agent", "")[:_MAX_AGENT]
    return Origin(scope["path"][:_MAX_AGENT], "".join(c if c.isprintable() else "?" for c in agent))


def log_bug(error: BaseException) -> None:
    """Log where it happened but not its message, which may quote the conversation."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s in the endpoint\n%s", type(error).__name__, where)
