"""SIGINT and SIGTERM close the window as a click on its cross would."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QSocketNotifier


class UnixSignals:
    """Python runs a signal's handler only between its own instructions, and Qt's loop has none:
    the signal writes a byte to a socket, and the socket wakes the loop."""

    def __init__(self, on_signal: Callable[[], None]) -> None:
        self._on_signal = on_signal
        self._read_end, self._write_end = socket.socketpair()
        self._read_end.setblocking(False)
        self._write_end.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        self._old = {
            number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_activated)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._read_end.close()
        self._write_end.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        """Only replaces the default, which would end the process at once."""

    def _on_activated(self) -> None:
        self._read_end.recv(64)
        self._on_signal()
