"""What is being written in each conversation, kept over a restart."""

import logging
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError
from app.storage.conversations import ConversationStore
from app.ui.background import Background

PAUSE_MS = 800

log = logging.getLogger(__name__)


class Drafts(QObject):
    """In memory at once, in the store when the typing pauses."""

    loaded = Signal()
    failed = Signal(object)  # AppError

    def __init__(self, store: ConversationStore, reads: Background) -> None:
        super().__init__()
        self._store, self._reads = store, reads
        self._texts: dict[int | None, str] = {}
        self._unsaved: dict[int | None, str] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.save)
        reads.run(store.drafts, self._on_loaded, self.failed.emit)

    def of(self, conversation_id: int | None) -> str:
        return self._texts.get(conversation_id, "")

    def put(self, conversation_id: int | None, text: str) -> None:
        if text == self.of(conversation_id):
            return
        self._texts[conversation_id] = self._unsaved[conversation_id] = text
        self._pause.start()

    def save(self) -> None:
        """Store what has changed, now."""
        self._pause.stop()
        unsaved, self._unsaved = self._unsaved, {}
        for conversation_id, text in unsaved.items():
            self._reads.run(
                partial(self._store.keep_draft, conversation_id, text), _ignore, self.failed.emit
            )

    def close(self) -> None:
        """Store the rest before the threads end. Blocks: the window is hidden by now."""
        self._pause.stop()
        try:
            for conversation_id, text in self._unsaved.items():
                self._store.keep_draft(conversation_id, text)
        except AppError as error:
            log.warning("a draft could not be stored: %s", error.kind)

    def _on_loaded(self, stored: dict[int | None, str]) -> None:
        self._texts = stored | self._texts
        self.loaded.emit()


def _ignore(_: None) -> None:
    """Nothing follows a stored draft."""
