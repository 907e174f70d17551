"""Finds words in the conversation on the page, also in messages that are not loaded."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.storage.conversations import ConversationStore
from app.ui.chat.marks import Place, places
from app.ui.control.chat_tools import ChatTools

MOST = 10_000  # hits; more than anybody steps through


class FindControl(QObject):
    """Between the find bar, the transcript and the store. The newest hit comes first."""

    failed = Signal(object)  # AppError

    def __init__(self, tools: ChatTools) -> None:
        super().__init__()
        self._page, self._conversation = tools.page, tools.conversation
        self._store, self._reads = tools.store, tools.reads
        self._request = 0  # counts what was asked for, to drop results that come too late
        self._query = ""
        self._hits: list[Place] = []
        self._chosen = 0
        bar = tools.page.find_bar
        bar.searched.connect(self._on_searched)
        bar.next_requested.connect(self.go_next)
        bar.previous_requested.connect(self.go_back)
        bar.closed.connect(self.close)
        tools.conversation.opened.connect(self._on_opened)

    def begin(self) -> None:
        if self._conversation.current is not None:
            self._page.find_bar.begin()
            self._on_searched(self._page.find_bar.field.text())

    def close(self) -> None:
        self._page.find_bar.hide()
        self._forget()
        self._page.composer.field.setFocus()

    def go_next(self) -> None:
        self._go(1)

    def go_back(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        if self._hits:
            self._chosen = (self._chosen + step) % len(self._hits)
            self._show()

    def _show(self) -> None:
        place = self._hits[self._chosen] if self._hits else None
        self._page.transcript.mark(self._query, place)
        self._page.find_bar.show_count(self._chosen + 1 if self._hits else 0, len(self._hits))

    def _on_searched(self, query: str) -> None:
        self._request += 1
        if not query.strip() or self._conversation.current is None:
            self._forget()
            return
        self._reads.run(
            partial(_find, self._store, self._conversation.current, query),
            partial(self._on_found, self._request, query),
            self.failed.emit,
        )

    def _on_found(self, request: int, query: str, hits: list[Place]) -> None:
        if request != self._request:
            return
        self._query, self._hits = query, hits
        self._chosen = max(0, len(hits) - 1)
        self._show()

    def _on_opened(self, _: int | None) -> None:
        self._page.find_bar.hide()
        self._forget()

    def _forget(self) -> None:
        self._request += 1
        self._query, self._hits = "", []
        self._page.transcript.mark("")
        self._page.find_bar.show_count(0, 0)


def _find(store: ConversationStore, conversation_id: int, query: str) -> list[Place]:
    """On a worker thread: every hit on the branch that is shown, from its beginning."""
    hits: list[Place] = []
    ids = [header.id for header in store.branch(conversation_id) if header.characters]
    for start in range(0, len(ids), 500):
        for stored in store.messages(ids[start : start + 500]):
            found = places(stored.message.text, query)
            hits.extend(Place(stored.id, number) for number, _ in enumerate(found))
        if len(hits) >= MOST:
            break
    return hits
