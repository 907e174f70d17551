"""The threads that read documents and index them, each from where it stopped."""

import logging
import threading
import time
from collections.abc import Iterable
from functools import partial

from app.documents import passages
from app.documents.changes import Changes
from app.documents.extract import ExtractionCancelled, extract
from app.documents.stored_files import StoredFiles
from app.documents.values import Page, Place
from app.errors import AppError, ErrorKind, document_unreadable
from app.storage import documents_pages, documents_steps
from app.storage.documents import DocumentStore
from app.storage.documents_rows import Document
from app.storage.driver import sqlite3

THREADS = 2
_RETRY_S = 5.0
_STOP_DEADLINE_S = 10.0

# What is kept in memory before it is stored: this much is read again after a crash.
_BATCH_PAGES = 32
_BATCH_CHARACTERS = 200_000
_BATCH_S = 0.5
_INDEXED_AT_ONCE = 40  # pages, thus some 100 passages: 50 ms

log = logging.getLogger(__name__)


class Interrupted(Exception):
    """The document was paused or removed while it was worked on, or the program ends."""


class Indexer:
    """Works only while ``is_active``; the caller's claim says so."""

    def __init__(self, store: DocumentStore, files: StoredFiles, changes: Changes) -> None:
        self._store = store
        self._files = files
        self._changes = changes
        self._wake = threading.Condition()
        self._running: dict[int, threading.Event] = {}
        self._is_closing = False
        self.problem: AppError | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for number in range(THREADS):
            thread = threading.Thread(target=self._work, name=f"documents-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def interrupt(self, ids: Iterable[int]) -> None:
        """Let go of these documents; returns when nobody works on them, or after ten seconds."""
        wanted = set(ids)
        with self._wake:
            for document_id in wanted & self._running.keys():
                self._running[document_id].set()
            if not self._wake.wait_for(lambda: not wanted & self._running.keys(), _STOP_DEADLINE_S):
                log.error(
                    "a document is still being read %.0f s after it was stopped", _STOP_DEADLINE_S
                )

    def close(self) -> None:
        with self._wake:
            self._is_closing = True
            for event in self._running.values():
                event.set()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(_STOP_DEADLINE_S)

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            document, stop = taken
            try:
                self._advance(document, stop)
                self.problem = None
            except Interrupted:
                pass
            except AppError as error:
                self._wait_after(error, stop)
            except Exception:  # the loop of a worker: a bug in one document spares the others
                log.exception("document %d could not be read", document.id)
                self._fail(document, document_unreadable(document.name, "It confused Doorstep."))
            finally:
                with self._wake:
                    del self._running[document.id]
                    self._wake.notify_all()
                self._changes.note([document.id])

    def _next(self) -> tuple[Document, threading.Event] | None:
        """Waits for work; None when closing."""
        with self._wake:
            while not self._is_closing:
                document = self._waiting_document()
                if document is not None:
                    stop = self._running[document.id] = threading.Event()
                    return document, stop
                self._wake.wait(_RETRY_S)
        return None

    def _waiting_document(self) -> Document | None:
        try:
            return self._store.read(partial(documents_steps.next_unfinished, busy=self._running))
        except AppError as error:
            log.warning("the library cannot be read: %s", error.title)
            return None

    def _wait_after(self, error: AppError, stop: threading.Event) -> None:
        """A full disk is nobody's fault: the work goes on when there is room again."""
        if error != self.problem:
            log.warning("the library's work is held up: %s", error.title)
        self.problem = error
        stop.wait(_RETRY_S)

    def _fail(self, document: Document, error: AppError) -> None:
        """Nothing stays of it but the reason."""
        copy = self._store.stored_copy(document.id)

        def delete_copy(db: sqlite3.Connection) -> None:
            if copy is not None and documents_steps.is_failed(db, document.id):
                self._files.delete(copy)

        try:
            self._store.fail(document.id, error.message)
            self._store.write(delete_copy)
        except AppError as problem:
            log.warning("a failure could not be noted: %s", problem.title)

    def _advance(self, document: Document, stop: threading.Event) -> None:
        if document.state == "imported":
            try:
                self._read(document, stop)
            except AppError as error:
                if error.kind != ErrorKind.DOCUMENT:
                    raise
                self._fail(document, error)
                return
        self._index(document.id, document.name, stop)

    def _read(self, document: Document, stop: threading.Event) -> None:
        copy = self._store.stored_copy(document.id)
        if copy is None:
            raise Interrupted
        pages = _Pages(self._store, self._changes, document.id)
        try:
            extraction = extract(
                self._files.path_of(copy),
                pages.add,
                name=document.name,
                first_page=document.pages_done + 1,
                is_cancelled=lambda: stop.is_set() or pages.is_refused,
            )
        except ExtractionCancelled:
            raise Interrupted from None
        pages.flush()
        if pages.is_refused or not self._store.write(
            partial(
                documents_steps.finish_text,
                document_id=document.id,
                kind=extraction.kind,
                pages_total=extraction.pages_total,
                notices=extraction.notices,
            )
        ):
            raise Interrupted
        self._changes.note([document.id])

    def _index(self, document_id: int, name: str, stop: threading.Event) -> None:
        """Each step is whole: passages, index and how far it got are stored together."""
        while not stop.is_set():
            done = self._store.read(partial(documents_steps.pages_indexed, document_id=document_id))
            pages = self._store.pages(document_id, done + 1, done + _INDEXED_AT_ONCE)
            if not pages:
                if not self._store.set_state(document_id, "indexed", before="text ready"):
                    raise Interrupted
                return
            if not self._store.write(
                partial(
                    documents_pages.add_passages,
                    document_id=document_id,
                    last_page=pages[-1].number,
                    cut=_cut(pages, document_id, name),
                )
            ):
                raise Interrupted
            self._changes.note([document_id])
        raise Interrupted


def _cut(pages: list[Page], document_id: int, name: str) -> list[tuple[Place, str, str]]:
    return [
        (place, page.text[place.start : place.end], documents_pages.heading_of(name, page.label))
        for page in pages
        for place in passages.cut(page, document_id)
    ]


class _Pages:
    """Collects pages and stores them, a few at a time, on the thread that reads them."""

    def __init__(self, store: DocumentStore, changes: Changes, document_id: int) -> None:
        self._store = store
        self._changes = changes
        self._document_id = document_id
        self._waiting: list[Page] = []
        self._characters = 0
        self._stored_s = time.monotonic()
        self.is_refused = False

    def add(self, page: Page) -> None:
        self._waiting.append(page)
        self._characters += len(page.text)
        if (
            len(self._waiting) >= _BATCH_PAGES
            or self._characters >= _BATCH_CHARACTERS
            or time.monotonic() - self._stored_s >= _BATCH_S
        ):
            self.flush()

    def flush(self) -> None:
        """A refusal means that the document was paused or removed."""
        if self._waiting and not self.is_refused:
            self.is_refused = not self._store.write(
                partial(documents_pages.add, document_id=self._document_id, pages=self._waiting)
            )
            self._changes.note([self._document_id])
        self._waiting = []
        self._characters = 0
        self._stored_s = time.monotonic()
