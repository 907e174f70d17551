"""Work that can wait is done between events, at most a few milliseconds at a time."""

from collections import deque
from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

SLICE_S = 0.004


class IdleQueue(QObject):
    """Runs iterators one after another; each step of an iterator must be short."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: deque[Iterator[None]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_idle)

    def add(self, job: Iterator[None]) -> None:
        self._jobs.append(job)
        self._timer.start()

    def clear(self) -> None:
        self._jobs.clear()
        self._timer.stop()

    def _on_idle(self) -> None:
        deadline = perf_counter() + SLICE_S
        while self._jobs and perf_counter() < deadline:
            if next(self._jobs[0], self) is self:
                self._jobs.popleft()
        if not self._jobs:
            self._timer.stop()
