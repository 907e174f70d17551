"""One TCP connection: uvicorn's HTTP/1.1 with deadlines, so that slow clients cannot hold it.

uvicorn itself waits without limit for a request head, for the rest of a refused body, and for a
client that does not read. Everything here runs on the endpoint's loop.
"""

import asyncio
import json
from typing import Any, Literal

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.server.errors import ApiError, openai_error_body, too_many_connections
from app.server.limits import Limits

_Wait = Literal["head", "rest"]


class _Framing(h11.Connection):
    """h11, but for the chunks of a stream: it spends more on framing one than sending it costs.

    The head of an answer leaves with the first of its body, which wakes the client once, not twice.
    """

    _is_chunked = False
    _head = b""  # not sent yet

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]
        if type(event) is h11.Data and self._is_chunked and self.our_state is h11.SEND_BODY:
            data = event.data  # an empty chunk would end the stream
            return self._with_head(b"%x\r\n%b\r\n" % (len(data), data)) if data else b""
        sent = super().send(event)
        if sent and isinstance(event, h11.Response):
            self._is_chunked = b"\r\ntransfer-encoding: chunked\r\n" in sent.lower()
            self._head = sent
            return b""
        return self._with_head(sent) if sent is not None else None

    def _with_head(self, data: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + data


class Connection(H11Protocol):
    """Subclassed per endpoint by ``connection_class``, which sets the limits."""

    limits = Limits()

    _waits_for: _Wait | None = None
    _has_answered = False
    _waits_since = 0.0  # on the loop's clock
    _deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def __init__(self, config: Config, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(config, *arguments, **options)
        self.conn = _Framing(h11.SERVER, self.limits.header_bytes)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False  # it holds targets as sent; whether it is on depends on handlers
        if len(self.connections) > self.limits.connections and not self._make_room():
            self._refuse()
            return
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._set_deadline()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._has_answered = True
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        for timer in (self._deadline, self._write_deadline):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_deadline = self.loop.call_later(
            self.limits.write_timeout_s, self.transport.abort
        )

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP in the shape of every other error."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_raw_response(ApiError(400, msg)))
        self.transport.close()

    def _make_room(self) -> bool:
        """Let go of the one that has kept us waiting longest for a request.

        Whoever opens connections and says nothing cannot keep out those who have something to say.
        """
        others = [one for one in self.connections if one is not self]
        idle = [one for one in others if isinstance(one, Connection) and one._waits_for == "head"]
        if not idle:
            return False
        min(idle, key=lambda one: one._waits_since)._refuse()
        return True

    def _refuse(self) -> None:
        """Say why, unless it has had an answer: then it is only a connection kept for later."""
        self.connections.discard(self)  # now, not when the loop comes round to it
        self._waits_for = None
        if not self._has_answered:
            self.transport.write(_raw_response(too_many_connections()))
        self.transport.close()

    def _set_deadline(self) -> None:
        """Give what is awaited now its time once; more bytes do not buy more of it."""
        waits_for = self._awaited()
        if waits_for == self._waits_for:
            return
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._waits_for, self._waits_since = waits_for, self.loop.time()
        if waits_for is not None and not self.transport.is_closing():
            seconds = getattr(self.limits, f"{waits_for}_timeout_s")
            self._deadline = self.loop.call_later(seconds, self.transport.close)

    def _awaited(self) -> _Wait | None:
        if self.conn.their_state is h11.IDLE:
            return "head"
        if self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE:
            return "rest"
        return None  # the endpoint is at work, or reads the body against its own deadline


def connection_class(limits: Limits) -> type[Connection]:
    return type("LimitedConnection", (Connection,), {"limits": limits})


def _raw_response(error: ApiError) -> bytes:
    body = json.dumps(openai_error_body(error)).encode()
    retry = f"retry-after: {error.retry_after_s}\r\n" if error.retry_after_s else ""
    head = (
        f"HTTP/1.1 {error.status} \r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n{retry}connection: close\r\n\r\n"
    )
    return head.encode() + body
