"""Documents that messages are about: attached, read, fitted into the context, then sent."""

import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.chat.messages import DocumentsPart, Message, PageRange
from app.documents.citation import ReadingMode
from app.documents.desk import DocumentDesk
from app.errors import AppError
from app.storage.conversations import ConversationStore
from app.storage.documents_rows import Document
from app.ui.background import Background
from app.ui.control.conversation import ConversationControl
from app.ui.conversation.attachment_strip import Attachment
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.documents.coverage_dialog import CoverageDialog
from app.ui.error_words import sentence

if TYPE_CHECKING:  # it brings the whole reading of documents with it
    from app.documents.plan import ReadingPlan

WAIT_SLICE_S = 0.2


class AttachmentControl(QObject):
    """Between the composer and the library. ``sends`` runs what may take long."""

    open_requested = Signal(int)  # document
    failed = Signal(object)  # AppError
    _library_changed = Signal(object)  # ids; from a thread of the library

    def __init__(
        self,
        page: ConversationPage,
        conversation: ConversationControl,
        desk: DocumentDesk,
        store: ConversationStore,
        reads: Background,
        sends: Background,
    ) -> None:
        super().__init__()
        self._page, self._conversation, self._desk, self._store = page, conversation, desk, store
        self._reads, self._sends = reads, sends
        self._attached: defaultdict[int | None, list[int]] = defaultdict(list)
        self._known: dict[int, Document] = {}
        self._readings = 0
        self._read_in: dict[int, int] = {}  # document: in which reading, to drop what is older
        self._stop = threading.Event()
        self._unsubscribe: Callable[[], None] | None = None
        composer = page.composer
        composer.submitted.connect(self._on_submitted)
        composer.attach_requested.connect(self._on_attach)
        composer.field.files_pasted.connect(self.add)
        composer.field.long_text_pasted.connect(self._on_long_text)
        composer.attachments.open_requested.connect(self.open_requested)
        composer.attachments.remove_requested.connect(self._on_remove)
        page.files_dropped.connect(self.add)
        conversation.opened.connect(self._on_opened)
        conversation.preparation_stopped.connect(self._on_stopped)
        self._library_changed.connect(self._on_library_changed)

    def add(self, paths: Sequence[Path]) -> None:
        """Put files into the library and attach them to the message being written."""
        conversation_id = self._conversation.current
        self._sends.run(
            partial(self._import, list(paths)),
            partial(self._on_imported, conversation_id),
            self.failed.emit,
        )

    def attach(self, documents: Sequence[Document]) -> None:
        """Attach documents of the library to the message being written."""
        attached = self._attached[self._conversation.current]
        for document in documents:
            self._known[document.id] = document
            if document.id not in attached:
                attached.append(document.id)
        self._show()
        self._read(attached)  # nobody told what happened before it was attached
        self._page.composer.field.setFocus()

    def close(self) -> None:
        self._stop.set()
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _import(self, paths: Sequence[Path]) -> list[Document]:
        """On a worker thread: hashing and copying take as long as the disk needs."""
        library = self._desk.library()
        if self._unsubscribe is None:
            self._unsubscribe = library.subscribe(self._library_changed.emit)
        return [library.document(id_) for id_ in library.add(paths)]

    def _on_imported(self, conversation_id: int | None, documents: Sequence[Document]) -> None:
        if conversation_id == self._conversation.current:
            self.attach(documents)
        else:
            self._attached[conversation_id].extend(found.id for found in documents)
            self._known |= {found.id: found for found in documents}

    def _on_attach(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self._page, self.tr("Attach documents"))
        if files:
            self.add([Path(name) for name in files])

    def _on_long_text(self, text: str) -> None:
        """A long text that was pasted becomes a document of its own."""
        stamp = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
        name = self.tr("Pasted text {time}").format(time=stamp)
        self._sends.run(
            partial(self._import_text, f"{name}.txt", text),
            partial(self._on_imported, self._conversation.current),
            self.failed.emit,
        )

    def _import_text(self, name: str, text: str) -> list[Document]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / re.sub(r'[\\/:*?"<>|]', "-", name)
            path.write_text(text, encoding="utf-8", errors="replace")
            return self._import([path])

    def _on_remove(self, document_id: int) -> None:
        attached = self._attached[self._conversation.current]
        if document_id in attached:
            attached.remove(document_id)
        self._show()

    def _on_opened(self, conversation_id: int | None) -> None:
        self._show()
        self._read(self._attached[conversation_id])

    def _on_library_changed(self, ids: frozenset[int]) -> None:
        self._read([id_ for id_ in self._attached[self._conversation.current] if id_ in ids])

    def _read(self, ids: Sequence[int]) -> None:
        if ids:
            self._readings += 1
            self._reads.run(
                partial(_documents, self._desk, list(ids)),
                partial(self._on_documents, self._readings),
                self.failed.emit,
            )

    def _on_documents(self, reading: int, documents: Sequence[Document]) -> None:
        for found in documents:
            if reading > self._read_in.get(found.id, 0):
                self._known[found.id], self._read_in[found.id] = found, reading
        self._show()

    def _show(self) -> None:
        ids = self._attached[self._conversation.current]
        shown = [self._chip(self._known[id_]) for id_ in ids if id_ in self._known]
        self._page.composer.attachments.show_attachments(shown)

    def _chip(self, document: Document) -> Attachment:
        if document.state == "failed":
            return Attachment(document.id, document.name, sentence(document.error), is_failed=True)
        if document.state != "imported":
            words = self.tr("%n page(s)", "", document.pages)
        elif document.pages:
            words = self.tr("Reading page {done} of {total}").format(
                done=f"{document.pages_done:,}", total=f"{document.pages:,}"
            )
        else:
            words = self.tr("Reading")
        return Attachment(document.id, document.name, words)

    def _on_submitted(self, text: str) -> None:
        current = self._conversation.current
        ids = [id_ for id_ in self._attached[current] if self._known[id_].state != "failed"]
        if not ids:
            self._conversation.submit(text)
        elif self._conversation.is_busy:
            self._page.toast.show_text(self.tr("Wait until the answer is finished, then send"))
        else:
            self._page.composer.set_text("")
            self._stop.clear()
            self._conversation.prepare(self.tr("Reading the documents"))
            self._sends.run(
                partial(self._plan, current, text, ids),
                partial(self._on_plan, current, text),
                partial(self._on_not_planned, current, text),
            )

    def _plan(
        self, conversation_id: int | None, text: str, ids: Sequence[int]
    ) -> "tuple[DocumentsPart, ReadingPlan] | None":
        """On a worker thread: wait until they are read, then see whether they fit."""
        library = self._desk.library()
        while not library.wait(ids, WAIT_SLICE_S):
            if self._stop.is_set():
                return None
        part = DocumentsPart(self._desk.refs(ids))
        history: list[Message] = []
        if conversation_id is not None:
            history = self._store.history(conversation_id)
        plan = self._desk.planner().plan(text, ids, history=history)
        return None if self._stop.is_set() else (part, plan)

    def _on_plan(
        self,
        conversation_id: int | None,
        text: str,
        found: "tuple[DocumentsPart, ReadingPlan] | None",
    ) -> None:
        self._conversation.prepare("")
        if found is None or conversation_id != self._conversation.current:
            self._conversation.give_back(conversation_id, text)
            return
        part, plan = found
        if plan.fits:
            self._send(conversation_id, text, part, "whole", ())
            return
        dialog = CoverageDialog(plan, self._page.theme, self._page)
        dialog.chosen.connect(partial(self._send, conversation_id, text, part))
        dialog.rejected.connect(partial(self._conversation.give_back, conversation_id, text))
        dialog.open()

    def _on_not_planned(self, conversation_id: int | None, text: str, error: AppError) -> None:
        self._conversation.prepare("")
        self._conversation.give_back(conversation_id, text)
        self.failed.emit(error)

    def _on_stopped(self) -> None:
        self._stop.set()

    def _send(
        self,
        conversation_id: int | None,
        text: str,
        part: DocumentsPart,
        mode: ReadingMode,
        pages: Sequence[tuple[int, int]],
    ) -> None:
        ranges = tuple(
            PageRange(ref.id, first, last) for ref in part.documents for first, last in pages
        )
        self._attached.pop(conversation_id, None)
        self._show()
        self._conversation.submit(text, DocumentsPart(part.documents, mode, ranges))


def _documents(desk: DocumentDesk, ids: Sequence[int]) -> list[Document]:
    """On a worker thread: those that have not been removed meanwhile."""
    library, found = desk.library(), []
    for id_ in ids:
        with suppress(LookupError):
            found.append(library.document(id_))
    return found
