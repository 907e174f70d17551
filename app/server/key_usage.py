"""When each key was last used: a small file of names and times, never of keys.

Beside it stands a stamp, by which a running endpoint hears that keys were added or revoked.
"""

import json
import logging
import os
import threading
import time
from pathlib import Path

log = logging.getLogger(__name__)

_WRITE_EVERY_S = 60.0


class KeyUsage:
    """Notes uses, to the minute. May be used from any thread, also by several processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, name: str) -> None:
        now = time.time()
        with self._lock:
            if now - self._written.get(name, 0) < _WRITE_EVERY_S:
                return
            self._written[name] = now
            self._write(self.last_used() | {name: now})

    def last_used(self) -> dict[str, float]:
        """Unix seconds by name; a damaged file counts as empty."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {n: float(at) for n, at in found.items() if isinstance(at, int | float)}

    def forget(self, name: str) -> None:
        with self._lock:
            self._write({n: at for n, at in self.last_used().items() if n != name})

    def announce_change(self) -> None:
        """Have running endpoints read the keys again."""
        try:
            self._stamp.write_text(str(time.time_ns()), encoding="ascii")
        except OSError as error:
            log.warning("running endpoints are not told of the keys: %s", error.strerror)

    def changed_at(self) -> int:
        """Something else after every announced change."""
        try:
            return self._stamp.stat().st_mtime_ns
        except OSError:
            return 0

    @property
    def _stamp(self) -> Path:
        return self._file.with_suffix(".changed")

    def _write(self, used: dict[str, float]) -> None:
        partial = self._file.with_suffix(".partial")
        try:
            partial.write_text(json.dumps(used), encoding="utf-8")
            os.replace(partial, self._file)
        except OSError as error:
            log.warning("the use of a key is not noted: %s", error.strerror)
