"""The local network: under which names others reach this computer, and when they may."""

import re
import socket

import psutil

from app.errors import AppError, ErrorKind
from app.server.keys import Keys

EVERYWHERE = "0.0.0.0"
MIN_KEY_LENGTH = 16  # a key of our own has 46; in a network somebody may try many
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)


def own_names() -> frozenset[str]:
    """The host name as it is, without its domain, and as mDNS announces it; in lower case."""
    whole = socket.gethostname().lower()
    short = whole.partition(".")[0]
    return frozenset(
        name for name in (whole, short, f"{short}.local") if _NAME.fullmatch(name) and short
    )


def own_addresses() -> tuple[str, ...]:
    """IPv4 addresses that others may reach."""
    return tuple(
        sorted(
            address.address
            for addresses in psutil.net_if_addrs().values()
            for address in addresses
            if address.family == socket.AF_INET and not address.address.startswith("127.")
        )
    )


def refuse_unsafe(keys: Keys | None) -> None:
    """Raises AppError unless every key is fit for a network."""
    if keys is None:
        raise AppError(
            ErrorKind.BAD_REQUEST,
            "The network needs a key",
            "Without one everybody in the network could use this computer's model. Leave out "
            "--no-key, or do not open the endpoint to the network.",
        )
    if keys.shortest < MIN_KEY_LENGTH:
        raise AppError(
            ErrorKind.BAD_REQUEST,
            "The key is too short for the network",
            f"Set DOORSTEP_API_KEY to at least {MIN_KEY_LENGTH} characters, or unset it to use "
            "the key that Doorstep made.",
        )
