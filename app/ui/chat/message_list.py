"""The messages of the open conversation: headers, which become items when they are looked at.

Ten thousand headers are opened in a few milliseconds; most of them never come into sight.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from app.ui.chat.message_item import MessageItem, estimated_message_heights

if TYPE_CHECKING:
    from app.storage.conversations import MessageHeader

_Entry = Union["MessageHeader", MessageItem]


class MessageList(Sequence[MessageItem]):
    """Each item knows its place (``index``)."""

    def __init__(self, headers: Sequence["MessageHeader"] = ()) -> None:
        self._entries: list[_Entry] = list(headers)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> MessageItem:
        entry = self._entries[index]
        if isinstance(entry, MessageItem):
            return entry
        item = self._entries[index] = MessageItem(entry.id, entry.role, entry.characters)
        item.index = index if index >= 0 else len(self._entries) + index
        return item

    def append(self, item: MessageItem) -> None:
        item.index = len(self._entries)
        self._entries.append(item)

    def extend(self, headers: Sequence["MessageHeader"]) -> None:
        self._entries.extend(headers)

    def pop(self) -> MessageItem:
        item = self[-1]
        self._entries.pop()
        return item

    def with_id(self, message_id: int) -> MessageItem | None:
        """The message with this id; the last ones are looked at first."""
        for index in reversed(range(len(self._entries))):
            if self._entries[index].id == message_id:
                return self[index]
        return None

    def shared_with(self, headers: Sequence["MessageHeader"]) -> int:
        """How many messages a branch begins with that are here in the same place."""
        pairs = enumerate(zip(self._entries, headers, strict=False))
        ends = min(len(self._entries), len(headers))
        return next((index for index, (old, new) in pairs if old.id != new.id), ends)

    def heights(self, width: int) -> list[int]:
        """Of each message, as it is or as it will be about."""
        heights = estimated_message_heights(self._entries, width)
        for index, entry in enumerate(self._entries):
            if isinstance(entry, MessageItem) and entry.is_loaded:
                heights[index] = entry.height
        return heights
