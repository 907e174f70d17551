"""Decides which process does the library's work, and does what comes round: folders, upkeep.

Whoever holds the lock file reads and indexes; the others only add rows, which it sees within a
second. When it ends, by whatever means, the next one takes over.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.documents.changes import Changes
from app.documents.folders import LEAST_INTERVAL_S, interval_s
from app.documents.importing import Importer
from app.documents.indexer import Indexer
from app.errors import AppError
from app.storage.documents import DocumentStore
from app.storage.documents_rows import Document
from app.storage.driver import app_errors
from app.storage.presence import Presence

_TICK_S = 1.0
_STOP_DEADLINE_S = 10.0

log = logging.getLogger(__name__)


class Keeper:
    """``on_active`` is called on its thread when this process begins to index, and after looks."""

    def __init__(
        self,
        store: DocumentStore,
        importer: Importer,
        indexer: Indexer,
        changes: Changes,
        on_active: Callable[[], None],
    ) -> None:
        self._store = store
        self._importer = importer
        self._indexer = indexer
        self._changes = changes
        self._on_active = on_active
        self._claim: Presence | None = None
        self.decided = threading.Event()  # whether this process is the one
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._look_at_s = 0.0
        self._least_interval_s = LEAST_INTERVAL_S
        self._version = -1
        self._seen: dict[int, Document] = {}
        self._thread: threading.Thread | None = None
        self.problem: AppError | None = None

    @property
    def is_active(self) -> bool:
        return self._claim is not None

    def start(self, lock: Path, *, is_indexing: bool) -> None:
        self._thread = threading.Thread(
            target=self._work,
            args=(lock if is_indexing else None,),
            name="documents-keeper",
            daemon=True,
        )
        self._thread.start()

    def look_soon(self) -> None:
        self._look_at_s = 0.0
        self._wake.set()

    def look_every(self, least_s: float) -> None:
        """So often at most, beginning with a look now."""
        self._least_interval_s = least_s
        self.look_soon()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_STOP_DEADLINE_S)

    def release(self) -> None:
        """After the indexer has stopped: let another process do the work."""
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.end()

    def _work(self, lock: Path | None) -> None:
        while not self._stop.is_set():
            try:
                self._tick(lock)
                self.problem = None
            except RuntimeError:
                if self._stop.is_set():  # the store was closed past the deadline
                    return
                raise
            except AppError as error:
                if error != self.problem:
                    log.warning("the library's upkeep is held up: %s", error.title)
                self.problem = error
            self.decided.set()
            self._wake.wait(_TICK_S)
            self._wake.clear()

    def _tick(self, lock: Path | None) -> None:
        if lock is not None and self._claim is None:
            self._begin(lock)
        self.decided.set()
        self._notice_others()
        if self._claim is None:
            return
        if time.monotonic() >= self._look_at_s:
            begun_s = time.monotonic()
            self._importer.reconcile()
            now_s = time.monotonic()
            self._look_at_s = now_s + interval_s(now_s - begun_s, self._least_interval_s)
        self._store.repair_index(self._stop.is_set)
        self._store.merge_index(self._stop.is_set)
        self._on_active()

    def _begin(self, lock: Path) -> None:
        with app_errors(lock):
            claim = Presence.claim(lock)
        if claim is None:
            return
        try:
            self._store.mend(self._stop.is_set)
        except BaseException:
            claim.end()
            raise
        self._claim = claim
        self._indexer.start()

    def _notice_others(self) -> None:
        """What another process did, told as if it had been done here."""
        version = self._store.data_version()
        if version == self._version:
            return
        self._version = version
        now = {document.id: document for document in self._store.documents()}
        changed = [
            id_ for id_ in now.keys() | self._seen.keys() if now.get(id_) != self._seen.get(id_)
        ]
        self._seen = now
        self._changes.note(changed)
        self._indexer.wake()
