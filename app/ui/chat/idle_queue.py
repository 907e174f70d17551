"""Work that can wait is done between events, at most a few milliseconds at a time."""

from collections import deque
from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

SLICE_S = 0.004
_WAIT_MS = 15

# A job yields whether it waits for another thread; True lets the others go first.
Job = Iterator[bool]


class IdleQueue(QObject):
    """Runs jobs one after another; each step of a job must be short."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: deque[Job] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_idle)

    @property
    def is_empty(self) -> bool:
        return not self._jobs

    def add(self, job: Job) -> None:
        self._jobs.append(job)
        self._timer.start(0)

    def clear(self) -> None:
        self._jobs.clear()
        self._timer.stop()

    def _on_idle(self) -> None:
        deadline = perf_counter() + SLICE_S
        waiting = 0
        while waiting < len(self._jobs) and perf_counter() < deadline:
            is_waiting = next(self._jobs[0], None)
            if is_waiting is None:
                self._jobs.popleft()
            elif is_waiting:
                self._jobs.rotate(-1)
                waiting += 1
            else:
                waiting = 0
        if not self._jobs:
            self._timer.stop()
        else:
            self._timer.setInterval(_WAIT_MS if waiting == len(self._jobs) else 0)
