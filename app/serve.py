"""``doorstep serve``: the endpoint without a window, until told to stop."""

import signal
import sys
import threading
from types import FrameType

from app.engine.client import EngineClient
from app.errors import AppError, ErrorKind
from app.server.control import EndpointControl
from app.server.keys import Keys, load_keys
from app.start import Start, start_logging

STOP_S = 1.5
POLL_S = 0.2


def serve(start: Start, port: int | None, *, needs_key: bool = True, is_lan: bool = False) -> int:
    """Serve until SIGTERM or SIGINT. Raises AppError when it cannot start."""
    stopping = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    start_logging(start.paths, to_stderr=True)
    engine = start.engine_client(start.worker_spec())
    keys = load_keys(start.paths.endpoint_keys) if needs_key else None
    wanted_port = start.settings.endpoint_port if port is None else port
    control = EndpointControl(
        engine,
        wanted_port,
        keys,
        requests_path=start.paths.requests_socket,
        is_lan=is_lan or start.settings.endpoint_lan,
    )
    try:
        _listen(control)
        _tell_key(keys)
        engine.start()
        if _wait_ready(engine, stopping):
            print(f"listening on {control.address}", flush=True)
            for address in control.lan_addresses:
                print(f"for other computers, unencrypted: {address}", flush=True)
            stopping.wait()
    finally:
        control.stop(STOP_S)
        engine.close()
    return 0


def _listen(control: EndpointControl) -> None:
    """Raises AppError; here a port is chosen in other ways than in the window."""
    try:
        control.start()
    except AppError as error:
        if error.kind is not ErrorKind.PORT_IN_USE:
            raise
        how = f"{error.message} Name it with --port; 0 takes any free one."
        raise AppError(error.kind, error.title, how) from None


def _wait_ready(engine: EngineClient, stopping: threading.Event) -> bool:
    """Wait for the model; False when told to stop first. Raises AppError when it cannot load."""
    while not stopping.is_set():
        try:
            engine.wait_ready(POLL_S)
        except AppError as error:
            if error.kind is not ErrorKind.ENGINE_BUSY:
                raise
        else:
            return True
    return False


def _tell_key(keys: Keys | None) -> None:
    if keys is None:
        print("No key is asked for: any program here may use it.", file=sys.stderr, flush=True)
    elif keys.source == "memory":
        print(f"API key for this run: {keys.default}", file=sys.stderr, flush=True)
    elif keys.source == "keyring":
        print("The API keys are those in this computer's keyring.", file=sys.stderr, flush=True)
