"""What a message is made of on the page: one row per widget, with its height and its source."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from app.ui.chat import words
from app.ui.chat.blocks import Block
from app.ui.chat.offers import Offer
from app.ui.chat.section_cuts import BlockKind
from app.ui.chat.shown_text import pieces, shown, shown_code

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.chat.style import Style

FOLD_SIZE = 200_000  # characters; what is longer is folded with "Show all"
# What is laid out of a table at once: Qt has no way to lay it out piece by piece.
_TABLE_ROWS = 100
_TABLE_CELLS = 500  # of one with many columns
_TABLE_SIZE = 20_000  # characters, of one with long cells


_DEFINES_LINK = re.compile(r" {0,3}\[[^\]^][^\]]*\]:[ \t]*\S+")


INDENT = 24  # pixels for each list around a row
TOOL = "tool"  # the info of a line that unfolds what a tool was told or said


class RowKind(StrEnum):
    PROSE = "prose"
    PLAIN = "plain"
    USER = "user"
    THOUGHT = "thought"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"
    REASONING = "reasoning"  # the line that unfolds the thoughts
    SHOW_ALL = "show_all"
    NOTE = "note"
    ACTIONS = "actions"
    EDITOR = "editor"  # a message that is being edited; its info is who said it


@dataclass(slots=True, eq=False)
class Row:
    """One widget's worth of a message.

    text: as shown. source: as written, for Copy. info: language, state or role of the row.
    gap: pixels above it; indent: on its left.
    height: an estimate until ``is_measured``, for the current width only.
    hidden: the rows that "Show all" puts in the place of this one and of ``stands_for`` before it.
    """

    kind: RowKind
    text: str = ""
    source: str = ""
    info: str = ""
    gap: int = 12
    indent: int = 0
    height: int = 0
    is_measured: bool = False
    is_open: bool = False
    is_unfinished: bool = False  # some formulas are still to be painted: show it again
    first_number: int | None = None
    hidden: list["Row"] = field(default_factory=list)
    stands_for: int = 0
    styles: list[tuple[int, int, str]] | None = None  # of code: start, length, style
    offer: Offer | None = None  # of actions
    widget: "BlockWidget | None" = None


class BlockWidget(Protocol):
    """A QWidget that can show one row after another; ``pooled`` ones are hidden and empty."""

    def set_style(self, style: "Style") -> None: ...

    def show_row(self, row: Row, width: int) -> int:
        """Show the row in ``width`` pixels; returns the height that it needs."""

    def widget(self) -> "QWidget": ...


def rows_of_block(block: Block) -> list[Row]:
    """The rows that show a finished block."""
    match block.kind:
        case BlockKind.CODE:
            rows = _code_rows(block.code, block.info)
        case BlockKind.TABLE:
            rows = _table_rows(block.source)
        case BlockKind.RULE:
            rows = [Row(RowKind.RULE)]
        case BlockKind.PLAIN:
            rows = [Row(RowKind.PLAIN, shown(block.source).rstrip("\n"))]
        case _:
            rows = _prose_rows(block)
    for row in (*rows, *(hidden for shown_row in rows for hidden in shown_row.hidden)):
        row.indent = INDENT * block.depth
    if rows:
        rows[0].gap = gap_above(rows[0].kind, rows[0].text, block.is_continued)
    return rows


def gap_above(kind: RowKind, text: str, is_continued: bool) -> int:
    """Pixels between a row of an answer and the one before."""
    if is_continued:
        return 4 if kind is RowKind.PLAIN else 8
    if kind is RowKind.RULE:
        return 20
    if kind in (RowKind.CODE, RowKind.TABLE):
        return 16
    return 24 if text.startswith("#") else 12


def table_head(text: str) -> str:
    """The first lines of a table: as many as are laid out before anyone waits."""
    lines = text.split("\n", _TABLE_ROWS + 2)[: _TABLE_ROWS + 2]
    columns = lines[min(1, len(lines) - 1)].strip(" \t|").count("|") + 1
    size, count = 0, 0
    for line in lines[: 2 + _TABLE_CELLS // columns]:
        size, count = size + len(line), count + 1
        if size > _TABLE_SIZE:
            break
    return "\n".join(lines[:count])


def plain_rows(kind: RowKind, text: str) -> list[Row]:
    """Text exactly as it is, in pieces that are quick to lay out, folded when very long."""
    rows = [Row(kind, shown(piece), piece, gap=0) for piece in pieces(text)]
    for row in rows[:-1]:
        row.text = row.text.removesuffix("\n")
    for row, place in zip(rows, _places(len(rows)), strict=True):
        row.info = place
    rows[0].gap = 12
    return folded(rows)


def tool_rows(text: str) -> list[Row]:
    """What a tool was told or said, under its line."""
    rows = _code_rows(text, "json" if text.lstrip()[:1] in ("{", "[") else "")
    rows[0].gap = 6
    return rows


def folded(rows: list[Row]) -> list[Row]:
    """Fold what goes on past ``FOLD_SIZE`` without a break behind "Show all"."""
    result: list[Row] = []
    group: list[Row] = []
    for row in rows:
        if group and not (row.gap <= 4 and row.kind in _PIECES):
            result.extend(_folded_group(group))
            group = []
        group.append(row)
    return [*result, *_folded_group(group)]


def mentions_size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def estimated_height(row: Row, width: int) -> int:
    """About how high the row will be at a width in pixels."""
    columns = max(20, width // 7)
    match row.kind:
        case RowKind.CODE:
            return 56 + 18 * (row.text.count("\n") + 1)
        case RowKind.TABLE:
            return 32 * max(2, row.text.count("\n"))
        case RowKind.RULE:
            return 1
        case RowKind.REASONING | RowKind.SHOW_ALL | RowKind.NOTE | RowKind.ACTIONS:
            return 28
        case RowKind.USER:
            return 20 + estimated_text_height(row.text, int(columns * 0.85))
        case RowKind.EDITOR:
            return 66 + estimated_text_height(row.text, columns)
        case _:
            return estimated_text_height(row.text, columns)


def estimated_text_height(text: str, columns: int) -> int:
    return 21 * (text.count("\n") + math.ceil(len(text) / columns) or 1)


def _prose_rows(block: Block) -> list[Row]:
    text = shown(block.text).strip("\n")
    if all(_DEFINES_LINK.match(line) or not line.strip() for line in text.split("\n")):
        return []
    if is_too_nested(text):
        return [Row(RowKind.PLAIN, text)]
    return [Row(RowKind.PROSE, text, first_number=block.first_number)]


def is_too_nested(text: str) -> bool:
    """Would Qt indent this off the page, or worse? Sixteen levels of quotes or lists do."""
    return any(line[:64].count(">") > 16 or _nesting(line) > 16 for line in text.split("\n"))


def _nesting(line: str) -> int:
    return len(line.split(" - ", 17)) if line.lstrip().startswith(("-", ">")) else 0


def _code_rows(code: str, info: str) -> list[Row]:
    language = shown(info.split()[0]) if info.split() else ""
    row = Row(RowKind.CODE, shown_code(code).removesuffix("\n"), code, language)
    if len(code) <= FOLD_SIZE:
        return [row]
    first = code[:20_000].rpartition("\n")[0] or code[:2_000]
    stand_in = Row(RowKind.CODE, shown_code(first), code, language)
    return [stand_in, _show_all(words.show_all(mentions_size(len(code))), [row], 1)]


def _table_rows(source: str) -> list[Row]:
    text = shown(source).strip("\n")
    head = table_head(text)
    if len(head) == len(text):
        return [Row(RowKind.TABLE, text, source)]
    whole = Row(RowKind.CODE, shown_code(source.strip("\n")), source, "table")
    label = words.show_all_rows(text.count("\n") - 1)
    return [Row(RowKind.TABLE, head, source), _show_all(label, [whole], 1)]


def _show_all(label: str, hidden: list[Row], stands_for: int) -> Row:
    return Row(RowKind.SHOW_ALL, label, gap=4, hidden=hidden, stands_for=stands_for)


def _folded_group(group: list[Row]) -> Iterable[Row]:
    size = sum(len(row.text) for row in group)
    if size <= FOLD_SIZE or len(group) < 4:
        return group
    return [*group[:2], _show_all(words.show_all(mentions_size(size)), group[2:], 0)]


def _places(count: int) -> list[str]:
    """Where in a bubble each piece is: only the first and the last have round corners."""
    return ["only"] if count == 1 else ["first", *["middle"] * (count - 2), "last"]


_PIECES = (RowKind.PLAIN, RowKind.USER, RowKind.THOUGHT)
