"""Finds where a tool call begins in what a model writes, also when only part of it has come."""

import re
from dataclasses import dataclass

_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class CallMarker:
    """A call begins with ``text`` and then, after any white space, with one of ``follows``.

    The mere tag, as in a sentence about it, begins nothing. Without ``text`` nothing does.
    """

    text: str = ""
    follows: tuple[str, ...] = ("",)

    def find(self, held: str) -> tuple[int, int] | None:
        """Where the first call begins, and where its body does."""
        at = held.find(self.text) if self.text else -1
        while at >= 0:
            body = skip_space(held, at + len(self.text))
            if held.startswith(self.follows, body):
                return at, body
            at = held.find(self.text, at + 1)
        return None

    def undecided_from(self, held: str) -> int:
        """Where the end begins that may yet become a marker; the length when none may."""
        if not self.text:
            return len(held)
        at = held.rfind(self.text)
        if at >= 0 and follows(held, at + len(self.text), self.follows) is None:
            return at
        return len(held) - overlap(held, self.text)


NO_MARKER = CallMarker()


def follows(held: str, at: int, texts: tuple[str, ...]) -> bool | None:
    """Whether one of the texts stands at ``at``, after white space; None while one still may."""
    at = skip_space(held, at)
    if held.startswith(texts, at):
        return True
    is_open = any(len(held) - at < len(text) and text.startswith(held[at:]) for text in texts)
    return None if is_open else False


def skip_space(held: str, at: int) -> int:
    found = _SPACE.match(held, at)
    return found.end() if found else at


def overlap(text: str, tag: str) -> int:
    """Length of the longest end of the text that the tag starts with, short of the whole tag."""
    tail = text[1 - len(tag) :] if len(tag) > 1 else ""
    at = tail.find(tag[0])
    while at >= 0:
        if tag.startswith(tail[at:]):
            return len(tail) - at
        at = tail.find(tag[0], at + 1)
    return 0
