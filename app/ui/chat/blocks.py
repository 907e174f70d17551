"""Markdown source becomes blocks here, piece by piece, while an answer is still being written.

The splitter keeps only the open tail. A *section* is source that ends where markdown is certainly
back at the top level: after a blank line that no list can reach over, at the end of a fence, where
a table ends. A finished section is parsed once, by markdown-it, and its blocks never change again,
so a piece of text costs what it adds and not what came before it. The sources of all blocks, put
together, are the source.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.ui.chat import source_lines
from app.ui.chat.section_cuts import BlockKind, Cut, cuts_of, number_after, parse
from app.ui.chat.source_lines import (
    DELIMITER_ROW,
    ENDS_TABLE,
    INDENTED,
    LIST_ITEM,
    LONG_SECTION,
    WHITE,
    Fence,
    cut_point,
    line_starts,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a message that is shown by one widget.

    source: exactly as written, with the blank lines around it. start: characters into the message.
    info: what follows a fence, usually the language. first_number: of a list that was cut in two.
    depth: how many lists indent it, when the list around it was cut.
    """

    kind: BlockKind
    start: int
    source: str
    info: str = ""
    is_continued: bool = False
    first_number: int | None = None
    depth: int = 0

    @property
    def code(self) -> str:
        """What a code block holds, without its fence and its indentation."""
        return source_lines.code_of(self.source, self.depth > 0)

    @property
    def text(self) -> str:
        """The source as markdown that stands for itself, moved out of the lists around it."""
        return source_lines.dedented(self.source) if self.depth else self.source


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
        self._fence: Fence | None = None
        self._is_continued = False
        self._is_inside_line = False  # the line was too long, its first pieces are sealed
        self._has_quote = False
        self._first_number: int | None = None  # of a list that goes on from the last section
        self._next_number: int | None = None

    def feed(self, text: str) -> list[Block]:
        sealed: list[Block] = []
        *complete, rest = text.split("\n")
        may_close = "`" in text or "~" in text
        for number, piece in enumerate(complete):
            if number and self._state is _State.FENCE and not may_close:
                self._add("\n".join((*complete[number:], "")))  # long code, all at once
                break
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
        """The tail as it would look if nothing followed; of a list, all of it."""
        if not self._lines and not self._partial:
            return None
        return self._block(self.open_kind, "".join((*self._lines, *self._partial)))

    def open_list(self, line: str) -> list[Block]:
        """The blocks of a list that is still open; ``line`` is what is to be read of the last."""
        next_number = self._next_number
        blocks = self._parsed("".join((*self._lines, line)))
        self._next_number = next_number
        return blocks

    @property
    def open_start(self) -> int:
        return self._start

    @property
    def is_list_open(self) -> bool:
        return self._state is _State.LIST

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
        if not line.strip(WHITE):
            self._take_blank(line, sealed)
            return
        if self._ends_before(line):
            is_cut = self._state is _State.LIST and not self._after_blank
            self._seal(sealed)
            self._is_continued = is_cut
            self._first_number = self._next_number
        fence = Fence.opened_by(line)
        if fence is not None and self._is_top_level(line):
            if self._state is not _State.BLANK:
                self._seal(sealed)
            self._state, self._fence = _State.FENCE, fence
        self._add(line)
        self._after_blank = False
        if self._state is not _State.FENCE:
            self._classify(line, sealed)

    def _take_blank(self, line: str, sealed: list[Block]) -> None:
        if self._state is _State.TEXT and INDENTED.match(self._lines[-1]):
            self._state = _State.INDENTED  # it may be code, which goes on after a blank line
        self._add(line)
        self._after_blank = True
        if self._state in (_State.TEXT, _State.TABLE, _State.PLAIN):
            self._seal(sealed)

    def _ends_before(self, line: str) -> bool:
        """Does this line start a new section?"""
        match self._state:
            case _State.LIST:
                is_item = LIST_ITEM.match(line) is not None
                if self._size >= LONG_SECTION:
                    return line[0] != " " and is_item
                return self._after_blank and line[0] not in " \t" and not is_item
            case _State.INDENTED:
                return INDENTED.match(line) is None
            case _State.TABLE:
                return bool(INDENTED.match(line) or ENDS_TABLE.match(line.rstrip(WHITE)))
            case _:
                return False

    def _is_top_level(self, line: str) -> bool:
        """Is the fence that this line opens outside every list?"""
        if self._state is not _State.LIST or line[0] != " ":
            return True
        tokens = parse("".join((*self._lines, line)))
        last = [token for token in tokens if token.level == 0][-1]
        return last.type == "fence"

    def _classify(self, line: str, sealed: list[Block]) -> None:
        """What the section is, now that ``line`` has been added to it."""
        if self._state is _State.BLANK:
            self._state = _State.INDENTED if INDENTED.match(line) else _State.TEXT
        if self._state is _State.TEXT:
            self._has_quote = self._has_quote or line.lstrip(" ").startswith(">")
            if LIST_ITEM.match(line):
                self._state = _State.LIST
            elif not self._has_quote and DELIMITER_ROW.match(line.rstrip(WHITE)):
                self._find_table(sealed)
        if self._size >= _LONGEST.get(self._state, self._size + 1):
            self._degrade(sealed)

    def _find_table(self, sealed: list[Block]) -> None:
        """Is the last line the delimiter row of a table? Then it begins one line above."""
        if len(self._lines) < 2:
            return
        header, delimiter = self._lines[-2:]
        tokens = parse(header + delimiter)
        if not tokens or tokens[0].type != "table_open":
            return
        if any(line.strip(WHITE) for line in self._lines[:-2]):
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
        """The blocks of a section, by markdown-it."""
        tokens = parse(source)
        self._next_number = number_after(tokens)
        cuts = cuts_of(tokens)
        starts = line_starts(source)
        if not cuts or source[: starts[cuts[0].line]].strip(WHITE):
            # Link definitions are no tokens: what comes before the first token may be some.
            cuts.insert(0, Cut(0, BlockKind.PROSE))
        edges = [0, *(starts[cut.line] for cut in cuts[1:]), len(source)]
        blocks = [
            Block(
                cut.kind,
                self._start + begin,
                source[begin:end],
                cut.info,
                cut.is_inside,
                cut.number,
                cut.depth,
            )
            for cut, begin, end in zip(cuts, edges, edges[1:], strict=False)
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
