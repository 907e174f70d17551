"""Messages that were written while an answer was: they wait for their turn, per conversation."""

from collections import defaultdict

from PySide6.QtCore import QObject, Signal

from app.ui.conversation.composer import Composer


class QueuedMessages:
    """Oldest first. What was cleared can be taken back once."""

    def __init__(self) -> None:
        self._texts: defaultdict[int, list[str]] = defaultdict(list)
        self._cleared: tuple[int, list[str]] | None = None

    def of(self, conversation_id: int | None) -> list[str]:
        return [] if conversation_id is None else list(self._texts[conversation_id])

    def add(self, conversation_id: int, text: str, number: int | None = None) -> None:
        """At the end, or before the message that now has this number."""
        texts = self._texts[conversation_id]
        texts.insert(len(texts) if number is None else number, text)

    def take(self, conversation_id: int, number: int = 0) -> str | None:
        texts = self._texts[conversation_id]
        return texts.pop(number) if number < len(texts) else None

    def clear(self, conversation_id: int) -> int:
        """Returns how many there were."""
        texts = self._texts.pop(conversation_id, [])
        self._cleared = (conversation_id, texts)
        return len(texts)

    def take_back(self) -> None:
        if self._cleared is not None:
            conversation_id, texts = self._cleared
            self._texts[conversation_id][:0] = texts
            self._cleared = None


class QueueControl(QObject):
    """The strip of waiting messages above the composer."""

    changed = Signal()
    next_wanted = Signal()  # the user sends the oldest by hand

    def __init__(self, composer: Composer) -> None:
        super().__init__()
        self._composer = composer
        self._current: int | None = None  # the chat on the page
        self.messages = QueuedMessages()
        composer.queue.send_requested.connect(self.next_wanted)
        composer.queue.edit_requested.connect(self._on_edit)
        composer.queue.remove_requested.connect(self._on_remove)

    def show(self, conversation_id: int | None, *, is_waiting: bool) -> bool:
        """``is_waiting``: nothing is being written. Returns whether any message waits."""
        self._current = conversation_id
        queued = self.messages.of(conversation_id)
        self._composer.queue.show_messages(queued, is_waiting=is_waiting)
        return bool(queued)

    def _on_edit(self, number: int) -> None:
        """Into the composer; what is being written there waits in its place."""
        written = self._composer.text
        text = self.messages.take(self._current, number)
        if text is not None:
            if written.strip():
                self.messages.add(self._current, written, number)
            self._composer.set_text(text)
            self._composer.field.setFocus()
        self.changed.emit()

    def _on_remove(self, number: int) -> None:
        self.messages.take(self._current, number)
        self.changed.emit()
