"""The list of conversations: kept up to date, searched, renamed, moved to the trash and back."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.storage.conversations import ConversationStore, ConversationSummary, SearchHit
from app.ui.background import Background
from app.ui.sidebar.conversation_model import ConversationModel, Row

HITS = 200


class LibraryControl(QObject):
    """Between the sidebar's list and the store."""

    changed = Signal()
    trashed = Signal(int, str)  # conversation, its title
    restored = Signal(int)
    failed = Signal(object)  # AppError

    def __init__(
        self, model: ConversationModel, store: ConversationStore, reads: Background
    ) -> None:
        super().__init__()
        self._model, self._store, self._reads = model, store, reads
        self._query = ""
        self._request = 0  # counts what was asked for, to drop results that come too late
        self._titles: dict[int, str] = {}
        model.renamed.connect(self._on_renamed)

    def title_of(self, conversation_id: int | None) -> str:
        return self._titles.get(conversation_id, "")

    def refresh(self) -> None:
        """Read the list again, and the hits too while a search is on."""
        self._request += 1
        self._reads.run(
            partial(_read, self._store, self._query),
            partial(self._on_read, self._request),
            self.failed.emit,
        )

    def search(self, query: str) -> None:
        """Show only what matches; an empty query shows everything."""
        self._query = query
        self.refresh()

    def move_to_trash(self, conversation_id: int) -> None:
        title = self._titles.get(conversation_id, "")
        self._reads.run(
            partial(self._store.move_to_trash, conversation_id),
            partial(self._on_trashed, conversation_id, title),
            self.failed.emit,
        )

    def restore(self, conversation_id: int) -> None:
        self._reads.run(
            partial(self._store.restore, conversation_id),
            partial(self._on_restored, conversation_id),
            self.failed.emit,
        )

    def _on_read(
        self, request: int, result: tuple[list[ConversationSummary], list[SearchHit] | None]
    ) -> None:
        if request != self._request:
            return
        conversations, hits = result
        self._titles = {c.id: c.title for c in conversations}
        if hits is None:
            self._model.show_rows([Row(c.id, c.title) for c in conversations])
        else:
            first: dict[int, Row] = {}
            for hit in hits:
                row = Row(hit.conversation_id, hit.title, hit.snippet, hit.message_id)
                first.setdefault(hit.conversation_id, row)
            self._model.show_rows(list(first.values()))
        self.changed.emit()

    def _on_renamed(self, conversation_id: int, title: str) -> None:
        self._reads.run(
            partial(self._store.rename, conversation_id, title), self._on_written, self.failed.emit
        )

    def _on_written(self, _: None) -> None:
        self.refresh()

    def _on_trashed(self, conversation_id: int, title: str, _: None) -> None:
        self.refresh()
        self.trashed.emit(conversation_id, title)

    def _on_restored(self, conversation_id: int, _: None) -> None:
        self.refresh()
        self.restored.emit(conversation_id)


def _read(
    store: ConversationStore, query: str
) -> tuple[list[ConversationSummary], list[SearchHit] | None]:
    """On a worker thread: the list, and the hits of a query."""
    return store.conversations(), store.search(query, HITS) if query else None
