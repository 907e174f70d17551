"""Splits what a model says after its reasoning into text and tool calls, wherever it is cut.

How calls are written follows from the chat template that taught the model: tags (Step, Qwen,
Hermes), Mistral's marker, or bare JSON (Llama 3.1). No character is lost or doubled: what does not
turn out to be a call is text. Only white space between the answer's text and a call is dropped, and
only where no text stands before or after it.
"""

import re
from typing import Literal, Protocol

from app.chat.stream_parser import ContentDelta
from app.chat.tool_calls import CallWriter
from app.chat.tool_parser_json import (
    MISTRAL,
    BareJsonCalls,
    JsonScanner,
    MistralCalls,
    Update,
    read_call,
)
from app.chat.tool_parser_marker import NO_MARKER, CallMarker, follows
from app.chat.tool_parser_xml import CALL, END_CALL, END_FUNCTION, FUNCTION, XmlCall
from app.chat.tools import Tool

CallStyle = Literal["xml", "hermes", "mistral", "bare_json"]

CLOSERS = (END_CALL, END_FUNCTION)  # stop strings that leave a call whole

_TAGGED = CallMarker(CALL, (FUNCTION, "{"))
_FUNCTION_LINE = re.compile(r"(?:^|(?<=\n))<function=([^>\n]*)[>\n]")
_MISTRAL_ID_LENGTH = 9  # its templates refuse other ids in the history


class ToolParser(Protocol):
    """A machine that takes the answer in pieces."""

    def feed(self, text: str) -> list[Update]:
        """Take the next piece; hold back only what may still become a call."""

    def flush(self, is_complete: bool) -> list[Update]:
        """The answer is over. A call is closed only where the model ended by itself."""


def call_style(chat_template: str | None) -> CallStyle:
    """How a model with this template writes calls; Hermes where it says nothing of them."""
    text = chat_template or ""
    if FUNCTION in text and "<parameter=" in text:
        return "xml"
    if MISTRAL.text in text:
        return "mistral"
    if CALL not in text and re.search(r'"name\\?":.{0,200}"parameters\\?":', text, re.DOTALL):
        return "bare_json"
    return "hermes"


def call_marker(style: CallStyle) -> CallMarker:
    """What ends the reasoning of a model that forgets to close it."""
    return {"mistral": MISTRAL, "bare_json": NO_MARKER}.get(style, _TAGGED)


def tool_parser(style: CallStyle, tools: tuple[Tool, ...]) -> ToolParser:
    match style:
        case "mistral":
            return MistralCalls(CallWriter(tools, _MISTRAL_ID_LENGTH))
        case "bare_json":
            return BareJsonCalls(CallWriter(tools))
    return TaggedCalls(CallWriter(tools))


class TaggedCalls:
    """``<tool_call>`` with Step's XML or Hermes' JSON inside; the outer tag may be missing."""

    def __init__(self, calls: CallWriter) -> None:
        self._calls = calls
        self._held = ""
        self._space = ""  # white space that is text only if text follows
        self._state: Literal["text", "header", "xml", "json", "after"] = "text"
        self._opening = ""  # the tags as written, should they turn out to be text
        self._has_called = False
        self._has_said = False  # since the last call
        self._is_line_start = True
        self._xml: XmlCall | None = None
        self._json = JsonScanner()

    def feed(self, text: str) -> list[Update]:
        self._held += text
        updates: list[Update] = []
        while True:
            before = self._state, len(self._held)
            updates += self._advance()
            if before == (self._state, len(self._held)):
                return updates

    def flush(self, is_complete: bool) -> list[Update]:
        updates: list[Update] = []
        if self._xml is not None:
            updates += self._xml.feed("", is_last=True) if is_complete else []
            self._held = self._xml.rest
        elif self._state == "json":
            text = self._json.completed() if is_complete else ""
            updates += self._end_json(text, "")
        held, self._held, self._state = self._opening + self._held, "", "text"
        self._opening = ""
        updates += self._say(held)
        if self._space and not self._has_called:
            updates.append(ContentDelta(self._space))
        return updates

    def _advance(self) -> list[Update]:
        match self._state:
            case "text":
                return self._read_text()
            case "header":
                return self._read_header()
            case "xml":
                return self._read_xml()
            case "json":
                return self._read_json()
            case "after":
                return self._end_call()

    def _read_text(self) -> list[Update]:
        found = _TAGGED.find(self._held)
        bare = self._bare_function(found[0] if found else len(self._held))
        if bare is not None:
            return self._begin(bare, bare)
        if found:
            return self._begin(*found)
        keep = len(self._held) - _TAGGED.undecided_from(self._held)
        keep = max(keep, self._open_function_line())
        text = self._held[: len(self._held) - keep]
        self._held = self._held[len(text) :]
        return self._say(text)

    def _bare_function(self, limit: int) -> int | None:
        """Where a line begins with a call of a known tool whose outer tag is missing."""
        for match in _FUNCTION_LINE.finditer(self._held, 0, limit):
            is_line = match.start() > 0 or self._is_line_start
            if is_line and self._calls.is_known(match[1].strip()):
                return match.start()
        return None

    def _open_function_line(self) -> int:
        """Characters of a last line that may yet become a call without its outer tag."""
        line_at = self._held.rfind("\n") + 1
        line = self._held[line_at:]
        is_header = line.startswith(FUNCTION) and ">" not in line
        is_line = line_at > 0 or self._is_line_start
        return len(line) if is_line and (is_header or FUNCTION.startswith(line)) else 0

    def _begin(self, at: int, body_at: int) -> list[Update]:
        updates = self._say(self._held[:at])
        self._opening, self._held = self._held[at:body_at], self._held[body_at:]
        self._state = "json" if self._held.startswith("{") else "header"
        self._json = JsonScanner()
        return updates

    def _read_header(self) -> list[Update]:
        match = _FUNCTION_LINE.match(self._held)
        if match is None:
            return []
        opening, self._opening = self._opening, ""
        self._held = self._held[match.end() :]
        name = match[1].strip()
        if not name:
            self._state = "text"
            return self._say(opening + match.group())
        arguments = self._calls.start(name)
        self._xml, self._state = XmlCall(arguments), "xml"
        self._forget_space()
        return [arguments.started]

    def _read_xml(self) -> list[Update]:
        assert self._xml is not None
        text, self._held = self._held, ""
        updates: list[Update] = [*self._xml.feed(text)]
        if self._xml.is_over:
            self._held, self._xml, self._state = self._xml.rest, None, "after"
        return updates

    def _read_json(self) -> list[Update]:
        text, self._held = self._held, ""
        rest = self._json.feed(text)
        return [] if rest is None else self._end_json(self._json.text, rest)

    def _end_json(self, text: str, rest: str) -> list[Update]:
        call = read_call(text)
        self._held = rest
        if call is None:
            opening, self._opening, self._state = self._opening, "", "text"
            return self._say(opening + self._json.text)
        self._opening, self._state = "", "after"
        self._forget_space()
        return [*self._calls.whole(*call)]

    def _end_call(self) -> list[Update]:
        is_closed = follows(self._held, 0, (END_CALL, FUNCTION))
        if is_closed is None:
            return []
        start = self._held.lstrip()
        if is_closed and start.startswith(FUNCTION):
            self._held, self._state = start, "header"
            return []
        self._held = start.removeprefix(END_CALL) if is_closed else self._held
        self._state = "text"
        return []

    def _forget_space(self) -> None:
        self._space, self._has_said = "", False
        self._has_called = self._is_line_start = True

    def _say(self, text: str) -> list[Update]:
        """Text of the answer; white space waits until more of it follows, or a call drops it."""
        if not text:
            return []
        self._is_line_start = text.endswith("\n")
        if not self._has_said and not text.strip():
            self._space += text
            return []
        space, self._space, self._has_said = self._space, "", True
        return [ContentDelta(space + text)]
