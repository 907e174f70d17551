"""Which tool a result is of: its call stands above, before the results of all calls."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.chat.messages import Message
from app.ui.chat.message_item import MessageItem

if TYPE_CHECKING:
    from app.storage.conversations import StoredMessage

Messages = Callable[[list[int]], dict[int, "StoredMessage"]]


def tool_of(items: Sequence[MessageItem], index: int, result: Message, load: Messages) -> str:
    """The name of the tool, "" where it is not known. ``load`` gives messages by their ids."""
    if result.name:
        return result.name
    while index > 0 and items[index].role == "tool":
        index -= 1
    caller = items[index]
    stored = caller.message or load([caller.id]).get(caller.id)
    calls = stored.message.tool_calls if stored is not None else ()
    return next((call.name for call in calls if call.id == result.tool_call_id), "")
