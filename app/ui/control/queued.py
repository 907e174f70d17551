"""Messages that were written while an answer was: they wait for their turn, per conversation."""

from collections import defaultdict


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
