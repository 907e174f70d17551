"""The document library: what the window and the command line call; reading goes on behind."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from app.documents.changes import Changes, OnChange, Unsubscribe
from app.documents.child import end_spare
from app.documents.embedding import Filler
from app.documents.importing import Importer
from app.documents.indexer import Indexer
from app.documents.keeper import Keeper
from app.documents.search import Search
from app.documents.stored_files import StoredFiles
from app.documents.values import Page, Passage
from app.documents.vectors import Embedder
from app.errors import AppError
from app.paths import Paths
from app.storage import documents_collections, documents_imports, documents_rows, documents_steps
from app.storage.documents import DocumentStore
from app.storage.documents_collections import DeletedCollection
from app.storage.documents_rows import Collection, Document, Folder
from app.storage.driver import app_errors

__all__ = ["Collection", "DeletedCollection", "Document", "Embedder", "Folder", "Library"]

OnRemoved = Callable[[list[tuple[int, str]]], None]

_POLL_S = 0.5  # work of another process is not announced here at once

log = logging.getLogger(__name__)


class Library:
    """All methods may be called from any thread but the GUI's: many wait for the disk.

    Those that write return when it is on disk and raise AppError when that failed. Ids that do
    not exist are a caller's mistake: LookupError.
    """

    def __init__(self, store: DocumentStore, files: StoredFiles, *, is_indexing: bool) -> None:
        self._store = store
        self._files = files
        self._changes = Changes()
        self._indexer = Indexer(store, files, self._changes)
        self._importer = Importer(store, files, self._changes, self._indexer.wake)
        self._search = Search(store)
        self._filler: Filler | None = None
        self._filler_lock = threading.Lock()
        self._on_removed: list[OnRemoved] = []
        self._is_closing = threading.Event()
        self._keeper = Keeper(store, self._importer, self._indexer, self._changes, self._on_active)
        self._keeper.start(files.folder.parent / "documents.indexer.lock", is_indexing=is_indexing)

    @classmethod
    def open(
        cls, paths: Paths, *, embedder: Embedder | None = None, is_indexing: bool = True
    ) -> "Library":
        """Raises AppError for a newer, foreign, damaged or locked file or an unusable folder.

        Of all that ask for it, in any process, one alone reads and indexes; see ``Keeper``.
        """
        with app_errors(paths.documents / "new"):
            paths.documents.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = DocumentStore.open(paths.documents_database)
        try:
            files = StoredFiles(paths.documents)
            if store.is_alone:
                with app_errors(paths.documents / "new"):
                    files.sweep(store.stored_copies())
                store.share()
            library = cls(store, files, is_indexing=is_indexing)
        except BaseException:
            store.close()
            raise
        library.set_embedder(embedder)
        return library

    @property
    def problem(self) -> AppError | None:
        """What holds the work up, such as a full disk; it goes on by itself."""
        return self._indexer.problem or self._keeper.problem

    @property
    def is_indexing(self) -> bool:
        """Whether it is this process that reads and indexes."""
        return self._keeper.is_active

    def indexes_here(self) -> bool:
        """The same, as soon as it is known who does."""
        self._keeper.decided.wait()
        return self._keeper.is_active

    # --- in and out

    def add(self, paths: Sequence[Path], collection_id: int | None = None) -> list[int]:
        """One document per file; folders are watched from now on and give no id.

        Copies at the speed of the disk, then returns; reading and indexing go on behind. A file
        that cannot be copied becomes a failed document that says why.
        """
        ids = []
        for path in paths:
            if path.is_dir():
                self.add_folder(path, collection_id)
            else:
                ids.append(self._importer.add(path.absolute(), collection_id=collection_id))
        return ids

    def add_folder(self, path: Path, collection_id: int | None = None) -> int:
        """Its files, and those to come, are added behind; links out of it are not followed."""
        folder_id = self._store.write(
            partial(
                documents_collections.add_folder,
                path=path.absolute(),
                collection_id=collection_id,
            )
        )
        self._keeper.look_soon()
        return folder_id

    def remove_folder(self, folder_id: int) -> None:
        """It is no longer watched; its documents stay."""
        self._store.write(partial(documents_collections.remove_folder, folder_id=folder_id))

    def folders(self) -> list[Folder]:
        return self._store.read(documents_rows.folders)

    def look_every(self, least_s: float) -> None:
        """How often watched folders are looked at, at most."""
        self._keeper.look_every(least_s)

    def reconcile(self) -> None:
        """Add all that is new in the watched folders now; blocks while it copies."""
        self._importer.reconcile(is_patient=False)

    def remove(self, ids: Sequence[int]) -> None:
        """With all older versions of the files: rows, index, vectors and stored copies.

        They are out of sight at once; when it returns, nothing is left of them on disk. That
        rewrites the index, some 5 s for 100,000 passages, while everything else goes on.
        """
        gone = self._store.write(partial(documents_imports.hide, ids=ids))
        gone_ids = [copy.document_id for copy in gone]
        self._changes.note(gone_ids)
        self._indexer.interrupt(gone_ids)
        for copy in gone:
            self._store.delete_hidden(copy.document_id)
            self._importer.delete_copy(copy)
        if self._filler is not None:
            self._filler.forget(gone_ids)
        for on_removed in list(self._on_removed):
            on_removed([(copy.document_id, copy.sha256) for copy in gone])
        self._store.merge_index(self._is_closing.is_set)
        with suppress(AppError):  # another process reads: then when the last one ends
            self._store.empty_log()

    def on_removed(self, callback: OnRemoved) -> Unsubscribe:
        """Called with (id, sha256) of what was removed, on the remover's thread."""
        self._on_removed.append(callback)
        return lambda: self._on_removed.remove(callback)

    def pause(self, ids: Sequence[int]) -> None:
        self._store.write(partial(documents_steps.set_paused, ids=ids, is_paused=True))
        self._indexer.interrupt(ids)
        self._changes.note(ids)

    def resume(self, ids: Sequence[int]) -> None:
        """From the page it stopped at."""
        self._store.write(partial(documents_steps.set_paused, ids=ids, is_paused=False))
        self._indexer.wake()
        self._changes.note(ids)

    # --- reading

    def document(self, document_id: int) -> Document:
        return self._store.document(document_id, embedder_id=self._embedder_id)

    def documents(
        self, collection_id: int | None = None, *, with_older: bool = False
    ) -> list[Document]:
        """Oldest first; versions that a newer one has replaced only when asked for."""
        chosen = self._store.documents(embedder_id=self._embedder_id)
        if collection_id is not None:
            members = self._store.read(
                partial(documents_collections.members, collection_id=collection_id)
            )
            chosen = [document for document in chosen if document.id in members]
        return [document for document in chosen if with_older or document.newer_id is None]

    def find(self, name: str) -> list[Document]:
        """By path, name, number or the beginning of the sha256 (8 characters and more)."""
        path = Path(name).absolute()
        return [
            document
            for document in self.documents()
            if document.path == path
            or name in (document.name, str(document.id))
            or (len(name) >= 8 and document.sha256.startswith(name))
        ]

    def pages(self, document_id: int, first: int = 1, last: int | None = None) -> list[Page]:
        """Empty until the whole text is there; older versions stay readable."""
        return self._store.pages(document_id, first, last)

    def page(self, document_id: int, number: int) -> Page:
        found = self._store.pages(document_id, number, number)
        if not found:
            raise LookupError(f"no page {number} of document {document_id}")
        return found[0]

    def stored_file(self, document_id: int) -> Path:
        """The library's own copy: the same bytes for as long as the document is there."""
        copy = self._store.stored_copy(document_id)
        if copy is None:
            raise LookupError(f"no file of document {document_id}")
        return self._files.path_of(copy)

    def search(
        self,
        query: str,
        document_ids: Sequence[int] | None = None,
        *,
        collection_id: int | None = None,
        limit: int = 14,
    ) -> list[Passage]:
        """The best passages, best first; by words at once, by meaning as vectors come in.

        Without ``document_ids``: the newest version of every file.
        """
        filler = self._filler
        return self._search.find(
            query,
            document_ids=document_ids,
            collection_id=collection_id,
            limit=limit,
            meaning=None if filler is None else filler.meaning,
        )

    def wait(self, ids: Sequence[int], timeout_s: float | None = None) -> bool:
        """Until each is indexed, failed, paused or removed; False when that took too long."""
        changed = threading.Event()
        unsubscribe = self.subscribe(lambda _: changed.set())
        end_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
        try:
            while not self._is_settled(ids):
                if time.monotonic() > end_s:
                    return False
                changed.wait(_POLL_S)
                changed.clear()
        finally:
            unsubscribe()
        return True

    def subscribe(self, on_change: OnChange) -> Unsubscribe:
        """Told the ids that changed, at most ten times a second, on a thread of the library's."""
        return self._changes.subscribe(on_change)

    def _is_settled(self, ids: Sequence[int]) -> bool:
        return all(
            document.is_paused or document.state in ("indexed", "failed")
            for document in self._store.documents(ids)
        )

    # --- collections

    def collections(self) -> list[Collection]:
        return self._store.read(documents_rows.collections)

    def create_collection(self, name: str) -> int:
        """The one of this name if there is one already."""
        return self._store.write(partial(documents_collections.create, name=name))

    def rename_collection(self, collection_id: int, name: str) -> bool:
        """False, and nothing happens, where another has the name."""
        return self._store.write(
            partial(documents_collections.rename, collection_id=collection_id, name=name)
        )

    def delete_collection(self, collection_id: int) -> DeletedCollection:
        """Its documents stay; what comes back is for ``restore_collection``."""
        return self._store.write(partial(documents_collections.delete, collection_id=collection_id))

    def restore_collection(self, deleted: DeletedCollection) -> int:
        return self._store.write(partial(documents_collections.restore, deleted=deleted))

    def put(self, ids: Sequence[int], collection_id: int) -> None:
        self._store.write(partial(documents_collections.put, ids=ids, collection_id=collection_id))
        self._changes.note(ids)

    def take_out(self, ids: Sequence[int], collection_id: int) -> None:
        self._store.write(
            partial(documents_collections.take_out, ids=ids, collection_id=collection_id)
        )
        self._changes.note(ids)

    # --- meaning

    def set_embedder(self, embedder: Embedder | None) -> None:
        """Another model, or none: vectors are filled in behind.

        Those of the former model stay until there are as many of the new one.
        """
        with self._filler_lock:
            former, self._filler = self._filler, None
            if former is not None:
                former.close()
            if embedder is not None:
                self._filler = Filler(
                    self._store, self._changes, embedder, is_filling=self._keeper.is_active
                )

    @property
    def _embedder_id(self) -> int | None:
        filler = self._filler
        return None if filler is None else filler.embedder_id

    def _on_active(self) -> None:
        """On the keeper's thread, as soon as this process indexes and whenever it looked."""
        filler = self._filler
        if filler is not None:
            filler.fill()

    def close(self) -> None:
        """Stops what is going on, within deadlines; it goes on at the next start. Idempotent."""
        self._is_closing.set()
        self._importer.stop()
        self._keeper.stop()
        self._indexer.close()
        self.set_embedder(None)
        self._search.close()
        self._changes.close()
        self._keeper.release()
        end_spare()
        self._store.close()
