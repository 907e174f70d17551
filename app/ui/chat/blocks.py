"""Markdown source becomes blocks here, piece by piece, while an answer is still being written.

The splitter keeps only the open tail. A *section* is source that ends where markdown is certainly
back at the top level: after a blank line that no list can reach over, at the end of a fence, where
a table ends. A finished section is parsed once, by markdown-it, and its blocks never change again,
so a piece of text costs what it adds and not what came before it. The sources of all blocks, put
together, are the source.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A section that grows past this is cut, characters; longer ones would be re-rendered on each flush.
LONG_SECTION = 3_000

_FENCE = re.compile(r" {0,3}(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<tildes>~{3,})(?P<name>.*))$")
_LIST_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t\r]|$)")
_DELIMITER_ROW = re.compile(r" {0,3}(?=.*\|)[|:\- \t]*-[|:\- \t]*$")
_ENDS_TABLE = re.compile(
    r" {0,3}(?:(?:[-+*]|\d{1,9}[.)]|#{1,6})(?:[ \t]|$)|>"
    r"|(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$)"
)
_WHITE = " \t\r\n"  # what markdown takes for blank; str.strip() knows far more
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")

# Blocks only: what is inside a paragraph is Qt's to parse.
_PARSER = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    .enable("table")
    .disable(["html_block", "inline", "text_join"])
)


class BlockKind(StrEnum):
    PROSE = "prose"
    PLAIN = "plain"  # too long to be worth parsing: shown as it is
    CODE = "code"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a message that is shown by one widget.

    source: exactly as written, with the blank lines around it. start: characters into the message.
    info: what follows a fence, usually the language. first_number: of a list that was cut in two.
    """

    kind: BlockKind
    start: int
    source: str
    info: str = ""
    is_continued: bool = False
    first_number: int | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.source)


@dataclass(frozen=True, slots=True)
class _Fence:
    """The line that opened a code block."""

    marker: str
    length: int
    info: str

    @classmethod
    def opened_by(cls, line: str) -> "_Fence | None":
        match = _FENCE.match(line.rstrip(_WHITE))
        if match is None:
            return None
        run = match["ticks"] or match["tildes"]
        return cls(run[0], len(run), (match["info"] or match["name"] or "").strip(_WHITE))

    def is_closed_by(self, line: str) -> bool:
        unindented = line.lstrip(" ")
        run = unindented.rstrip(_WHITE)
        is_run = len(run) >= self.length and not run.strip(self.marker)
        return is_run and len(line) - len(unindented) < 4


class _State(StrEnum):
    BLANK = "blank"  # nothing but blank lines yet
    TEXT = "text"  # paragraphs, headings, quotes: a blank line ends it
    LIST = "list"  # a list may go on after a blank line
    INDENTED = "indented"
    FENCE = "fence"
    TABLE = "table"
    PLAIN = "plain"  # the rest of a section that became too long


class BlockSplitter:
    """Split a message that arrives in pieces; ``feed`` returns the blocks that are now final."""

    def __init__(self) -> None:
        self._start = 0  # of the open section
        self._lines: list[str] = []  # its complete lines
        self._size = 0
        self._partial: list[str] = []  # of the line that is still being written
        self._partial_size = 0
        self._state = _State.BLANK
        self._after_blank = False
        self._fence: _Fence | None = None
        self._is_continued = False
        self._is_inside_line = False  # the line was too long, its first pieces are sealed
        self._has_quote = False
        self._first_number: int | None = None  # of a list that goes on from the last section
        self._next_number: int | None = None

    def feed(self, text: str) -> list[Block]:
        sealed: list[Block] = []
        *complete, rest = text.split("\n")
        for piece in complete:
            self._partial.append(piece + "\n")
            self._take_partial(sealed)
        if rest:
            self._partial.append(rest)
            self._partial_size += len(rest)
            if self._partial_size > LONG_SECTION and self._state not in _HELD_TOGETHER:
                kept = self._cut_line("".join(self._partial), sealed)
                self._partial, self._partial_size = [kept], len(kept)
        return sealed

    def finish(self) -> list[Block]:
        """No more text will come: the blocks of the tail."""
        sealed: list[Block] = []
        if self._partial:
            self._take_partial(sealed)
        self._seal(sealed)
        return sealed

    @property
    def open_block(self) -> Block | None:
        """The tail as it would look if nothing followed."""
        if not self._lines and not self._partial:
            return None
        return self._block(self.open_kind, "".join((*self._lines, *self._partial)))

    @property
    def open_start(self) -> int:
        return self._start

    @property
    def open_kind(self) -> BlockKind:
        return _KIND_OF_STATE.get(self._state, BlockKind.PROSE)

    @property
    def open_line(self) -> str:
        """What has come of the line that is still being written."""
        return "".join(self._partial)

    def _take_partial(self, sealed: list[Block]) -> None:
        line = "".join(self._partial)
        self._partial.clear()
        self._partial_size = 0
        self._take_line(self._cut_line(line, sealed), sealed)

    def _take_line(self, line: str, sealed: list[Block]) -> None:
        if self._is_inside_line:
            self._is_inside_line = not line.endswith("\n")
            self._add(line)
            return
        if self._state is _State.FENCE:
            self._add(line)
            if self._fence is not None and self._fence.is_closed_by(line):
                self._seal(sealed)
            return
        if not line.strip(_WHITE):
            self._take_blank(line, sealed)
            return
        if self._ends_before(line):
            is_cut = self._state is _State.LIST and not self._after_blank
            self._seal(sealed)
            self._is_continued = is_cut
            self._first_number = self._next_number
        fence = _Fence.opened_by(line)
        if fence is not None and self._is_top_level(line):
            if self._state is not _State.BLANK:
                self._seal(sealed)
            self._state, self._fence = _State.FENCE, fence
        self._add(line)
        self._after_blank = False
        if self._state is not _State.FENCE:
            self._classify(line, sealed)

    def _take_blank(self, line: str, sealed: list[Block]) -> None:
        if self._state is _State.TEXT and _INDENTED.match(self._lines[-1]):
            self._state = _State.INDENTED  # it may be code, which goes on after a blank line
        self._add(line)
        self._after_blank = True
        if self._state in (_State.TEXT, _State.TABLE, _State.PLAIN):
            self._seal(sealed)

    def _ends_before(self, line: str) -> bool:
        """Does this line start a new section?"""
        match self._state:
            case _State.LIST:
                is_item = _LIST_ITEM.match(line) is not None
                if self._size >= LONG_SECTION:
                    return line[0] != " " and is_item
                return self._after_blank and line[0] not in " \t" and not is_item
            case _State.INDENTED:
                return _INDENTED.match(line) is None
            case _State.TABLE:
                return bool(_INDENTED.match(line) or _ENDS_TABLE.match(line.rstrip(_WHITE)))
            case _:
                return False

    def _is_top_level(self, line: str) -> bool:
        """Is the fence that this line opens outside every list?"""
        if self._state is not _State.LIST or line[0] != " ":
            return True
        tokens = _parse("".join((*self._lines, line)))
        last = [token for token in tokens if token.level == 0][-1]
        return last.type == "fence"

    def _classify(self, line: str, sealed: list[Block]) -> None:
        """What the section is, now that ``line`` has been added to it."""
        if self._state is _State.BLANK:
            self._state = _State.INDENTED if _INDENTED.match(line) else _State.TEXT
        if self._state is _State.TEXT:
            self._has_quote = self._has_quote or line.lstrip(" ").startswith(">")
            if _LIST_ITEM.match(line):
                self._state = _State.LIST
            elif not self._has_quote and _DELIMITER_ROW.match(line.rstrip(_WHITE)):
                self._find_table(sealed)
        if self._size >= _LONGEST.get(self._state, self._size + 1):
            self._degrade(sealed)

    def _find_table(self, sealed: list[Block]) -> None:
        """Is the last line the delimiter row of a table? Then it begins one line above."""
        if len(self._lines) < 2:
            return
        header, delimiter = self._lines[-2:]
        tokens = _parse(header + delimiter)
        if not tokens or tokens[0].type != "table_open":
            return
        if any(line.strip(_WHITE) for line in self._lines[:-2]):
            del self._lines[-2:]
            self._size -= len(header) + len(delimiter)
            self._seal(sealed)
            self._add(header)
            self._add(delimiter)
        self._state = _State.TABLE

    def _degrade(self, sealed: list[Block]) -> None:
        """Seal what there is; the section goes on as plain text until it ends."""
        self._seal(sealed)
        self._state, self._is_continued = _State.PLAIN, True

    def _cut_line(self, line: str, sealed: list[Block]) -> str:
        """Seal the pieces of a line that is too long for one block; return what is left of it."""
        if self._state in _HELD_TOGETHER:
            return line
        done = 0
        while len(line) - line.endswith("\n") - done > LONG_SECTION:
            end = cut_point(line, done)
            self._add(line[done:end])
            if self._state is _State.BLANK:
                self._state = _State.TEXT
            self._degrade(sealed)
            self._is_inside_line = True
            done = end
        return line[done:]

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)

    def _seal(self, sealed: list[Block]) -> None:
        source = "".join(self._lines)
        if source:
            sealed.extend(self._blocks_of(source))
        self._start += len(source)
        self._lines.clear()
        self._size = 0
        self._state, self._fence = _State.BLANK, None
        self._after_blank = self._is_continued = self._has_quote = False
        self._first_number = None

    def _blocks_of(self, source: str) -> list[Block]:
        if self._state in (_State.TEXT, _State.LIST, _State.INDENTED):
            return self._parsed(source)
        return [self._block(self.open_kind, source)]

    def _parsed(self, source: str) -> list[Block]:
        """The blocks of a section, by markdown-it: neighbours that are prose are one block."""
        tokens = _parse(source)
        self._next_number = _number_after(tokens)
        cuts: list[tuple[int, BlockKind, str]] = []
        for token in tokens:
            if token.level or token.nesting < 0 or token.map is None:
                continue
            kind = _KIND_OF_TOKEN.get(token.type, BlockKind.PROSE)
            if not cuts or not cuts[-1][1] is kind is BlockKind.PROSE:
                cuts.append((token.map[0], kind, token.info.strip(_WHITE)))
        starts = _line_starts(source)
        if not cuts or source[: starts[cuts[0][0]]].strip(_WHITE):
            # Link definitions are no tokens: what comes before the first token may be some.
            cuts.insert(0, (0, BlockKind.PROSE, ""))
        edges = [0, *(starts[line] for line, _, _ in cuts[1:]), len(source)]
        blocks = [
            Block(kind, self._start + begin, source[begin:end], info)
            for (_, kind, info), begin, end in zip(cuts, edges, edges[1:], strict=False)
        ]
        blocks[0] = replace(
            blocks[0], is_continued=self._is_continued, first_number=self._first_number
        )
        return blocks

    def _block(self, kind: BlockKind, source: str) -> Block:
        info = self._fence.info if self._fence is not None else ""
        return Block(kind, self._start, source, info, self._is_continued, self._first_number)


def split_blocks(source: str) -> list[Block]:
    """The blocks of a whole message."""
    splitter = BlockSplitter()
    return [*splitter.feed(source), *splitter.finish()]


_KIND_OF_STATE = {
    _State.FENCE: BlockKind.CODE,
    _State.INDENTED: BlockKind.CODE,
    _State.TABLE: BlockKind.TABLE,
    _State.PLAIN: BlockKind.PLAIN,
}

# A line of these is never cut, however long it is.
_HELD_TOGETHER = (_State.FENCE, _State.TABLE, _State.INDENTED)

_LONGEST = {
    _State.TEXT: LONG_SECTION,
    _State.PLAIN: LONG_SECTION,
    # A list is cut between its items before this; only one endless item gets here.
    _State.LIST: 4 * LONG_SECTION,
}

_KIND_OF_TOKEN = {
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
    "hr": BlockKind.RULE,
}


def code_of(block: Block) -> str:
    """What a code block holds, without its fence and its indentation."""
    lines = block.source.split("\n")
    while lines and not lines[0].strip(_WHITE):
        del lines[0]
    fence = _Fence.opened_by(lines[0]) if lines else None
    if fence is None:
        text = "\n".join(_INDENTED.sub("", line, count=1) for line in lines)
        return text.rstrip() + "\n" if text.strip() else ""
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    body = lines[1:]
    for number, line in enumerate(body):
        if fence.is_closed_by(line):
            body = [*body[:number], ""]
            break
    return "\n".join(_dedent(line, indent) for line in body)


def _dedent(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" "))) :] if indent else line


def _parse(source: str) -> list[Token]:
    # markdown-it would count a lone carriage return as a line; here only "\n" ends one.
    return _PARSER.parse(source.replace("\r", " "))


def _number_after(tokens: list[Token]) -> int | None:
    """The number that the next item would have, if the source ends with a numbered list."""
    tops = [token for token in tokens if token.level == 0 and token.nesting > 0]
    if not tops or tops[-1].type != "ordered_list_open":
        return None
    after = tokens[tokens.index(tops[-1]) :]
    items = sum(token.type == "list_item_open" and token.level == 1 for token in after)
    return int(tops[-1].attrGet("start") or 1) + items


def _line_starts(source: str) -> list[int]:
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
