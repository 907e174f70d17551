"""What rendering a chat template may cost: time, and text made. Refuses before it is spent."""

import math
import time
from collections.abc import ItemsView, KeysView, Mapping, ValuesView

from app.chat.template_trace import TracedText

NODE = 64  # what a list, a dict, an item of one or a run of text counts as, in characters
MAX_BITS = 4096  # of a whole number
MAX_FORMAT_CHARACTERS = 10_000

_CONTAINERS = (list, tuple, KeysView, ValuesView, ItemsView)


class TemplateLimit(Exception):
    """A template does what no chat template needs; the text says what."""


class Meter:
    """The budget of one rendering: seconds, and characters made in all."""

    def __init__(self, limit_s: float, characters: int) -> None:
        self.deadline = time.monotonic() + limit_s
        self.characters_left = characters

    def charge(self, characters: int = 0) -> None:
        """Take from the budget before something of this size is made. Raises TemplateLimit."""
        self.characters_left -= characters + 1
        if self.characters_left < 0:
            raise TemplateLimit("It writes too much text")
        if time.monotonic() > self.deadline:
            raise TemplateLimit("It takes too long")

    def charge_value(self, value: object, *, times: int = 1, per_level: int = 0) -> None:
        """Charge for writing, comparing or hashing a value so many times."""
        self.charge(times * weight(value, self.characters_left // max(times, 1), per_level))


def weight(value: object, limit: float = math.inf, per_level: int = 0) -> int:
    """Characters of a value written out; what is shared counts each time, as it is written.

    Stops counting past the limit: a list in a list in a list may be astronomic.
    """
    total = 0
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting and total <= limit:
        item, depth = waiting.pop()
        if isinstance(item, str):
            total += size(item) + 1
        elif isinstance(item, Mapping):
            waiting += [(part, depth + 1) for pair in item.items() for part in pair]
        elif isinstance(item, _CONTAINERS):
            waiting += [(part, depth + 1) for part in item]
        if depth or not isinstance(item, str):
            total += NODE + depth * per_level
    return total


def size(value: object) -> int:
    """Characters that a copy takes; what it holds is shared."""
    if isinstance(value, TracedText):
        return len(value) + NODE * len(value.runs)
    if isinstance(value, str):
        return len(value)
    return NODE * len(value) if isinstance(value, list | tuple | dict) else 1


def check_number(value: object) -> None:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise TemplateLimit("It uses numbers that are too large")
