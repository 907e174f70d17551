"""One time of the endpoint being switched on: its sockets, its server, its thread and its loop."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from app.engine.client import EngineClient
from app.server.app import create_app
from app.server.connection import connection_class
from app.server.edge import log_bug
from app.server.inspector import Inspector
from app.server.keys import Keys
from app.server.lan import EVERYWHERE, own_names
from app.server.limits import Limits
from app.server.listener import BACKLOG, HOST, listening_sockets
from app.server.requests_socket import requests_socket
from app.server.turns import Turns

log = logging.getLogger(__name__)

_START_LIMIT_S = 20.0
_GRACE_S = 1  # for answers that are just being sent
_FORCE_S = 1.0
_ACCEPTED_AT_ONCE = 128  # connections, each with a file of ours


class Run:
    """Started once and stopped once; ``turns`` are the answers that it serves."""

    def __init__(
        self,
        engine: EngineClient,
        keys: Keys | None,
        limits: Limits,
        inspector: Inspector,
        requests_path: Path | None,
        port: int,
        *,
        is_lan: bool,
    ) -> None:
        """Raises AppError where the port cannot be had."""
        self.turns = Turns(engine, limits.requests, inspector)
        self._listeners = listening_sockets(port, EVERYWHERE if is_lan else HOST)
        self.port: int = self._listeners[0].getsockname()[1]
        self._watching = requests_socket(inspector, requests_path)
        names = own_names() if is_lan else None
        app = create_app(engine, self.turns, keys, limits, names)
        self._listening: Future[None] = Future()
        self._server = _Server(_config(app, limits), lambda: self._listening.set_result(None))
        self._thread = threading.Thread(target=self._main, name="endpoint", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()
        self._listening.result(_START_LIMIT_S)

    def stop(self, timeout_s: float) -> None:
        """Ask, then cancel what does not end."""
        self._on_loop(self._begin_stop)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.warning("endpoint did not end in %.1f s and is cancelled", timeout_s)
            self._on_loop(self._cancel)
            self._thread.join(_FORCE_S)

    def _on_loop(self, call: Callable[[], None]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            log.debug("endpoint had ended already")

    def _begin_stop(self) -> None:
        self.turns.close()
        self._server.should_exit = True

    def _cancel(self) -> None:
        assert self._serving is not None
        self._serving.cancel()

    def _main(self) -> None:
        """On the endpoint's thread, from start to end."""
        try:
            asyncio.run(self._serve())
        except asyncio.CancelledError:
            log.info("endpoint was cancelled")
        except Exception as error:  # the thread's edge: whoever waits for the start hears of it
            log_bug(error)
            if not self._listening.done():
                self._listening.set_exception(error)
        finally:
            for listener in self._listeners:
                listener.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._serving = asyncio.current_task()
        try:
            async with self._watching:
                await self._server.serve(sockets=self._listeners)
        finally:
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)  # lets the transports close


class _Server(uvicorn.Server):
    """uvicorn's server, which also says when it listens. Off the main thread it sets no signals."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)  # they wait in the system, where they cost us nothing
        self._on_listening()


def _config(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        http=connection_class(limits),
        ws="none",
        lifespan="off",
        workers=1,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_ACCEPTED_AT_ONCE,
        timeout_keep_alive=int(limits.head_timeout_s),
        timeout_graceful_shutdown=_GRACE_S,
    )
