"""Brings files into the library: copied, registered, compared with what is in watched folders."""

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.documents.changes import Changes
from app.documents.folders import Reconciler, Seen
from app.documents.stored_files import StoredFiles, Taken
from app.errors import AppError, ErrorKind
from app.storage import documents_imports, documents_rows, documents_steps
from app.storage.documents import DocumentStore
from app.storage.documents_imports import Incoming, StoredCopy
from app.storage.documents_rows import Folder
from app.storage.driver import app_errors, sqlite3

log = logging.getLogger(__name__)


class Importer:
    """``add`` may be called from any thread."""

    def __init__(
        self,
        store: DocumentStore,
        files: StoredFiles,
        changes: Changes,
        on_added: Callable[[], None],
    ) -> None:
        self._store = store
        self._files = files
        self._changes = changes
        self._on_added = on_added
        self._is_stopping = False
        self._reconciler = Reconciler()
        self._reconciling = threading.Lock()

    def add(
        self,
        path: Path,
        *,
        folder: Folder | None = None,
        seen: Seen | None = None,
        collection_id: int | None = None,
    ) -> int:
        """The document of this file. Raises AppError when nothing can be stored at all.

        ``seen`` is how a look at its folder found it: what fails is not tried again like that.
        """
        folder_id = None if folder is None else folder.id
        path = Path(os.path.normpath(path))
        try:
            taken = self._files.take(path, within=None if folder is None else folder.path)
        except AppError as error:
            if error.kind != ErrorKind.DOCUMENT:
                raise
            document_id = self._store.write(
                partial(
                    documents_imports.register_failure,
                    path=path,
                    error=error.message,
                    folder_id=folder_id,
                    size_bytes=-1 if seen is None else seen.size_bytes,
                    mtime_ns=-1 if seen is None else seen.mtime_ns,
                )
            )
        else:
            incoming = Incoming(
                path,
                taken.sha256,
                taken.suffix,
                taken.size_bytes,
                taken.mtime_ns,
                folder_id,
                folder.collection_id if folder is not None else collection_id,
            )
            document_id = self._register(incoming, taken)
        self._changes.note([document_id])
        self._on_added()
        return document_id

    def stop(self) -> None:
        """A look at folders that is going on ends after the file it is at."""
        self._is_stopping = True

    def _register(self, incoming: Incoming, taken: Taken) -> int:
        """The row and the name of the copy in one transaction, which other processes wait for."""

        def work(db: sqlite3.Connection) -> int:
            document_id = documents_imports.register(db, incoming)
            self._files.settle(taken, documents_imports.copy_of(db, document_id))
            return document_id

        try:
            with app_errors(taken.file):
                return self._store.write(work)
        finally:
            taken.file.unlink(missing_ok=True)

    def delete_copy(self, copy: StoredCopy) -> None:
        """Unless the same bytes were added anew since."""

        def work(db: sqlite3.Connection) -> None:
            if copy.sha256 and not documents_steps.is_stored(db, copy.sha256):
                self._files.delete(copy)

        with app_errors(self._files.folder / "new"):
            self._store.write(work)

    def reconcile(self, *, is_patient: bool = True) -> None:
        """Add what is new or changed in the watched folders; patiently: what is at rest."""
        with self._reconciling:
            for folder in self._store.read(documents_rows.folders):
                self._look(folder, is_patient)

    def _look(self, folder: Folder, is_patient: bool) -> None:
        known = self._store.read(partial(documents_rows.sources, folder_id=folder.id))
        due, gone = self._reconciler.look(folder.path, known, is_patient=is_patient)
        for seen in due:
            if self._is_stopping:
                return
            self.add(seen.path, folder=folder, seen=seen)
        if gone:
            self._store.write(partial(documents_imports.drop_sources, paths=gone))
