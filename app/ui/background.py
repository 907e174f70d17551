"""Blocking calls leave the GUI thread here, and their results come back to it."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.errors import AppError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Call:
    work: Callable[[], Any]
    on_done: Callable[[Any], None]
    on_error: Callable[[AppError], None]


@dataclass(frozen=True, slots=True)
class _Outcome:
    call: _Call
    value: Any = None
    error: BaseException | None = None


class _Relay(QObject):
    finished = Signal(object)


class Background:
    """A few worker threads; calls start in the order they were given.

    The threads are daemons, so that a call that never returns cannot keep the app alive.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._relay = _Relay()
        self._relay.finished.connect(self._on_finished)
        self._is_open = True
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[AppError], None],
    ) -> None:
        """Call ``work`` on a worker thread, then one of the other two on the GUI thread.

        Anything but an AppError is a bug: it is raised on the GUI thread, for the excepthook.
        """
        self._calls.put(_Call(work, on_done, on_error))

    def close(self, deadline_s: float) -> None:
        """Start nothing more, deliver nothing more, and wait at most this long."""
        self._is_open = False
        until = time.monotonic() + deadline_s
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            log.info("left behind while closing: %s", ", ".join(late))

    def _work(self) -> None:
        while (call := self._calls.get()) is not None and self._is_open:
            outcome = _run(call)
            if self._is_open:
                self._relay.finished.emit(outcome)

    def _on_finished(self, outcome: _Outcome) -> None:
        if not self._is_open:
            return
        match outcome.error:
            case None:
                outcome.call.on_done(outcome.value)
            case AppError() as error:
                outcome.call.on_error(error)
            case error:
                raise error


def _run(call: _Call) -> _Outcome:
    try:
        return _Outcome(call, value=call.work())
    except Exception as error:  # the worker loop: raised again on the GUI thread
        return _Outcome(call, error=error)
