"""The documents page: adds, watches, pauses, warms and removes; searches all of them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from app.documents.desk import DocumentDesk
from app.documents.library import Collection, Document, Library
from app.documents.values import Passage
from app.errors import AppError
from app.ui.control.collections import CollectionsControl
from app.ui.documents.library_model import LibraryModel, Warmth
from app.ui.documents.library_view import LibraryView
from app.ui.error_words import error_message, error_title
from app.ui.pages.page import CHAT, PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.palette.entries import Entry, entry
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice
from app.ui.widgets.confirm_dialog import ConfirmDialog

PAUSE_MS = 150
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in the library now, or in one collection of it; ``warm`` by document."""

    collection_id: int | None
    documents: list[Document]
    collections: list[Collection]
    warm: dict[int, Warmth]


class LibraryPageControl(QObject):
    """``reads`` runs what is short; hashing, copying and warming go to ``sends``."""

    _library_changed = Signal(object)  # ids; from a thread of the library
    _warmed = Signal(int, float)  # document, fraction; from the thread that warms

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        assert tools.services.documents is not None
        self._tools, self._desk = tools, tools.services.documents
        theme = tools.appearance.theme
        self.frame = PageFrame(self.tr("Documents"), theme)
        self.model = LibraryModel()
        self.view = LibraryView(self.model, self.frame.banners, theme)
        self.frame.fill_with(self.view)
        self.collections = CollectionsControl(self._desk, self.frame, tools.sends)
        self._collection: int | None = None
        self._readings = self._shown = 0  # counted, to drop results that come too late
        self._documents: list[Document] = []
        self._warm: dict[int, Warmth] = {}
        self._warming: dict[int, threading.Event] = {}
        self._query = ""
        self._unsubscribe: Callable[[], None] | None = None
        self._is_closed = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self._connect()

    def enter(self) -> None:
        self.view.search.setFocus()
        self._read()

    def leave(self) -> None:
        """It goes on reading; nothing here only serves the eye."""

    def close(self) -> None:
        self._is_closed = True
        for stop in self._warming.values():
            stop.set()
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _connect(self) -> None:
        view = self.view
        view.files_requested.connect(self._on_files)
        view.folder_requested.connect(self._on_folder)
        view.files_dropped.connect(self._add)
        view.searched.connect(self._on_searched)
        view.picker.chosen.connect(self._on_collection)
        view.picker.rename_requested.connect(self.collections.rename)
        view.picker.delete_requested.connect(self.collections.delete)
        self.collections.changed.connect(self._read)
        self.collections.shown.connect(self._on_collection)
        self.collections.failed.connect(self._on_failed)
        view.asked.connect(self._on_asked)
        view.hit_chosen.connect(self._on_hit)
        self.frame.themed.connect(self._on_themed)
        self._library_changed.connect(self._on_library_changed)
        self._warmed.connect(self._on_warmed)

    def _read(self) -> None:
        self._readings += 1
        self._tools.reads.run(
            partial(self._find, self._collection),
            partial(self._on_found, self._readings),
            self._on_failed,
        )

    def _find(self, collection_id: int | None) -> _Found:
        """On a worker thread; the first time it opens the library."""
        library = self._desk.library()
        if self._unsubscribe is None and not self._is_closed:
            self._unsubscribe = library.subscribe(self._library_changed.emit)
        documents = library.documents(collection_id)
        warm = {
            state.documents[0].id: Warmth(state.size_bytes)
            for state in self._desk.warm_states().states()
            if len(state.documents) == 1
        }
        return _Found(collection_id, documents, library.collections(), warm)

    def _on_found(self, reading: int, found: _Found) -> None:
        if found.collection_id != self._collection or reading < self._shown:
            return  # another was chosen meanwhile, or what is shown was read later
        self._shown = reading
        if self._collection not in (None, *(known.id for known in found.collections)):
            self._on_collection(None)  # it was deleted, by whichever process
            return
        self._documents = found.documents
        self._warm = found.warm | {
            id_: warmth for id_, warmth in self._warm.items() if id_ in self._warming
        }
        self.model.show_documents(self._documents, self._warm)
        self.collections.show_collections(found.collections)
        self.view.picker.show_collections(found.collections, self._collection)
        self.view.show_what_there_is()
        problem = self._desk.library().problem
        if problem is not None:
            self._on_failed(problem)
        else:
            self.frame.banners.remove("documents")

    def _on_library_changed(self, _: object) -> None:
        if not self._is_closed:
            self._read()

    def _on_failed(self, error: AppError) -> None:
        notice = Notice("danger", error_title(error), error_message(error))
        self.frame.banners.show_notice("documents", notice)

    def _on_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self.frame, self.tr("Add documents"))
        self._add([Path(name) for name in files])

    def _on_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.frame, self.tr("Watch a folder"))
        if folder:
            self._add([Path(folder)])

    def _add(self, paths: Sequence[Path]) -> None:
        if paths:
            self._tools.sends.run(
                partial(_add, self._desk, list(paths), self._collection),
                self._on_done,
                self._on_failed,
            )

    def _on_done(self, _: object) -> None:
        self._read()

    def _on_collection(self, collection_id: int | None) -> None:
        self._collection = collection_id
        self._read()

    def _on_asked(self, what: str, ids: list[int]) -> None:
        match what:
            case "ask":
                self._tools.ask_about([found for found in self._documents if found.id in ids])
                self._tools.show_page(CHAT)
            case "open":
                self._open(ids[0], 1)
            case "warm":
                for document_id in ids:
                    self._warm_up(document_id)
            case "pause":
                self._run(partial(_pause, ids))
            case "resume":
                self._run(partial(_resume, ids))
            case "collect":
                self.collections.put(ids)
            case "take_out":
                assert self._collection is not None
                self.collections.take_out(ids, self._collection)
            case "remove":
                self._remove(ids)

    def _open(self, document_id: int, page: int) -> None:
        self._tools.show_page(CHAT)
        self._tools.open_document(document_id, page)

    def _run(self, change: Callable[..., object]) -> None:
        self._tools.sends.run(
            partial(_with_library, self._desk, change), self._on_done, self._on_failed
        )

    def _remove(self, ids: list[int]) -> None:
        count = len(ids)
        dialog = ConfirmDialog(
            self.tr("Remove %n document(s)?", "", count),
            self.tr(
                "Their text, index and states are deleted from Doorstep. The files on your disk "
                "stay where they are. Quotes in chats can no longer be shown on their pages."
            ),
            self.tr("Remove %n document(s)", "", count),
            self.frame.theme,
            self.frame,
        )
        dialog.accepted.connect(partial(self._run, partial(_remove, ids)))
        dialog.open()

    def _warm_up(self, document_id: int) -> None:
        """Have the model read it now; asked once more, it stops."""
        running = self._warming.pop(document_id, None)
        if running is not None:
            running.set()
            return
        stop = self._warming[document_id] = threading.Event()
        self._on_warmed(document_id, 0.0)
        self._tools.sends.run(
            partial(self._warm_on_thread, document_id, stop),
            partial(self._on_warm, document_id),
            partial(self._on_not_warm, document_id),
        )

    def _warm_on_thread(self, document_id: int, stop: threading.Event) -> None:
        def tell(done: int, total: int) -> None:
            self._warmed.emit(document_id, done / total if total else 0.0)

        self._desk.warm_states().warm([document_id], tell, stop.is_set)

    def _on_warmed(self, document_id: int, fraction: float) -> None:
        if document_id in self._warming:
            self._warm[document_id] = replace(Warmth(), fraction=fraction)
            self.model.show_documents(self._documents, self._warm)

    def _on_warm(self, document_id: int, _: None) -> None:
        self._warming.pop(document_id, None)
        self._warm.pop(document_id, None)
        self._read()

    def _on_not_warm(self, document_id: int, error: AppError) -> None:
        self._on_warm(document_id, None)
        self._on_failed(error)

    def _on_searched(self, query: str) -> None:
        self._query = query.strip()
        if self._query:
            self._pause.start()
        else:
            self._pause.stop()
            self.view.show_hits("", [])
        self.view.show_what_there_is()

    def _search(self) -> None:
        query = self._query
        self._tools.reads.run(
            partial(_search, self._desk, query, self._collection),
            partial(self._on_hits, query),
            self._on_failed,
        )

    def _on_hits(self, query: str, entries: list[Entry]) -> None:
        if query == self._query:
            self.view.show_hits(query, entries)

    def _on_hit(self, found: Entry) -> None:
        place = found.key
        self._open(place.document_id, place.page)

    def _on_themed(self, theme: Theme) -> None:
        self.view.set_theme(theme)


def _add(desk: DocumentDesk, paths: list[Path], collection_id: int | None) -> None:
    desk.library().add(paths, collection_id)


def _with_library(desk: DocumentDesk, change: Callable[..., object]) -> None:
    change(desk.library())


def _pause(ids: list[int], library: Library) -> None:
    library.pause(ids)


def _resume(ids: list[int], library: Library) -> None:
    library.resume(ids)


def _remove(ids: list[int], library: Library) -> None:
    library.remove(ids)


def _search(desk: DocumentDesk, query: str, collection_id: int | None) -> list[Entry]:
    """On a worker thread: passages as entries, with the place as their key."""
    library = desk.library()
    found: list[Passage] = library.search(query, collection_id=collection_id, limit=MOST_HITS)
    names: dict[int, str] = {}
    entries = []
    for passage in found:
        place = passage.place
        if place.document_id not in names:
            names[place.document_id] = library.document(place.document_id).name
        title = QCoreApplication.translate("LibraryPageControl", "{document}, page {page}").format(
            document=names[place.document_id], page=place.page
        )
        entries.append(entry("document", title, place, detail=_around(passage.text, query)))
    return entries


def _around(text: str, query: str) -> str:
    """One line of the passage, beginning shortly before the first word of the query in it."""
    line = " ".join(text.replace("\u00ad", "").split())
    lowered = line.casefold()
    places = [at for word in query.casefold().split() if (at := lowered.find(word)) >= 0]
    start = max(0, min(places, default=0) - 30)
    return ("…" if start else "") + line[start : start + 200]
