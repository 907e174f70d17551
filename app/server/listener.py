"""Binds the port, so that a port in use is known before anything else has started."""

import errno
import logging
import socket
import sys

from app.engine.errors import bad_request
from app.errors import AppError, ErrorKind, port_in_use

HOST = "127.0.0.1"
HOST_6 = "::1"  # where some clients look first for "localhost"
BACKLOG = 2048  # connections that may wait to be accepted
_PROBE_LIMIT_S = 0.3

log = logging.getLogger(__name__)


def listening_sockets(port: int, host: str = HOST) -> list[socket.socket]:
    """Sockets that listen on the loopback addresses unless told; port 0 takes any free one.

    The first is of IPv4; there is one of IPv6 where this computer has it and nobody else the port.
    Raises AppError when another program has the port or the system refuses it.
    """
    first = _listening(port, host)
    found = [first]
    try:
        found.append(_bound(socket.AF_INET6, HOST_6, first.getsockname()[1]))
    except OSError as error:
        log.info("not listening on IPv6: %s", error.strerror)
    return found


def _listening(port: int, host: str) -> socket.socket:
    if not 0 <= port <= 65535:
        raise bad_request("The port must be between 0 and 65535.")
    if port and _is_answered(port):
        raise port_in_use(port)
    try:
        return _bound(socket.AF_INET, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise port_in_use(port) from None
        raise _refused(port, error) from None


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    """Raises OSError, with nothing left open."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        _own(listener)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _own(listener: socket.socket) -> None:
    """Take the port alone, also while old connections to it are still fading out."""
    if sys.platform == "win32":
        # There SO_REUSEADDR would let two programs have the port at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _is_answered(port: int) -> bool:
    """macOS lets us bind 127.0.0.1 beside a program that has the port on all addresses."""
    try:
        socket.create_connection((HOST, port), _PROBE_LIMIT_S).close()
    except OSError:
        return False
    return True


def _refused(port: int, error: OSError) -> AppError:
    return AppError(
        ErrorKind.PORT_IN_USE,
        f"Port {port} cannot be used",
        f"The system says: {error.strerror}. Choose another port.",
    )
