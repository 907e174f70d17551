"""Which requests belong to a conversation itself, and which are asked beside it.

Agents send titles, summaries and the like under the name of the session whose work they interrupt.
Only the work itself is named to the engine, so that nothing else takes the place of its prefix.
"""

import collections
import hashlib

from app.chat.turn import TurnRequest

_REMEMBERED = 256  # sessions
_MAX_NAME = 80  # characters; longer keys are told apart by their hash


class Sessions:
    """Sessions that were seen to work with tools, the latest last."""

    def __init__(self) -> None:
        self._with_tools: collections.OrderedDict[str, None] = collections.OrderedDict()

    def name_for(self, request: TurnRequest) -> str | None:
        """The name that the engine may keep a prefix under; None for what is asked beside."""
        if not request.session_key:
            return None
        name = _short(request.session_key)
        if request.tools:
            self._remember(name)
        elif name in self._with_tools:
            return None
        return name

    def _remember(self, name: str) -> None:
        self._with_tools[name] = None
        self._with_tools.move_to_end(name)
        if len(self._with_tools) > _REMEMBERED:
            self._with_tools.popitem(last=False)


def _short(key: str) -> str:
    if len(key) <= _MAX_NAME:
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
