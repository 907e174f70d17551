"""Switches the endpoint on and off: a thread named "endpoint" with a loop of its own."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from app.engine.client import EngineClient
from app.engine.errors import AppError
from app.server.app import create_app
from app.server.connection import connection_class
from app.server.edge import log_bug
from app.server.inspector import Inspector
from app.server.key_book import KeyBook
from app.server.keyring_entry import DEFAULT
from app.server.keys import Keys, KeySource
from app.server.lan import EVERYWHERE, own_addresses, own_names, refuse_unsafe
from app.server.limits import Limits
from app.server.listener import BACKLOG, HOST, listening_socket
from app.server.requests_socket import requests_socket
from app.server.turns import Turns

log = logging.getLogger(__name__)

_START_LIMIT_S = 20.0
_GRACE_S = 1  # for answers that are just being sent
_FORCE_S = 1.0
_ACCEPTED_AT_ONCE = 128  # connections, each with a file of ours


class EndpointControl:
    """The local HTTP endpoint of one engine. Every method may be called from any thread.

    With ``is_lan`` it listens for the whole local network, which needs keys; else for this
    computer alone. With ``keys`` None no key is asked for. ``requests_path`` is where ``doorstep
    requests`` finds it. It may be started and stopped again and again; with port 0 each start
    takes a free port.
    """

    def __init__(
        self,
        engine: EngineClient,
        port: int,
        keys: Keys | str | None,
        limits: Limits | None = None,
        requests_path: Path | None = None,
        *,
        is_lan: bool = False,
    ) -> None:
        self._keys = Keys({DEFAULT: keys}) if isinstance(keys, str) else keys
        self.inspector = Inspector()  # off; stays when the endpoint is switched off and on
        self._engine = engine
        self._wanted_port = port
        self._limits = limits or Limits()
        self._requests_path = requests_path
        self._is_lan = is_lan
        self._lock = threading.Lock()
        self._run: _Run | None = None

    @property
    def api_key(self) -> str | None:
        """The default key, for showing to the user."""
        return self._keys.default if self._keys else None

    @property
    def key_source(self) -> KeySource | None:
        """Where the keys come from; None when no key is asked for."""
        return self._keys.source if self._keys else None

    @property
    def key_book(self) -> KeyBook | None:
        """The named keys, to list, make and revoke; None when there is no file of uses."""
        return self._keys.book if self._keys else None

    @property
    def is_lan(self) -> bool:
        """Whether other computers may use it, once it is on."""
        return self._is_lan

    @property
    def port(self) -> int:
        """The port that is listened on, or else the one asked for."""
        run = self._live_run()
        return run.port if run else self._wanted_port

    @property
    def address(self) -> str | None:
        """Base address for clients; None while switched off."""
        run = self._live_run()
        return f"http://{HOST}:{run.port}/v1" if run else None

    @property
    def lan_addresses(self) -> tuple[str, ...]:
        """Base addresses for clients on other computers; empty unless open to the network."""
        run = self._live_run()
        if run is None or not self._is_lan:
            return ()
        return tuple(f"http://{address}:{run.port}/v1" for address in own_addresses())

    @property
    def requests_now(self) -> int:
        """Answers being generated or waiting."""
        run = self._live_run()
        return run.turns.live_count if run else 0

    def start(self) -> None:
        """Listen; returns when connections are accepted. Raises AppError, e.g. port in use."""
        with self._lock:
            if self._live_run() is not None:
                return
            if self._is_lan:
                refuse_unsafe(self._keys)
            turns = Turns(self._engine, self._limits.requests, self.inspector)
            listener = listening_socket(self._wanted_port, EVERYWHERE if self._is_lan else HOST)
            watching = requests_socket(self.inspector, self._requests_path)
            app = create_app(
                self._engine,
                turns,
                self._keys,
                self._limits,
                own_names() if self._is_lan else None,
            )
            run = _Run(app, self._limits, turns, listener, watching)
            run.start()
            self._run = run
        log.info("endpoint listens on port %d", run.port)

    def stop(self, timeout_s: float = 3) -> None:
        """End running answers with an error, close every connection. Does nothing when off."""
        with self._lock:
            run, self._run = self._run, None
            if run is not None:
                run.stop(timeout_s)

    def open_to_network(self, is_lan: bool, timeout_s: float = 3) -> None:
        """Let other computers in, or no longer; where it is on, running answers end.

        Blocks while it is switched off and on again. Raises AppError, with everything as it was.
        """
        was_lan, was_on = self._is_lan, self.address is not None
        if is_lan == was_lan:
            return
        if is_lan:
            refuse_unsafe(self._keys)
        self.stop(timeout_s)
        self._is_lan = is_lan
        if not was_on:
            return
        try:
            self.start()
        except AppError:
            self._is_lan = was_lan
            self.start()
            raise

    def _live_run(self) -> "_Run | None":
        run = self._run
        return run if run is not None and run.is_alive else None


class _Run:
    """One time of being switched on: its socket, thread, loop and live turns."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        turns: Turns,
        listener: socket.socket,
        watching: AbstractAsyncContextManager[None],
    ) -> None:
        self.port: int = listener.getsockname()[1]
        self.turns = turns
        self._listener = listener
        self._watching = watching
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
            self._listener.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._serving = asyncio.current_task()
        try:
            async with self._watching:
                await self._server.serve(sockets=[self._listener])
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
