"""Splits what a model writes into reasoning and content, wherever the pieces are cut."""

from dataclasses import dataclass

from app.chat.tool_parser_marker import NO_MARKER, CallMarker, overlap
from app.engine.protocol import TokenLogprobs

OPEN_TAG = "<think>"
CLOSE_TAG = "</think>"


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class ContentDelta:
    """More of the answer, and of the tokens that it is made of where they were asked for."""

    text: str
    logprobs: tuple[TokenLogprobs, ...] = ()


Delta = ReasoningDelta | ContentDelta


class StreamParser:
    """A machine of states: undecided, opening, opened, reasoning, closing, content.

    ``starts_inside``: the prompt already opened the reasoning, so the answer begins in it. A
    ``<think>`` counts only at the very beginning; later it is part of what is said. One newline
    after the opening tag and one before the closing tag belong to the tags, and so do the
    newlines between the reasoning and the answer. A tool call ends the reasoning too: some models
    forget to close it. ``is_continued``: the answer goes on where an earlier one was cut.
    """

    def __init__(
        self,
        *,
        starts_inside: bool = False,
        is_continued: bool = False,
        call: CallMarker = NO_MARKER,
    ) -> None:
        self._call = call
        if is_continued:
            self._state = "reasoning" if starts_inside else "content"
        else:
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
        state, self._state = self._state, "content"
        if state in ("opening", "opened"):
            held = held.removeprefix("\n")
        if not held:
            return []
        is_reasoning = state in ("opening", "opened", "reasoning")
        return [ReasoningDelta(held) if is_reasoning else ContentDelta(held)]

    def _advance(self) -> list[Delta]:
        match self._state:
            case "undecided":
                return self._decide()
            case "opening":
                return self._open()
            case "opened":
                if self._held:
                    self._held = self._held.removeprefix("\n")
                    self._state = "reasoning"
                return []
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
        if text.startswith(OPEN_TAG):
            self._held = text.removeprefix(OPEN_TAG)
            self._state = "opened"
        elif not OPEN_TAG.startswith(text):
            self._held = text
            self._state = "reasoning"
        return []

    def _reason(self) -> list[Delta]:
        end = self._held.find(CLOSE_TAG)
        call = self._call.find(self._held)
        if call and (end < 0 or call[0] < end):
            return self._close(call[0], call[0])
        if end >= 0:
            return self._close(end, end + len(CLOSE_TAG))
        keep = max(
            overlap(self._held, "\n" + CLOSE_TAG),
            overlap(self._held, CLOSE_TAG),
            len(self._held) - self._call.undecided_from(self._held),
        )
        if self._held.endswith("\n", 0, len(self._held) - keep):
            keep += 1  # it belongs to what may follow
        thought = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return [ReasoningDelta(thought)] if thought else []

    def _close(self, end: int, after: int) -> list[Delta]:
        thought = self._held[:end].removesuffix("\n")
        self._held = self._held[after:]
        self._state = "closing"
        return [ReasoningDelta(thought)] if thought else []

    def _release(self) -> list[Delta]:
        held, self._held = self._held, ""
        return [ContentDelta(held)] if held else []
