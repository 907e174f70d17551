"""Blocking calls leave the GUI thread here, and their results come back to it."""

import itertools
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


@dataclass(slots=True)
class _Call:
    work: Callable[[], Any]
    on_done: Callable[[Any], None]
    on_error: Callable[[AppError], None]
    value: Any = None
    error: BaseException | None = None


class _Relay(QObject):
    finished = Signal(int)


class Background:
    """A few worker threads; calls start in the order they were given.

    The threads are daemons, so that a call that never returns cannot keep the app alive. What a
    call holds are widgets and controls, which may end on the GUI thread alone: so it is the GUI
    thread that keeps the calls, and lets go of them; workers know their numbers.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._calls: dict[int, _Call] = {}
        self._numbers = itertools.count()
        self._waiting: queue.SimpleQueue[int | None] = queue.SimpleQueue()
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
        number = next(self._numbers)
        self._calls[number] = _Call(work, on_done, on_error)
        self._waiting.put(number)

    def close(self, deadline_s: float) -> bool:
        """Start nothing more, deliver nothing more, and wait at most this long.

        False when a call was left behind that still works.
        """
        self._is_open = False
        until = time.monotonic() + deadline_s
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            log.info("left behind while closing: %s", ", ".join(late))
            _left_behind.append(self)
        else:
            self._calls.clear()
        return not late

    def _work(self) -> None:
        while (number := self._waiting.get()) is not None and self._is_open:
            _run(self._calls[number])
            if self._is_open:
                self._relay.finished.emit(number)

    def _on_finished(self, number: int) -> None:
        if not self._is_open:
            return
        call = self._calls.pop(number)
        match call.error:
            case None:
                call.on_done(call.value)
            case AppError() as error:
                call.on_error(error)
            case error:
                raise error


# What a thread still works for when the app ends; nothing of it may end on that thread.
_left_behind: list[Background] = []


def _run(call: _Call) -> None:
    try:
        call.value = call.work()
    except Exception as error:  # the worker loop: raised again on the GUI thread
        call.error = error
