"""Server-sent events, and the watch on the client while an answer is made."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.server.errors import ApiError

KEEP_ALIVE = b": keep-alive\n\n"  # a comment: clients count it as life and show nothing

# Made once: json.dumps with options makes one for every call, which is dear for every token.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# Stand for what differs; no model's name and no id is like them.
BLANK_TEXT = "\ue000text\ue000"
BLANK_NUMBER = 808_017_424_794_512_875
_TEXT = _json(BLANK_TEXT).encode()
_NUMBER = str(BLANK_NUMBER).encode()

T = TypeVar("T")


def data(value: object) -> bytes:
    """One event. The prefix is exactly ``data: ``, as some clients demand."""
    return b"data: " + _json(value).encode() + b"\n\n"


def event(value: dict[str, Any]) -> bytes:
    """One event that is named after its ``type``, as the newer protocols want it."""
    return b"event: " + str(value["type"]).encode() + b"\n" + data(value)


class Mould:
    """An event that is the same again and again but for a text and a number: encoded once.

    The event is made with BLANK_TEXT, once or more, and at most one BLANK_NUMBER before it.
    """

    def __init__(self, blank_event: bytes) -> None:
        head, number, rest = blank_event.partition(_NUMBER)
        self._head = head if number else b""
        self._is_numbered = bool(number)
        self._parts = (rest if number else head).split(_TEXT)

    def cast(self, text: str, number: int = 0) -> bytes:
        event = _json(text).encode().join(self._parts)
        return b"%b%d%b" % (self._head, number, event) if self._is_numbered else event


class Pulse:
    """Knows when a stream has been silent for too long.

    An answer may go on without a word for the client, while it thinks in private.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._sent_at = time.monotonic()

    def sent(self) -> None:
        self._sent_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._sent_at >= self._every_s


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """Do the work, or cancel it and raise ClientDisconnect as soon as the client leaves.

    The request body must have been read: what ``receive`` gives is taken for the disconnect.
    """
    tasks = (asyncio.ensure_future(work), asyncio.ensure_future(_disconnect(receive)))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            return tasks[0].result()
        raise ClientDisconnect
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class EventStream(Response):
    """Sends frames as they come; the generator is closed at once when the client leaves.

    An ApiError before the first frame is an ordinary HTTP error, later ones become a last frame.
    """

    media_type = "text/event-stream"

    def __init__(
        self, frames: AsyncGenerator[bytes, None], error_frame: Callable[[ApiError], bytes]
    ) -> None:
        self.status_code = 200
        self.background = None
        self._frames = frames
        self._error_frame = error_frame
        self.init_headers({"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A client that leaves in the middle is no error; there is nobody left to tell.
        with contextlib.suppress(ClientDisconnect):
            await while_connected(receive, self._write(send))

    async def _write(self, send: Send) -> None:
        async with contextlib.aclosing(self._frames) as frames:
            first = await anext(frames)
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            await _send_body(send, first)
            try:
                async for frame in frames:
                    await _send_body(send, frame)
            except ApiError as error:
                await _send_body(send, self._error_frame(error))
        await _send_body(send, b"", more=False)


async def _send_body(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
