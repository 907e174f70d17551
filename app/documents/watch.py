"""Kills a process that reads a document when it is cancelled, too slow or too large."""

import subprocess
import threading
import time
from collections.abc import Callable

import psutil

from app.documents.child import kill_child
from app.documents.job import Limits

WATCH_S = 0.1


class Watch:
    """A thread beside the one that reads the lines of the process."""

    def __init__(
        self, process: subprocess.Popen[bytes], limits: Limits, is_cancelled: Callable[[], bool]
    ) -> None:
        self.limit_hit = ""
        self.was_cancelled = False
        self._process, self._limits, self._is_cancelled = process, limits, is_cancelled
        self._waiting_since: float | None = None
        self._left_s = limits.seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="document-watch", daemon=True)
        self._thread.start()

    def wait(self, spent_s: float) -> None:
        """The reader waits for a line from now on; ``spent_s`` were spent on the file before."""
        self._left_s = self._limits.seconds - spent_s
        self._waiting_since = time.monotonic()

    def on_line(self) -> float:
        """A line came: how long it took, in seconds."""
        since, self._waiting_since = self._waiting_since, None
        return 0.0 if since is None else time.monotonic() - since

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(WATCH_S):
            self.was_cancelled = self._is_cancelled()
            self.limit_hit = "" if self.was_cancelled else self._find_limit()
            if self.was_cancelled or self.limit_hit:
                kill_child(self._process)
                return

    def _find_limit(self) -> str:
        try:
            memory_bytes = psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:  # gone; the reader sees the end of its pipe
            return ""
        if memory_bytes > self._limits.memory_bytes:
            return "Reading it takes more memory than Doorstep gives to one file."
        since = self._waiting_since
        waited_s = 0.0 if since is None else time.monotonic() - since
        if waited_s > self._limits.seconds_per_page or waited_s > max(self._left_s, 1.0):
            return "Reading it takes too long."
        return ""
