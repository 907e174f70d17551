"""One window per data folder: a second start hands over to the first and ends."""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.errors import AppError, ErrorKind
from app.paths import Paths

log = logging.getLogger(__name__)

RAISE = b"raise"  # the main window
QUICK = b"quick"  # the quick window
DONE = b"done\n"
ANSWER_MS = 3000
MAX_UNTRUSTED_REQUEST = 4096
_MAX_SOCKET_PATH = 100  # bytes; the limit of the systems is 104 or 108


class SingleInstance:
    """The first start on a data folder, listening for later ones."""

    def __init__(self, lock: QLockFile) -> None:
        self._lock = lock
        self._server: QLocalServer | None = None
        self._calls: dict[bytes, Callable[[], None]] = {}
        self._callers: list[_Caller] = []

    def listen(
        self, paths: Paths, on_raise: Callable[[], None], on_quick: Callable[[], None]
    ) -> None:
        """Call one of them on this thread for every later start. Needs an event loop."""
        self._calls = {RAISE: on_raise, QUICK: on_quick}
        self._server = QLocalServer()
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        for address in _addresses(paths):
            QLocalServer.removeServer(address)  # ours alone: we hold the lock
            if self._server.listen(address):
                return
        log.warning("cannot listen for later starts: %s", self._server.errorString())

    def close(self) -> None:
        """Let the next start be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _on_connection(self) -> None:
        self._callers = [caller for caller in self._callers if caller.is_connected]
        while (connection := self._server.nextPendingConnection()) is not None:
            self._callers.append(_Caller(connection, self._calls))


class _Caller:
    """Another start that hands over."""

    def __init__(self, connection: QLocalSocket, calls: dict[bytes, Callable[[], None]]) -> None:
        self._connection = connection  # a child of the server, which deletes it
        self._calls = calls
        connection.readyRead.connect(self._on_ready_read)
        self._on_ready_read()

    @property
    def is_connected(self) -> bool:
        return self._connection.state() == QLocalSocket.LocalSocketState.ConnectedState

    def _on_ready_read(self) -> None:
        untrusted = bytes(self._connection.peek(MAX_UNTRUSTED_REQUEST))
        if b"\n" not in untrusted:
            if len(untrusted) >= MAX_UNTRUSTED_REQUEST:
                self._connection.abort()
            return
        self._connection.readAll()
        untrusted_word, _, untrusted_token = untrusted.split(b"\n")[0].partition(b" ")
        call = self._calls.get(untrusted_word)
        if call is not None:
            _take_activation_token(untrusted_token)
            call()
            self._connection.write(DONE)
            self._connection.flush()
        self._connection.disconnectFromServer()


def claim(paths: Paths, wanted: bytes = RAISE) -> SingleInstance | None:
    """The claim to the data folder, or None when the process that has it did what is wanted.

    A lock left by a process that was killed is taken over. Raises AppError when another process
    holds the folder and does not answer. Needs neither an application nor a display.
    """
    lock = QLockFile(str(paths.data / "window.lock"))
    lock.setStaleLockTime(0)  # by age never; a dead owner is noticed by its process id
    if lock.tryLock(0):
        return SingleInstance(lock)
    if lock.error() != QLockFile.LockError.LockFailedError:
        raise _lock_unusable(paths)
    until = time.monotonic() + ANSWER_MS / 1000
    while time.monotonic() < until:
        if any(_is_done(address, wanted) for address in _addresses(paths)):
            return None
        if lock.tryLock(100):  # the owner ended meanwhile; it may also still be starting
            return SingleInstance(lock)
    raise _frozen(lock)


def _addresses(paths: Paths) -> list[str]:
    """Where the first may listen: inside the folder, or beside it when that path is too long."""
    folder = paths.data.resolve()
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    name = f"doorstep-{digest}"
    if os.name == "nt":
        return [name]
    beside = str(Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}.sock")
    inside = str(folder / "window.sock")
    return [inside, beside] if len(os.fsencode(inside)) <= _MAX_SOCKET_PATH else [beside]


def _is_done(address: str, wanted: bytes) -> bool:
    """Ask the owner to show a window; False when nothing answers in time."""
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(ANSWER_MS):
        return False
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "").encode()
    socket.write(wanted + b" " + token[:1024] + b"\n")
    socket.waitForBytesWritten(ANSWER_MS)
    socket.waitForReadyRead(ANSWER_MS)
    return bytes(socket.readAll()) == DONE


def _take_activation_token(untrusted: bytes) -> None:
    """On Wayland the right to come to the front is handed over; Qt reads it from here."""
    token = untrusted.strip().decode("ascii", "ignore")
    if token.isprintable() and token:
        os.environ["XDG_ACTIVATION_TOKEN"] = token


def _frozen(lock: QLockFile) -> AppError:
    process_id = lock.getLockInfo()[0]
    who = f"process {process_id}" if process_id else "another process"
    return AppError(
        ErrorKind.DATA_FOLDER,
        "Doorstep is already open but does not answer",
        f"Its window ({who}) has the same data folder and did not react within "
        f"{ANSWER_MS // 1000} seconds. Wait a moment or end that process, then start again; "
        "conversations are not lost.",
    )


def _lock_unusable(paths: Paths) -> AppError:
    return AppError(
        ErrorKind.DATA_FOLDER,
        "The data folder cannot be used",
        f"{paths.data}: no lock file can be made there. Make it writable, or choose another "
        "folder with --data-dir.",
    )
