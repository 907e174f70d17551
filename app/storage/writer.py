"""The one thread that writes: closures in, futures out, each in one short transaction."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from app.errors import AppError
from app.storage.driver import sqlite3

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

WRITE_BEHIND_S = 0.4  # promised: on disk within 0.5 s
CLOSE_DEADLINE_S = 5.0
_INTERRUPT_DEADLINE_S = 1.0

log = logging.getLogger(__name__)


class WriterStopped(RuntimeError):
    """The store was closed: a caller's mistake, unless both happen at the same time."""


class Writer:
    """Owns a connection in autocommit. All methods may be called from any thread but its own.

    ``worded`` turns a SQLite error into the AppError that the caller gets, or None.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        worded: Callable[[sqlite3.Error], AppError | None],
    ) -> None:
        self._connection = connection
        self._worded = worded
        self._wake = threading.Condition()
        self._queue: deque[tuple[Work[Any], Future[Any]]] = deque()
        self._behind: dict[int, Work[None]] = {}
        self._behind_due_s: float | None = None
        self._is_closing = False
        self._is_failing = False
        self._thread = threading.Thread(target=self._work, name="storage-writer", daemon=True)
        self._thread.start()

    def run(self, work: Work[T]) -> T:
        """Wait until the work is on disk and return its result, or raise what it raised."""
        return self.submit(work).result()

    def submit(self, work: Work[T]) -> Future[T]:
        """The future's callbacks run on the writer thread."""
        future: Future[T] = Future()
        with self._wake:
            self._check_open()
            self._queue.append((work, future))
            self._wake.notify()
        return future

    def write_behind(self, key: int, work: Work[None]) -> None:
        """Do the work within half a second, without a further call; the newest per key counts.

        Work that fails, as on a full disk, is logged once and tried again until it succeeds.
        """
        with self._wake:
            self._check_open()
            self._behind[key] = work
            if self._behind_due_s is None:
                self._behind_due_s = time.monotonic() + WRITE_BEHIND_S
                self._wake.notify()

    def close(self, deadline_s: float = CLOSE_DEADLINE_S) -> bool:
        """Finish all that was submitted, then stop; past the deadline interrupt it. Idempotent.

        False when the thread still hangs in the system: the connection is then left open.
        """
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join(deadline_s)
        if self._thread.is_alive():
            log.error("the storage writer did not finish in %.1f s: interrupting it", deadline_s)
            self._connection.interrupt()
            self._thread.join(_INTERRUPT_DEADLINE_S)
        if self._thread.is_alive():
            return False
        self._connection.close()
        return True

    def _check_open(self) -> None:
        if self._is_closing:
            raise WriterStopped("the store is closed")

    def _work(self) -> None:
        try:
            while self._wait():
                self._run_next()
                if self._is_behind_due():
                    self._catch_up()
            self._catch_up()
        finally:  # whatever happened, nobody may wait for ever
            self._refuse_the_rest()

    def _wait(self) -> bool:
        """Sleep until there is something to do; False when closing and the queue is empty."""
        with self._wake:
            while not self._queue and not self._is_closing:
                due_s = self._behind_due_s
                patience_s = None if due_s is None else due_s - time.monotonic()
                if patience_s is not None and patience_s <= 0:
                    break
                self._wake.wait(patience_s)
            return bool(self._queue) or not self._is_closing

    def _run_next(self) -> None:
        with self._wake:
            if not self._queue:
                return
            work, future = self._queue.popleft()
        try:
            future.set_result(self._transact(work))
        except sqlite3.Error as error:
            future.set_exception(self._worded(error) or error)
        except BaseException as error:  # the caller's work: it gets what it raised
            future.set_exception(error)

    def _transact(self, work: Work[T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends it itself on some errors
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _is_behind_due(self) -> bool:
        with self._wake:
            return self._behind_due_s is not None and time.monotonic() >= self._behind_due_s

    def _catch_up(self) -> None:
        with self._wake:
            works, self._behind, self._behind_due_s = self._behind, {}, None
        for key, work in works.items():
            try:
                self._transact(work)
                self._is_failing = False
            except sqlite3.Error as error:
                self._try_later(key, work, error)
            except Exception:  # a bug of ours in one work must not end the thread
                log.exception("a partial answer could not be stored")

    def _try_later(self, key: int, work: Work[None], error: sqlite3.Error) -> None:
        if not self._is_failing:
            log.warning("a partial answer could not be stored yet: %s", error)
        self._is_failing = True
        with self._wake:
            self._behind.setdefault(key, work)  # unless a newer one came meanwhile
            self._behind_due_s = time.monotonic() + WRITE_BEHIND_S

    def _refuse_the_rest(self) -> None:
        with self._wake:
            self._is_closing = True
            rest = list(self._queue)
            self._queue.clear()
            lost = len(self._behind)
        if lost:
            log.error("%d partial answers could not be stored", lost)
        for _, future in rest:
            future.set_exception(WriterStopped("the storage writer has stopped"))
