"""Tells whoever asked which documents changed, at most ten times a second."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

OnChange = Callable[[frozenset[int]], None]
Unsubscribe = Callable[[], None]

INTERVAL_S = 0.1

log = logging.getLogger(__name__)


class Changes:
    """``note`` may be called from any thread; subscribers are called on one of its own."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._pending: set[int] = set()
        self._subscribers: list[OnChange] = []
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name="documents-changes", daemon=True)
        self._thread.start()

    def note(self, ids: Iterable[int]) -> None:
        with self._wake:
            self._pending.update(ids)
            self._wake.notify()

    def subscribe(self, on_change: OnChange) -> Unsubscribe:
        with self._wake:
            self._subscribers.append(on_change)

        def unsubscribe() -> None:
            with self._wake:
                if on_change in self._subscribers:
                    self._subscribers.remove(on_change)

        return unsubscribe

    def close(self) -> None:
        """What is pending is told before it ends."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join(2.0)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending or self._is_closing)
                if not self._pending:
                    return
                ids, self._pending = frozenset(self._pending), set()
                subscribers = list(self._subscribers)
            for on_change in subscribers:
                try:
                    on_change(ids)
                except RuntimeError:  # the signal of a widget that Qt has deleted meanwhile
                    log.warning("a change of documents came too late for a widget")
            time.sleep(INTERVAL_S)
