"""Tool calls written as JSON: the scanner of one value, and the styles that use no tags."""

import re
from typing import Any

from app.chat.json_schema import NO_VALUE, lenient_json
from app.chat.stream_parser import ContentDelta
from app.chat.tool_calls import CallWriter
from app.chat.tool_parser_marker import CallMarker
from app.chat.tools import ToolUpdate

MISTRAL = CallMarker("[TOOL_CALLS]")
_ARGS = "[ARGS]"
_NAME = re.compile(
    r"\s*([A-Za-z0-9_.:/-]+)\s*(?:\[CALL_ID\]\s*[A-Za-z0-9]+\s*)?(?:\[ARGS\])?\s*(?={)"
)
_PYTHON_TAG = "<|python_tag|>"
_SEPARATORS = " \t\r\n;"

Update = ContentDelta | ToolUpdate


class JsonScanner:
    """Finds the end of a JSON object or array that arrives in pieces."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._open: list[str] = []
        self._in_string = False

    @property
    def text(self) -> str:
        return self._text

    def feed(self, text: str) -> str | None:
        """Take more; what follows the value once it is complete, None before."""
        self._text += text
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if self._in_string:
                if character == "\\":
                    self._at += 1
                self._in_string = character != '"'
            elif character == '"':
                self._in_string = True
            elif character in "{[":
                self._open.append("}" if character == "{" else "]")
            elif character in "}]" and self._open:
                self._open.pop()
                if not self._open:
                    rest, self._text = self._text[self._at :], self._text[: self._at]
                    return rest
        return None

    def completed(self) -> str:
        """The text with the closers that a model forgot."""
        return self._text + '"' * self._in_string + "".join(reversed(self._open))


def read_call(text: str) -> tuple[str, dict[str, Any]] | None:
    """Name and arguments of a call written as one JSON object."""
    return as_call(lenient_json(text))


def as_call(value: object) -> tuple[str, dict[str, Any]] | None:
    """Arguments are an object, perhaps under Llama's name for them, perhaps as JSON text."""
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    if isinstance(inner, dict):
        value = inner
    name = value.get("name")
    arguments = value.get("arguments", value.get("parameters"))
    if isinstance(arguments, str):
        arguments = lenient_json(arguments)
    if arguments is None:
        arguments = {}
    if not isinstance(name, str) or not name or not isinstance(arguments, dict):
        return None
    return name, arguments


class BareJsonCalls:
    """Llama 3.1: the whole answer is a JSON object with "name" and "parameters", or several."""

    def __init__(self, calls: CallWriter) -> None:
        self._calls = calls
        self._held = ""  # before the object
        self._scanner: JsonScanner | None = None
        self._is_text = False
        self._has_called = False

    def feed(self, text: str) -> list[Update]:
        if self._is_text:
            return [ContentDelta(text)] if text else []
        if self._scanner is None:
            self._held += text
            start = self._held.lstrip(_SEPARATORS).removeprefix(_PYTHON_TAG).lstrip()
            if not start.startswith("{"):
                return [] if _PYTHON_TAG.startswith(start) else self._release()
            self._held = self._held[: len(self._held) - len(start)]
            self._scanner, text = JsonScanner(), start
        rest = self._scanner.feed(text)
        return [] if rest is None else [*self._end_object(self._scanner.text), *self.feed(rest)]

    def flush(self, is_complete: bool) -> list[Update]:
        if self._scanner is not None and is_complete:
            return self._end_object(self._scanner.completed())
        return self._release() if self._scanner or not self._has_called else []

    def _end_object(self, text: str) -> list[Update]:
        call = read_call(text)
        # An answer in JSON may have a "name" too; only a known one makes it a call.
        if call is None or not self._calls.is_known(call[0]):
            return self._release()
        self._scanner, self._held, self._has_called = None, "", True
        return [*self._calls.whole(*call)]

    def _release(self) -> list[Update]:
        """It is no call: what was held back is text, and so is the rest of the answer."""
        held = self._held + (self._scanner.text if self._scanner else "")
        self._held, self._scanner, self._is_text = "", None, True
        return [ContentDelta(held)] if held else []


class MistralCalls:
    """Mistral: after ``[TOOL_CALLS]`` a JSON list of calls, or names, each before its arguments."""

    def __init__(self, calls: CallWriter) -> None:
        self._calls = calls
        self._held = ""
        self._name: str | None = None  # "" while a list is read
        self._scanner: JsonScanner | None = None
        self._is_calling = False

    def feed(self, text: str) -> list[Update]:
        self._held += text
        updates: list[Update] = []
        while (more := self._advance()) is not None:
            updates += more
        return updates

    def flush(self, is_complete: bool) -> list[Update]:
        updates: list[Update] = []
        if self._scanner is not None:
            text = self._scanner.completed() if is_complete else self._scanner.text
            updates = self._end_value(text)
        held, self._held = self._held, ""
        return [*updates, ContentDelta(held)] if held.strip() else updates

    def _advance(self) -> list[Update] | None:
        """One step; None when more text is needed."""
        if not self._is_calling:
            return self._find_marker()
        if self._scanner is None:
            return self._begin_value()
        text, self._held = self._held, ""
        rest = self._scanner.feed(text)
        if rest is None:
            return None
        self._held = rest
        return self._end_value(self._scanner.text)

    def _find_marker(self) -> list[Update] | None:
        found = MISTRAL.find(self._held)
        at = found[0] if found else MISTRAL.undecided_from(self._held)
        text = self._held[:at]
        self._held = self._held[at + len(MISTRAL.text) if found else at :]
        self._is_calling = found is not None
        if not found and not text:
            return None
        return [ContentDelta(text)] if text else []

    def _begin_value(self) -> list[Update] | None:
        start = self._held.lstrip()
        if MISTRAL.text.startswith(start) and start != MISTRAL.text:
            return None
        start = start.removeprefix(MISTRAL.text).lstrip()
        named = _NAME.match(start)
        if not start.startswith("[") and not named:
            return None
        self._name = named[1] if named else ""
        self._held = start[named.end() :] if named else start
        self._scanner = JsonScanner()
        return []

    def _end_value(self, text: str) -> list[Update]:
        self._scanner = None
        value = lenient_json(text)
        if self._name:
            value = [{"name": self._name, "arguments": value}] if isinstance(value, dict) else None
        calls = [as_call(item) for item in value] if isinstance(value, list) else [None]
        if value is NO_VALUE or not all(calls):
            return [ContentDelta((self._name or "") + text)]
        return [news for call in calls if call for news in self._calls.whole(*call)]
