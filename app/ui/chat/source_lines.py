"""Lines of markdown: what they open and end, and where a line that is too long may be cut."""

import re
from dataclasses import dataclass

# A section that grows past this is cut, characters; longer ones would be re-rendered on each flush.
LONG_SECTION = 3_000

_FENCE = re.compile(r" {0,3}(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<tildes>~{3,})(?P<name>.*))$")
LIST_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t\r]|$)")
DELIMITER_ROW = re.compile(r" {0,3}(?=.*\|)[|:\- \t]*-[|:\- \t]*$")
ENDS_TABLE = re.compile(
    r" {0,3}(?:(?:[-+*]|\d{1,9}[.)]|#{1,6})(?:[ \t]|$)|>"
    r"|(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$)"
)
WHITE = " \t\r\n"  # what markdown takes for blank; str.strip() knows far more
INDENTED = re.compile(r"(?: {4}| {0,3}\t)")


@dataclass(frozen=True, slots=True)
class Fence:
    """The line that opened a code block."""

    marker: str
    length: int
    info: str

    @classmethod
    def opened_by(cls, line: str) -> "Fence | None":
        if "```" not in line and "~~~" not in line:
            return None
        match = _FENCE.match(line.rstrip(WHITE))
        if match is None:
            return None
        run = match["ticks"] or match["tildes"]
        return cls(run[0], len(run), (match["info"] or match["name"] or "").strip(WHITE))

    def is_closed_by(self, line: str) -> bool:
        unindented = line.lstrip(" ")
        run = unindented.rstrip(WHITE)
        is_run = len(run) >= self.length and not run.strip(self.marker)
        return is_run and len(line) - len(unindented) < 4

    def closed_at(self, text: str) -> int:
        """Where the line begins that closes it; the end of the text if there is none."""
        found = text.find(self.marker * self.length)
        while found >= 0:
            start = text.rfind("\n", 0, found) + 1
            end = text.find("\n", found)
            end = end if end >= 0 else len(text)
            if self.is_closed_by(text[start:end]):
                return start
            found = text.find(self.marker * self.length, end)
        return len(text)


def dedented(text: str) -> str:
    """From the first line that is not blank, all moved left as far as that one can be."""
    text = _from_first(text)
    indent = len(text) - len(text.lstrip(" "))
    if not indent:
        return text
    lines = text.split("\n")
    return "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines)


def code_of(source: str, is_nested: bool) -> str:
    """What a code block holds, without its fence and its indentation."""
    first, _, body = dedented(source).partition("\n")
    fence = Fence.opened_by(first)
    if fence is None or not (is_nested or _begins_at_margin(source)):
        lines = _from_first(source).split("\n")
        text = "\n".join(INDENTED.sub("", line, count=1) for line in lines)
        return text.rstrip() + "\n" if text.strip() else ""
    return body[: fence.closed_at(body)]


def line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def cut_point(line: str, start: int) -> int:
    """Where to cut a line that is too long: after a space, never inside a joined character."""
    end = start + LONG_SECTION
    space = line.rfind(" ", end - 400, end)
    if space > start:
        return space + 1
    while end > start + LONG_SECTION - 64 and _joins(line[end], line[end - 1]):
        end -= 1
    return end


def _joins(character: str, before: str) -> bool:
    """Would a cut before ``character`` tear an emoji or a letter with accents apart?"""
    code = ord(character)
    return (
        before == "\u200d"
        or character == "\u200d"
        or 0x0300 <= code <= 0x036F
        or 0xFE00 <= code <= 0xFE0F
        or 0x1F1E6 <= code <= 0x1F1FF
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _begins_at_margin(source: str) -> bool:
    """A fence that is indented like code is code."""
    return Fence.opened_by(_from_first(source).partition("\n")[0]) is not None


def _from_first(source: str) -> str:
    """From the first line that is not blank."""
    start = len(source) - len(source.lstrip(WHITE))
    return source[source.rfind("\n", 0, start) + 1 :] if start < len(source) else ""
