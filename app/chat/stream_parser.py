"""Splits what a model writes into reasoning and content, wherever the pieces are cut."""

from dataclasses import dataclass

OPEN_TAG = "<think>"
CLOSE_TAG = "</think>"


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class ContentDelta:
    """More of the answer."""

    text: str


Delta = ReasoningDelta | ContentDelta


class StreamParser:
    """A machine with three states: undecided, reasoning, content.

    ``starts_inside``: the prompt already opened the reasoning, so the answer begins in it. A
    ``<think>`` counts only at the very beginning; later it is part of what is said. One newline
    after the opening tag and one before the closing tag belong to the tags, and so do the
    newlines between the reasoning and the answer.
    """

    def __init__(self, *, starts_inside: bool = False) -> None:
        self._state = "opening" if starts_inside else "undecided"
        self._held = ""

    def feed(self, text: str) -> list[Delta]:
        """Take the next piece; hold back only what may still be part of a tag."""
        self._held += text
        deltas: list[Delta] = []
        while True:
            before = self._state
            deltas += self._advance()
            if self._state == before:
                return deltas

    def flush(self) -> list[Delta]:
        """What was held back, once the answer is over."""
        held, self._held = self._held, ""
        if not held or (self._state == "closing" and not held.strip("\n")):
            return []
        is_reasoning = self._state in ("opening", "reasoning")
        self._state = "content"
        return [ReasoningDelta(held) if is_reasoning else ContentDelta(held)]

    def _advance(self) -> list[Delta]:
        match self._state:
            case "undecided":
                return self._decide()
            case "opening":
                return self._open()
            case "reasoning":
                return self._reason()
            case "closing":
                self._held = self._held.lstrip("\n")
                if self._held:
                    self._state = "content"
                return []
        return self._release()

    def _decide(self) -> list[Delta]:
        start = self._held.lstrip()
        if start.startswith(OPEN_TAG):
            self._held = start[len(OPEN_TAG) :]
            self._state = "opening"
        elif not OPEN_TAG.startswith(start):
            self._state = "content"
        return []

    def _open(self) -> list[Delta]:
        """Drop the tag's newline, and the tag itself where a model repeats the prompt's."""
        text = self._held.removeprefix("\n")
        if not text or (OPEN_TAG.startswith(text) and text != OPEN_TAG):
            return []
        self._held = text.removeprefix(OPEN_TAG)
        if self._held != text:
            self._held = self._held.removeprefix("\n")
        self._state = "reasoning"
        return []

    def _reason(self) -> list[Delta]:
        end = self._held.find(CLOSE_TAG)
        if end >= 0:
            thought = self._held[:end].removesuffix("\n")
            self._held = self._held[end + len(CLOSE_TAG) :]
            self._state = "closing"
            return [ReasoningDelta(thought)] if thought else []
        keep = max(_overlap(self._held, "\n" + CLOSE_TAG), _overlap(self._held, CLOSE_TAG))
        thought = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return [ReasoningDelta(thought)] if thought else []

    def _release(self) -> list[Delta]:
        held, self._held = self._held, ""
        return [ContentDelta(held)] if held else []


def _overlap(text: str, tag: str) -> int:
    """Length of the longest end of the text that the tag starts with, short of the whole tag."""
    for size in range(min(len(text), len(tag) - 1), 0, -1):
        if tag.startswith(text[-size:]):
            return size
    return 0
