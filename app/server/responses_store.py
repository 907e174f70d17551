"""The last responses, in memory only, so that a client can go on from one by its id.

Bounded in number and in text; the oldest go first, and all of them when the endpoint ends. Used on
the endpoint's loop only.
"""

from dataclasses import dataclass
from typing import Any

from app.chat.messages import Message, ReasoningPart, TextPart

MAX_RESPONSES = 256
MAX_CHARACTERS = 32_000_000


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response as it was told, and the conversation that it ended, without instructions."""

    response: dict[str, Any]
    conversation: tuple[Message, ...]
    characters: int


class ResponseStore:
    """Responses by id, the latest last."""

    def __init__(
        self, max_responses: int = MAX_RESPONSES, max_characters: int = MAX_CHARACTERS
    ) -> None:
        self._max_responses = max_responses
        self._max_characters = max_characters
        self._kept: dict[str, KeptResponse] = {}
        self._characters = 0

    def keep(self, response: dict[str, Any], conversation: tuple[Message, ...]) -> None:
        """One that is too large by itself is not kept."""
        size = sum(_size(message) for message in conversation)
        if size > self._max_characters:
            return
        self._kept[response["id"]] = KeptResponse(response, conversation, size)
        self._characters += size
        while len(self._kept) > self._max_responses or self._characters > self._max_characters:
            self.forget(next(iter(self._kept)))

    def find(self, response_id: str) -> KeptResponse | None:
        return self._kept.get(response_id)

    def forget(self, response_id: str) -> bool:
        """False when there is none with this id."""
        kept = self._kept.pop(response_id, None)
        if kept is None:
            return False
        self._characters -= kept.characters
        return True


def _size(message: Message) -> int:
    """Its characters, roughly; calls are mostly small."""
    texts = [part.text for part in message.parts if isinstance(part, TextPart | ReasoningPart)]
    calls = [str(call.arguments) for call in message.tool_calls]
    return sum(len(text) for text in texts + calls)
