"""The library's database file: one writer thread, readers, and the work that takes many steps."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.documents.values import DocumentState, Page
from app.errors import AppError
from app.storage import documents_imports, documents_index, documents_pages, documents_rows
from app.storage.database import DatabaseFile
from app.storage.documents_imports import StoredCopy
from app.storage.documents_rows import Document
from app.storage.documents_schema import DOCUMENTS
from app.storage.driver import app_errors, as_app_error, checkpoint, is_corruption, sqlite3
from app.storage.readers import Readers
from app.storage.writer import Writer

T = TypeVar("T")

_DELETED_AT_ONCE = 400  # rows per transaction: some 30 ms

log = logging.getLogger(__name__)


class DocumentStore:
    """Documents, their pages and the index over them, in one file.

    All methods may be called from any thread. Those that write return when it is on disk and
    raise AppError when that failed, with everything earlier intact.
    """

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._readers = Readers(file.reader)
        connection = file.writer()
        connection.execute("PRAGMA secure_delete = ON")  # removed means removed
        self._writer = Writer(connection, partial(as_app_error, path=file.path))
        self._watcher = file.reader()  # of one thread: the keeper's

    @classmethod
    def open(cls, path: Path) -> "DocumentStore":
        """Make, check or migrate the file. Raises AppError: newer, foreign, damaged, locked, full.

        What a process that died left undone is not touched here: see ``unfinished``.
        """
        file = DatabaseFile.open(path, DOCUMENTS)
        try:
            with app_errors(path):
                return cls(file)
        except BaseException:
            file.close()
            raise

    @property
    def is_alone(self) -> bool:
        """Whether no other store had the file open; until ``share`` others wait."""
        return self._file.is_alone

    def share(self) -> None:
        self._file.share()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with app_errors(self._file.path), self._readers.connection() as db:
            return work(db)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """In one transaction on the writer's thread, which is to be short."""
        return self._writer.run(work)

    def data_version(self) -> int:
        """Another number whenever anybody, in any process, wrote something. Of one thread."""
        with app_errors(self._file.path):
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Idempotent."""
        self._watcher.close()
        self._readers.close()
        self._writer.close()
        self._file.close()

    def documents(
        self, ids: Sequence[int] | None = None, *, embedder_id: int | None = None
    ) -> list[Document]:
        if ids is None:
            return self.read(lambda db: documents_rows.documents(db, embedder_id=embedder_id))
        where = f"id IN ({', '.join('?' * len(ids))})"
        return self.read(
            lambda db: documents_rows.documents(db, where, ids, embedder_id=embedder_id)
        )

    def document(self, document_id: int, *, embedder_id: int | None = None) -> Document:
        """Raises LookupError for one that does not exist or was removed."""
        found = self.documents([document_id], embedder_id=embedder_id)
        if not found:
            raise LookupError(f"no document {document_id}")
        return found[0]

    def pages(self, document_id: int, first: int = 1, last: int | None = None) -> list[Page]:
        """Empty until all of the document is read."""

        def work(db: sqlite3.Connection) -> list[Page]:
            row = db.execute(
                "SELECT 1 FROM documents WHERE id = ? AND is_removed = 0"
                " AND state IN ('text ready', 'indexed')",
                (document_id,),
            ).fetchone()
            return [] if row is None else documents_pages.read(db, document_id, first, last)

        return self.read(work)

    def stored_copy(self, document_id: int) -> StoredCopy | None:
        """Which file holds its bytes; None when it was never copied, or removed."""
        row = self.read(
            lambda db: db.execute(
                "SELECT id, sha256, suffix FROM documents"
                " WHERE id = ? AND sha256 NOT NULL AND is_removed = 0",
                (document_id,),
            ).fetchone()
        )
        return None if row is None else StoredCopy(*row)

    def stored_copies(self) -> list[StoredCopy]:
        rows = self.read(
            lambda db: db.execute(
                "SELECT id, sha256, suffix FROM documents WHERE sha256 NOT NULL AND is_removed = 0"
            ).fetchall()
        )
        return [StoredCopy(*row) for row in rows]

    def set_state(self, document_id: int, state: DocumentState, *, before: DocumentState) -> bool:
        """False when the document was removed or is in another state by now."""

        def work(db: sqlite3.Connection) -> bool:
            cursor = db.execute(
                "UPDATE documents SET state = ? WHERE id = ? AND state = ? AND is_removed = 0",
                (state, document_id, before),
            )
            return cursor.rowcount == 1

        return self.write(work)

    def fail(self, document_id: int, error: str) -> None:
        """The document cannot be read: nothing of it stays but the reason."""
        self.write(
            lambda db: db.execute(
                "UPDATE documents SET state = 'failed', error = ?, pages_done = -1 WHERE id = ?",
                (error, document_id),
            )
        )
        self._delete_rows(document_id)
        self.write(
            lambda db: db.execute(
                "UPDATE documents SET pages = 0, pages_done = 0, pages_indexed = 0,"
                " characters = 0, ocr_pages = 0, passages = 0 WHERE id = ? AND state = 'failed'",
                (document_id,),
            )
        )

    def reset(self, document_id: int) -> None:
        """Take back all that was read of it: it will be read anew."""
        self.write(
            lambda db: db.execute(
                "UPDATE documents SET state = 'imported', pages_done = -1 WHERE id = ?",
                (document_id,),
            )
        )  # a pages_done that no count agrees with: an interrupted reset is found again
        self._delete_rows(document_id)
        self.write(lambda db: documents_imports.reset(db, document_id))

    def delete_hidden(self, document_id: int) -> None:
        """The rows of a document that ``documents_imports.hide`` took out of sight."""
        self._delete_rows(document_id)
        self.write(lambda db: documents_imports.forget(db, document_id))

    def _delete_rows(self, document_id: int) -> None:
        while self.write(lambda db: documents_pages.delete_some(db, document_id, _DELETED_AT_ONCE)):
            pass

    def empty_log(self) -> None:
        """Bring everything into the one file, so that nothing removed stays in the WAL.

        Readers of other processes can keep it from happening now; then it happens later.
        """
        with app_errors(self._file.path), closing(self._file.writer()) as connection:
            checkpoint(connection)

    def merge_index(self, is_stopping: Callable[[], bool]) -> None:
        """Take the words of removed passages out of the index's pages."""
        if not self.read(documents_index.is_merge_due):
            return
        is_first = True
        while not is_stopping():
            if not self.write(partial(documents_index.merge_step, is_first=is_first)):
                return
            is_first = False

    def mend(self, is_stopping: Callable[[], bool]) -> list[int]:
        """Make the index agree with the library, after a crash or damage. For the indexer alone.

        Returns the documents that have to be read anew.
        """
        for document_id in self.read(documents_imports.hidden):
            self.delete_hidden(document_id)
        lost = self.read(documents_index.disagreements)
        for document_id in lost:
            log.warning("document %d is not whole and will be read anew", document_id)
            self.reset(document_id)
        self.write(documents_index.mark_unicode)
        if not self._is_index_sound():
            log.warning("the index of the documents is made anew")
            self.write(documents_index.ask_for_repair)
        self.repair_index(is_stopping)
        return lost

    def _is_index_sound(self) -> bool:
        try:
            with self._readers.connection() as db:
                return documents_index.is_index_sound(db)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise (as_app_error(error, self._file.path) or error) from error
            return False

    def repair_index(self, is_stopping: Callable[[], bool]) -> None:
        if self.read(documents_index.needs_repair):
            while not is_stopping() and self.write(documents_index.repair_step):
                pass

    def search(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Read from the index; None when it is damaged, which marks it for repair."""
        try:
            with self._readers.connection() as db:
                return work(db)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise (as_app_error(error, self._file.path) or error) from error
            log.warning("the index of the documents is damaged: %s", error)
        with suppress(AppError):  # a full disk: it is found again
            self.write(documents_index.ask_for_repair)
        return None
