"""The list of conversations: kept up to date, searched, renamed, filed, thrown away and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import islice

from PySide6.QtCore import QObject, Signal

from app.storage.conversations import ConversationStore, ConversationSummary, SearchHit
from app.ui.background import Background
from app.ui.palette.entries import folded
from app.ui.sidebar.conversation_model import ConversationModel, Row
from app.ui.sidebar.day_groups import grouped

HITS = 200


class Shelf(StrEnum):
    CHATS = "chats"
    ARCHIVE = "archive"
    TRASH = "trash"


class LibraryControl(QObject):
    """Between the sidebar's list and the store."""

    changed = Signal()
    trashed = Signal(object, str)  # list of conversations, title of the first
    archived = Signal(object)  # list of conversations
    restored = Signal(object)  # list of conversations
    showing = Signal(str)  # rows come now: the hits of this search, all chats if it is empty
    failed = Signal(object)  # AppError

    def __init__(
        self, model: ConversationModel, store: ConversationStore, reads: Background
    ) -> None:
        super().__init__()
        self._model, self._store, self._reads = model, store, reads
        self._query = ""
        self._readings = self._searches = 0  # counted, to drop results that come too late
        self._rows: list[Row] | None = None  # of the shelf, as last read
        self._known: dict[int, ConversationSummary] = {}
        self.shelf = Shelf.CHATS
        model.renamed.connect(self._on_renamed)
        reads.run(store.purge_trash, self._on_written, self.failed.emit)

    def title_of(self, conversation_id: int | None) -> str:
        found = self._known.get(conversation_id)
        return found.title if found is not None else ""

    def summary_of(self, conversation_id: int | None) -> ConversationSummary | None:
        return self._known.get(conversation_id)

    def conversations(self) -> list[ConversationSummary]:
        """All of them but the trash, newest first, as last read."""
        return list(self._known.values())

    def refresh(self) -> None:
        """Read the list again, and then the hits while a search is on."""
        self._readings += 1
        self._reads.run(
            partial(_listed, self._store, self.shelf),
            partial(self._on_listed, self._readings),
            self.failed.emit,
        )

    def search(self, query: str) -> None:
        """Show only what matches; an empty query shows everything."""
        is_ended = not query and bool(self._query)
        self._query = query
        if query:
            self._find()
        elif is_ended:
            self._show_all()

    def show_shelf(self, shelf: Shelf) -> None:
        self.shelf, self._query, self._rows = shelf, "", None
        self.refresh()

    def move_to_trash(self, ids: list[int]) -> None:
        title = self.title_of(ids[0])
        self._do(ids, self._store.move_to_trash, partial(self.trashed.emit, ids, title))

    def restore(self, ids: list[int]) -> None:
        self._do(ids, self._store.restore, partial(self.restored.emit, ids))

    def delete_for_good(self, ids: list[int]) -> None:
        self._reads.run(
            partial(self._store.delete_for_good, ids), self._on_written, self.failed.emit
        )

    def pin(self, ids: list[int], is_pinned: bool) -> None:
        self._do(ids, partial(self._store.pin, is_pinned=is_pinned))

    def archive(self, ids: list[int], is_archived: bool) -> None:
        said = partial(self.archived.emit, ids) if is_archived else None
        self._do(ids, partial(self._store.archive, is_archived=is_archived), said)

    def file(self, ids: list[int], folder: str) -> None:
        self._do(ids, partial(_file, self._store, folder))

    def _do(
        self,
        ids: Sequence[int],
        change: Callable[[int], None],
        on_done: Callable[[], None] | None = None,
    ) -> None:
        """Change each of them, read the list again, then tell."""
        self._reads.run(
            partial(_each, change, ids), partial(self._on_done, on_done), self.failed.emit
        )

    def _on_done(self, tell: Callable[[], None] | None, _: None) -> None:
        self.refresh()
        if tell is not None:
            tell()

    def _find(self) -> None:
        self._searches += 1
        self._reads.run(
            partial(_found, self._store, self.conversations(), self._query),
            partial(self._on_found, self._searches),
            self.failed.emit,
        )

    def _on_found(self, search: int, rows: list[Row]) -> None:
        if search == self._searches and self._query:
            self.showing.emit(self._query)
            self._model.show_rows(rows)

    def _show_all(self) -> None:
        if self._rows is not None:
            self.showing.emit("")
            self._model.show_rows(self._rows)

    def _on_listed(self, reading: int, found: "_Listed") -> None:
        if reading != self._readings:
            return
        self._known, self._rows = found.known, found.rows
        self._model.show_folders(found.folders)
        if self._query:
            self._find()
        else:
            self._show_all()
        self.changed.emit()

    def _on_renamed(self, conversation_id: int, title: str) -> None:
        self._reads.run(
            partial(self._store.rename, conversation_id, title), self._on_written, self.failed.emit
        )

    def _on_written(self, _: object) -> None:
        self.refresh()


@dataclass(frozen=True, slots=True)
class _Listed:
    """All conversations but the trash, and the rows of the shelf."""

    known: dict[int, ConversationSummary]
    folders: list[str]
    rows: list[Row]


def _listed(store: ConversationStore, shelf: Shelf) -> _Listed:
    """On a worker thread."""
    every = store.conversations()
    match shelf:
        case Shelf.TRASH:
            shown = store.trashed()
        case Shelf.ARCHIVE:
            shown = [found for found in every if found.is_archived]
        case _:
            shown = [found for found in every if not found.is_archived]
    folders = sorted({found.folder for found in every if found.folder})
    return _Listed({found.id: found for found in every}, folders, _rows(shown))


def _found(store: ConversationStore, chats: Sequence[ConversationSummary], query: str) -> list[Row]:
    """On a worker thread: chats with these words in the title, then others in which they stand.

    Each once, with its best hit.
    """
    hits: dict[int, SearchHit] = {}
    for hit in store.search(query, HITS):
        hits.setdefault(hit.conversation_id, hit)
    words = folded(query).split()
    named = (chat for chat in chats if all(word in folded(chat.title) for word in words))
    rows: dict[int, Row] = {}
    for chat in islice(named, HITS):
        found = hits.get(chat.id)
        rows[chat.id] = (
            Row(chat.id, chat.title, found.snippet, found.message_id)
            if found is not None
            else Row(chat.id, chat.title)
        )
    for id_, hit in hits.items():
        rows.setdefault(id_, Row(id_, hit.title, hit.snippet, hit.message_id))
    return list(rows.values())


def _rows(conversations: Sequence[ConversationSummary]) -> list[Row]:
    """With a heading on the first of each group."""
    rows: list[Row] = []
    last = ""
    for heading, found in grouped(conversations, date.today()):
        is_first = heading != last
        rows.append(
            Row(
                found.id,
                found.title,
                heading=heading if is_first else "",
                is_pinned=found.is_pinned,
                is_archived=found.is_archived,
                folder=found.folder,
            )
        )
        last = heading
    return rows


def _each(change: Callable[[int], None], ids: Sequence[int]) -> None:
    for id_ in ids:
        change(id_)


def _file(store: ConversationStore, folder: str, conversation_id: int) -> None:
    store.file(conversation_id, folder)
