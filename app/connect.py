"""``doorstep connect``: tells a coding agent of the endpoint, after showing what would change."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from app.client_change import ClientChange, change_of
from app.clients import CLIENTS, Endpoint, config_path, entered
from app.errors import AppError, ErrorKind
from app.server.keys import load_api_key
from app.start import Start

ASK_S = 5.0


def connect(start: Start, name: str, *, port: int | None, is_print: bool, is_yes: bool) -> int:
    """Write or print the configuration of a client. Raises AppError, with nothing changed."""
    client = CLIENTS[name]
    endpoint = running_endpoint(start.settings.endpoint_port if port is None else port)
    if client.change is not None and is_print:
        print(f"# {config_path(client, Path.home())}")
        print(client.change("", endpoint), end="")
        return 0
    change = change_of(client, endpoint, Path.home())
    if change is None:
        print(f"{client.how}\n\n{entered(client, endpoint)}")
        return 0
    return _write(change, is_yes=is_yes)


def running_endpoint(port: int) -> Endpoint:
    """The endpoint that runs on this machine, as it describes itself."""
    address = f"http://127.0.0.1:{port}"
    key = load_api_key()
    if key.source == "memory":
        raise AppError(
            ErrorKind.SECRETS,
            "The endpoint's key is not known here",
            "This computer has no usable keyring. Set DOORSTEP_API_KEY to the key of the endpoint "
            "and try again.",
        )
    request = urllib.request.Request(
        f"{address}/v1/models", headers={"Authorization": f"Bearer {key.value}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=ASK_S) as response:
            model = json.load(response)["data"][0]
            return Endpoint(address, key.value, model["id"], model["context_length"])
    except (OSError, ValueError, LookupError) as error:
        code = error.code if isinstance(error, urllib.error.HTTPError) else None
        raise _not_reached(port, code) from error


def _write(change: ClientChange, *, is_yes: bool) -> int:
    if not change.is_needed:
        print(f"{change.title} is connected already.")
        return 0
    print(change.diff)
    if not is_yes and not _is_wanted(change.path):
        print("Nothing was changed.")
        return 1
    backup = change.apply()
    if backup is not None:
        print(f"The old file is kept as {backup}.")
    print(f"{change.title} is connected. Restart it to use Doorstep.")
    return 0


def _is_wanted(path: Path) -> bool:
    if not sys.stdin.isatty():
        raise AppError(
            ErrorKind.BAD_REQUEST,
            "Nobody can be asked here",
            f"Add --yes to write {path.name}, or --print to see what to enter by hand.",
        )
    return input(f"Write {path}? [y/N] ").strip().lower() in ("y", "yes")


def _not_reached(port: int, code: int | None) -> AppError:
    if code in (401, 403):
        return AppError(
            ErrorKind.SECRETS,
            "The endpoint does not accept this key",
            "Set DOORSTEP_API_KEY to the key that the endpoint was started with.",
        )
    return AppError(
        ErrorKind.ENGINE_DIED,
        f"No endpoint answers on port {port}",
        "Switch it on in the window or run `doorstep serve`, wait until the model is loaded, then "
        "try again. The client needs the model's context length from it.",
    )
