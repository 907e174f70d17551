"""What the palette finds: commands, chats and models at once, messages as they come."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.storage.conversations import ConversationStore, ConversationSummary, SearchHit
from app.ui.background import Background
from app.ui.palette.entries import Entry, by_kind, entry, ranked
from app.ui.palette.palette import Palette

MOST_AT_ONCE = 40
MOST_RECENT = 6
MOST_MESSAGES = 20
PAUSE_MS = 120


class PaletteControl(QObject):
    """``more`` finds models and documents; it is called on a worker thread at each opening."""

    chat_chosen = Signal(int, object)  # conversation, message or None
    other_chosen = Signal(object)  # Entry
    failed = Signal(object)  # AppError

    def __init__(
        self,
        palette: Palette,
        actions: Callable[[], Sequence[QAction]],
        conversations: Callable[[], Sequence[ConversationSummary]],
        more: Callable[[], Sequence[Entry]],
        store: ConversationStore,
        reads: Background,
    ) -> None:
        super().__init__()
        self._palette, self._store, self._reads = palette, store, reads
        self._actions, self._conversations, self._more = actions, conversations, more
        self._known: list[Entry] = []
        self._recent: list[Entry] = []
        self._at_once: list[Entry] = []
        self._query = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._search_messages)
        palette.searched.connect(self._on_searched)
        palette.chosen.connect(self._on_chosen)

    def open(self) -> None:
        """Gather what can be found now, and show the palette."""
        chats = [
            entry("chat", found.title, found.id, detail=found.folder)
            for found in self._conversations()
            if found.title
        ]
        actions = [
            entry("action", _plain(action), action, shortcut=_shown(action))
            for action in self._actions()
            if action.isEnabled() and action.isVisible() and action.text()
        ]
        self._recent = [*chats[:MOST_RECENT], *actions]
        self._known = [*actions, *chats]
        self._palette.open()
        self._reads.run(self._more, self._on_more, self.failed.emit)

    def _on_more(self, entries: Sequence[Entry]) -> None:
        self._known += entries
        if self._query.strip() and self._palette.isVisible():
            self._on_searched(self._query)

    def _on_searched(self, query: str) -> None:
        self._query = query
        self._pause.stop()
        if query.strip():
            self._at_once = by_kind(ranked(query, self._known, MOST_AT_ONCE))
            self._pause.start()
        else:
            self._at_once = self._recent
        self._palette.show_entries(query, self._at_once)

    def _search_messages(self) -> None:
        self._reads.run(
            partial(self._store.search, self._query, MOST_MESSAGES),
            partial(self._on_messages, self._query),
            self.failed.emit,
        )

    def _on_messages(self, query: str, hits: Sequence[SearchHit]) -> None:
        if query != self._query or not hits:
            return
        row = self._palette.list.currentIndex().row()
        messages = [
            entry("message", hit.title, (hit.conversation_id, hit.message_id), detail=hit.snippet)
            for hit in hits
        ]
        self._palette.show_entries(query, [*self._at_once, *messages])
        self._palette.list.setCurrentIndex(self._palette.model.index(max(0, row)))

    def _on_chosen(self, found: Entry) -> None:
        match found.kind, found.key:
            case "action", QAction() as action:
                action.trigger()
            case "chat", int(conversation_id):
                self.chat_chosen.emit(conversation_id, None)
            case "message", (conversation_id, message_id):
                self.chat_chosen.emit(conversation_id, message_id)
            case _:
                self.other_chosen.emit(found)


def _plain(action: QAction) -> str:
    """What is said where nothing stands around it."""
    return action.iconText().replace("&", "")


def _shown(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
