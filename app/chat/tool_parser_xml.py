"""The inside of a call in Step's XML form: parameters one after the other, each a run of text.

A value ends where its closing tag stands on a line of its own and the call goes on or ends after
it; any other ``</parameter>`` is part of the value. Where a model forgot closing tags, the value
ends before the next parameter that the tool has, or at the end of the call.
"""

import re
from typing import Literal

from app.chat.json_schema import lenient_json
from app.chat.tool_calls import Arguments
from app.chat.tool_parser_json import JsonScanner
from app.chat.tool_parser_marker import follows, overlap, skip_space
from app.chat.tools import ToolUpdate

PARAMETER = "<parameter="
END_PARAMETER = "</parameter>"
END_FUNCTION = "</function>"
END_CALL = "</tool_call>"
FUNCTION = "<function="
CALL = "<tool_call>"

_HEADER = re.compile(r"<parameter=([^>\n]*)[>\n]")
_CANDIDATE = re.compile(r"\n?</parameter>|\n<parameter=|\n</function>|\n</tool_call>")
_ENDS = (END_PARAMETER, PARAMETER, END_FUNCTION, END_CALL)
_STARTS = (END_PARAMETER, *("\n" + tag for tag in _ENDS))
_GOES_ON = (PARAMETER, END_FUNCTION, END_CALL)
_BETWEEN = (*_GOES_ON, END_PARAMETER, FUNCTION, CALL)

_Verdict = Literal["end", "text", "undecided"]


class XmlCall:
    """One call, from after ``<function=NAME>`` to ``</function>`` or where that is missing."""

    def __init__(self, arguments: Arguments) -> None:
        self.is_over = False
        self.rest = ""  # what came after the call, once it is over
        self._arguments = arguments
        self._held = ""
        self._state: Literal["between", "opening", "value", "json"] = "between"
        self._is_first = True  # nothing of the value was released yet
        self._is_inline = False  # the value began on the line of its tag
        self._scanner = JsonScanner()

    def feed(self, text: str, *, is_last: bool = False) -> list[ToolUpdate]:
        """Take more; ``is_last`` closes the call wherever it stands."""
        self._held += text
        updates: list[ToolUpdate] = []
        while not self.is_over:
            before = self._state, len(self._held)
            updates += self._advance(is_last)
            if before == (self._state, len(self._held)):
                break
        if is_last and not self.is_over:
            updates += self._arguments.end() if self._state in ("opening", "value") else []
            updates += self._close("")
        return updates

    def _advance(self, is_last: bool) -> list[ToolUpdate]:
        match self._state:
            case "between":
                return self._go_on(is_last)
            case "opening":
                return self._open_value()
            case "value":
                return self._read_value(is_last)
            case "json":
                return self._read_json(is_last)

    def _go_on(self, is_last: bool) -> list[ToolUpdate]:
        start = self._held.lstrip()
        if header := _HEADER.match(start):
            self._held, self._state = start[header.end() :], "opening"
            return self._arguments.begin(header[1].strip())
        if start.startswith(END_PARAMETER):  # one too many
            self._held = start.removeprefix(END_PARAMETER)
            return []
        if start.startswith(END_FUNCTION):
            return self._close(start.removeprefix(END_FUNCTION))
        if start.startswith("{") and not self._arguments.values:
            self._state = "json"
            return []
        is_header = start.startswith(PARAMETER)
        if not is_last and (is_header or follows(start, 0, _BETWEEN) is None):
            return []
        return self._close("" if is_header else self._held)

    def _open_value(self) -> list[ToolUpdate]:
        if not self._held:
            return []
        self._is_first, self._is_inline = True, not self._held.startswith("\n")
        self._held, self._state = self._held.removeprefix("\n"), "value"
        return []

    def _read_value(self, is_last: bool) -> list[ToolUpdate]:
        at = 0
        while match := _CANDIDATE.search(self._held, at):
            verdict, after = self._judge(match, is_last)
            if verdict == "end":
                updates = self._release(match.start())
                self._held, self._state = self._held[after - match.start() :], "between"
                return [*updates, *self._arguments.end()]
            if verdict == "undecided":
                return self._release(match.start())
            at = match.start() + 1
        keep = 0 if is_last else max(overlap(self._held, start) for start in _STARTS)
        if is_last:
            self._held = self._held.removesuffix("\n")
        return self._release(len(self._held) - keep)

    def _judge(self, match: re.Match[str], is_last: bool) -> tuple[_Verdict, int]:
        """Whether the value ends here, and where the text after it begins."""
        tag, after = match.group(), match.end()
        if tag.endswith(END_PARAMETER):
            is_own_line = tag[0] == "\n" or self._is_inline
            if is_own_line or (self._is_first and match.start() == 0):
                return self._followed(after, _GOES_ON, is_last), after
            return self._loose_end(after, is_last), after
        return self._forgotten_end(match.start(), tag, is_last), match.start()

    def _loose_end(self, at: int, is_last: bool) -> _Verdict:
        """A closing tag at the end of a line of text: it counts where the call clearly goes on."""
        next_at = skip_space(self._held, at)
        for tag in (PARAMETER, END_FUNCTION):
            if self._held.startswith(tag, next_at):
                return self._forgotten_end(next_at, tag, is_last)
        return self._followed(at, (PARAMETER, END_FUNCTION), is_last)

    def _forgotten_end(self, at: int, tag: str, is_last: bool) -> _Verdict:
        """A tag that goes on with the call, or ends it, though the value was not closed."""
        if tag.endswith(PARAMETER):
            header = _HEADER.match(self._held, at + tag.startswith("\n"))
            if header is None:
                return "text" if is_last else "undecided"
            return "end" if self._arguments.expects(header[1].strip()) else "text"
        goes_on = (END_CALL,) if tag.endswith(END_FUNCTION) else (CALL,)
        return self._followed(at + len(tag), goes_on, is_last)

    def _followed(self, at: int, texts: tuple[str, ...], is_last: bool) -> _Verdict:
        """By one of these, or by the end of the answer."""
        is_followed = follows(self._held, at, texts)
        if is_followed is None:
            return "end" if is_last else "undecided"
        return "end" if is_followed else "text"

    def _release(self, size: int) -> list[ToolUpdate]:
        text, self._held = self._held[:size], self._held[size:]
        self._is_first = self._is_first and not text
        return self._arguments.add(text)

    def _read_json(self, is_last: bool) -> list[ToolUpdate]:
        """Llama's own form of this tag: the arguments as one JSON object."""
        text, self._held = self._held, ""
        rest = self._scanner.feed(text)
        if rest is None and not is_last:
            return []
        values = lenient_json(self._scanner.completed())
        if not isinstance(values, dict):
            return self._close(self._scanner.text + (rest or ""))
        self._held, self._state = rest or "", "between"
        return self._arguments.fill(values)

    def _close(self, rest: str) -> list[ToolUpdate]:
        self.is_over, self.rest, self._held = True, rest, ""
        return self._arguments.close()
