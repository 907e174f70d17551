"""Switches the endpoint on and off: a thread named "endpoint" with a loop of its own."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.client import EngineClient
from app.engine.errors import AppError
from app.server.inspector import Inspector
from app.server.key_book import KeyBook
from app.server.keyring_entry import DEFAULT
from app.server.keys import Keys
from app.server.lan import own_addresses, refuse_unsafe
from app.server.limits import Limits
from app.server.listener import HOST

if TYPE_CHECKING:
    from app.server.run import Run

log = logging.getLogger(__name__)


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
        self._run: Run | None = None

    @property
    def api_key(self) -> str | None:
        """The default key, for showing to the user. May wait for the keyring."""
        return self._keys.default if self._keys else None

    @property
    def needs_key(self) -> bool:
        return self._keys is not None

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

    def want_port(self, port: int) -> None:
        """Listen there when it is switched on next; 0 takes any free port."""
        self._wanted_port = port

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
        """Listen; returns when connections are accepted. Raises AppError, e.g. port in use.

        May wait for the keyring before.
        """
        # The server's libraries take long to load: a window whose endpoint is off does without.
        from app.server.run import Run

        if self._keys is not None:
            self._keys.find()
        with self._lock:
            if self._live_run() is not None:
                return
            if self._is_lan:
                refuse_unsafe(self._keys)
            run = Run(
                self._engine,
                self._keys,
                self._limits,
                self.inspector,
                self._requests_path,
                self._wanted_port,
                is_lan=self._is_lan,
            )
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

    def _live_run(self) -> "Run | None":
        run = self._run
        return run if run is not None and run.is_alive else None
