"""The answer that is being written: pieces of text become rows, only the last of them open."""

import itertools
import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from time import monotonic

from app.ui.chat import words
from app.ui.chat.blocks import Block, BlockSplitter
from app.ui.chat.formulas import may_have_formulas
from app.ui.chat.message_item import MessageItem, reasoning_row, thought_label
from app.ui.chat.rows import (
    TOOL,
    Row,
    RowKind,
    gap_above,
    plain_rows,
    rows_of_block,
    table_head,
    tool_rows,
)
from app.ui.chat.section_cuts import BlockKind
from app.ui.chat.shown_text import shown, shown_code

# The beginning of a line that may yet become a fence, a list, a rule or the underline of a heading.
_UNDECIDED = re.compile(r"[ \t]*(?:(?:[-=*_+#>`~|:]+|\d{1,9}[.)]?)[ \t]*|`{3,}[^`]*|~{3,}.*)$")
# The head of a table: it is one only when the line under it says so.
_TABLE_HEAD = re.compile(r"(?:\A|\n) {0,3}\|[^\n]*(?:\n[ :|-]*)?\Z")
_MAYBE_FENCE = re.compile(r" {0,3}(?:`+|~+)[ \t]*$")


@dataclass(slots=True)
class Changes:
    """What a flush did: rows that are gone, rows to show anew, and code that only grew."""

    removed: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    grown: list[tuple[Row, str]] = field(default_factory=list)
    sealed: list[Row] = field(default_factory=list)  # code that is complete as it stands


class LiveAnswer:
    """Collects what arrives; ``flush`` turns it into rows of ``item``."""

    def __init__(self, item: MessageItem) -> None:
        self.item = item
        self.folds_itself = True  # the thoughts, when the answer starts
        self._splitter = BlockSplitter()
        self._pending: list[str] = []
        self._pending_thoughts: list[str] = []
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._thinking_since: float | None = None
        self._open: list[Row] = []  # the last rows of the item
        self._open_start = 0  # where their section begins
        self._code_shown = 0  # characters of the open code's source that are shown
        self._table_lines = 0

    @property
    def source(self) -> str:
        return "".join(self._text)

    @property
    def is_thinking(self) -> bool:
        return self._thinking_since is not None

    @property
    def reasoning(self) -> str:
        return "".join(self._thoughts)

    def add_text(self, text: str) -> None:
        self._pending.append(text)

    def add_reasoning(self, text: str) -> None:
        self._pending_thoughts.append(text)

    def flush(self) -> Changes:
        """Costs what is new and the open block, never the whole answer."""
        changes = Changes()
        if self._pending_thoughts:
            self._flush_thoughts(changes)
        if self._pending:
            text = "".join(self._pending)
            self._pending.clear()
            self._text.append(text)
            self._end_thinking(changes)
            blocks = self._splitter.feed(text)
            if blocks or not self._grows_in_place(changes):
                rows = [row for block in blocks for row in rows_of_block(block)]
                self._replace_open(rows, changes)
                self._open_start = self._splitter.open_start
        return changes

    def finish(self) -> Changes:
        changes = self.flush()
        self._end_thinking(changes)
        blocks = self._splitter.finish()
        self._replace_open([row for block in blocks for row in rows_of_block(block)], changes)
        return changes

    def tick(self) -> Row | None:
        """The line that counts the seconds, if the model still thinks."""
        if self._thinking_since is None:
            return None
        row = self.item.rows[0]
        row.text = words.thinking(round(monotonic() - self._thinking_since))
        return row

    def _flush_thoughts(self, changes: Changes) -> None:
        new = "".join(self._pending_thoughts)
        self._pending_thoughts.clear()
        self._thoughts.append(new)
        item = self.item
        if not item.rows or item.rows[0].kind is not RowKind.REASONING:
            item.rows.insert(0, reasoning_row("", 0))
            item.rows[0].gap = 0
            if len(item.rows) > 1:
                item.rows[1].gap = 12
            self._thinking_since = monotonic()
            self.tick()
            changes.changed.append(item.rows[0])
        item.rows[0].source += new
        self._grow_thoughts(new, changes)

    def _grow_thoughts(self, new: str, changes: Changes) -> None:
        last = self.item.thoughts[-1] if self.item.thoughts else None
        text = new if last is None else last.source + new
        rows = plain_rows(RowKind.THOUGHT, text)
        if last is not None:
            rows[0].gap = last.gap
        else:
            rows[0].gap = 4
        self.item.thoughts = [*self.item.thoughts[:-1], *rows]
        if self.item.rows[0].is_open:
            start = 1
            while start < len(self.item.rows) and self.item.rows[start].kind is RowKind.THOUGHT:
                start += 1
            if last is not None:
                start -= 1
                changes.removed.append(last)
                rows[0].widget, last.widget = last.widget, None
            self.item.rows[start : start + (last is not None)] = rows
            changes.changed.extend(rows)

    def _end_thinking(self, changes: Changes) -> None:
        """The answer starts: the thoughts are folded."""
        if self._thinking_since is None:
            return
        row = self.item.rows[0]
        row.text = thought_label(monotonic() - self._thinking_since)
        self._thinking_since = None
        if row.is_open and self.folds_itself:
            changes.removed.extend(fold_thoughts(self.item))
        changes.changed.append(row)

    def _replace_open(self, sealed: list[Row], changes: Changes) -> None:
        """Put the sealed rows and the open ones of now in the place of the open ones of before."""
        before, self._open = self._open, self._open_rows()
        rows = [*sealed, *self._open]
        if before:
            del self.item.rows[-len(before) :]
        for old, row in zip_longest(before, rows):
            if row is None or (old is not None and not _fits(old, row)):
                changes.removed.append(old)
            if row is not None:
                self._take_over(old if old is not None and _fits(old, row) else None, row, changes)

    def _take_over(self, old: Row | None, row: Row, changes: Changes) -> None:
        """Add a row, with the widget of the one that showed it so far."""
        if not self.item.rows:
            row.gap = 0
        self.item.rows.append(row)
        if old is None:
            changes.changed.append(row)
            return
        row.widget, old.widget = old.widget, None
        row.height, row.styles = old.height, old.styles
        row.is_measured = old.is_measured and _goes_on(old, row)
        if not row.is_measured:
            changes.changed.append(row)
        elif row.kind is RowKind.CODE:
            if len(row.text) > len(old.text):
                changes.grown.append((row, row.text[len(old.text) :]))
            if old.is_open and not row.is_open:
                changes.sealed.append(row)

    def _open_rows(self) -> list[Row]:
        """The tail as rows; what cannot be read yet is left out."""
        splitter = self._splitter
        if splitter.is_list_open:
            line = splitter.open_line
            blocks = splitter.open_list("" if _UNDECIDED.match(line) else line)
        else:
            blocks = [splitter.open_block] if splitter.open_block is not None else []
        rows = [row for block in blocks[:-1] for row in rows_of_block(block)]
        if blocks and blocks[-1].source.strip():
            rows.extend(self._last_rows(blocks[-1]))
        return rows

    def _last_rows(self, block: Block) -> list[Row]:
        """The row that is still being written."""
        if block.kind is BlockKind.CODE and not self._splitter.is_list_open:
            row = Row(RowKind.CODE, gap=gap_above(RowKind.CODE, "", False), is_open=True)
            row.info = shown(block.info.split()[0]) if block.info.split() else ""
            skipped = len(block.source) - len(block.source.lstrip("\n"))
            self._code_shown = block.source.find("\n", skipped) + 1 or len(block.source)
            self._take_code(row, block)
            return [row]
        if block.kind is BlockKind.TABLE:
            text = shown(block.source).strip("\n")
            self._table_lines = text.count("\n")
            rows = [Row(RowKind.TABLE, table_head(text))]
        elif block.kind is BlockKind.PROSE:
            rows = rows_of_block(replace(block, source=decided(block.source)))
        else:
            rows = rows_of_block(block)
        for row in rows:
            row.is_open = True
            row.gap = gap_above(row.kind, row.text, block.is_continued)
        return rows

    def _grows_in_place(self, changes: Changes) -> bool:
        """Open code and tables only get longer: that costs what is new."""
        block = self._splitter.open_block
        if block is None or len(self._open) != 1 or self._splitter.open_start != self._open_start:
            return False
        row = self._open[0]
        if block.kind is BlockKind.CODE and row.kind is RowKind.CODE:
            self._grow_code(row, block, changes)
            return True
        if block.kind is BlockKind.TABLE and row.kind is RowKind.TABLE:
            self._grow_table(row, block, changes)
            return True
        return False

    def _grow_table(self, row: Row, block: Block, changes: Changes) -> None:
        """Whole lines only, and not each of them: laying out a table costs its size."""
        count = block.source.count("\n")
        if count - self._table_lines < self._table_lines // 8 + 1:
            return
        self._table_lines = count
        text = table_head(shown(block.source).lstrip("\n").rpartition("\n")[0])
        if len(text) > len(row.text):
            row.text = text
            changes.changed.append(row)

    def _grow_code(self, row: Row, block: Block, changes: Changes) -> None:
        new = self._take_code(row, block)
        if new:
            changes.grown.append((row, new))

    def _take_code(self, row: Row, block: Block) -> str:
        """The new part of the code, without a last line that may be the closing fence."""
        source = block.source
        line = source[source.rfind("\n") + 1 :]
        end = len(source) - len(line) if _MAYBE_FENCE.match(line) else len(source)
        new = shown_code(source[self._code_shown : end])
        self._code_shown = max(end, self._code_shown)
        # A line end is shown once something follows it, as in the finished block.
        row.source += new
        shown_end = len(row.text)
        row.text = row.source.removesuffix("\n")
        return row.text[shown_end:]


def _fits(old: Row, row: Row) -> bool:
    """Can the widget of one show the other?"""
    return old.kind is row.kind and old.indent == row.indent


def _goes_on(opened: Row, final: Row) -> bool:
    """Can the widget of the open row show the final one without loading it anew?"""
    if final.kind is RowKind.CODE:
        return opened.info == final.info and final.text.startswith(opened.text)
    is_same = opened.text.rstrip("\n") == final.text.rstrip("\n")
    return is_same and not may_have_formulas(final.text)


def decided(text: str) -> str:
    """The open text without a last line that cannot be read yet."""
    head = _TABLE_HEAD.search(text, max(0, text.rfind("\n", 0, text.rfind("\n"))))
    if head is not None:
        return text[: head.start()]
    start = text.rfind("\n") + 1
    return text[:start].rstrip("\n") if _UNDECIDED.match(text, start) else text


def unfold(item: MessageItem, line: Row) -> None:
    """Put what a line stands for under it: the thoughts, or what a tool was told or said."""
    if line.info == TOOL:
        line.is_open = True
        at = item.rows.index(line) + 1
        item.rows[at:at] = tool_rows(line.source)
    else:
        unfold_thoughts(item)


def fold(item: MessageItem, line: Row) -> list[Row]:
    """Take it from the page again; returns the rows that are gone."""
    if line.info != TOOL:
        return fold_thoughts(item)
    line.is_open = False
    at = item.rows.index(line) + 1
    kinds = (RowKind.CODE, RowKind.SHOW_ALL)
    gone = list(itertools.takewhile(lambda row: row.kind in kinds, item.rows[at:]))
    del item.rows[at : at + len(gone)]
    return gone


def unfold_thoughts(item: MessageItem) -> list[Row]:
    """Put the thoughts under their line; returns the rows that are new."""
    line = item.rows[0]
    if not item.thoughts and line.source:
        item.thoughts = plain_rows(RowKind.THOUGHT, line.source)
        item.thoughts[0].gap = 4
    line.is_open = True
    item.rows[1:1] = item.thoughts
    return list(item.thoughts)


def fold_thoughts(item: MessageItem) -> list[Row]:
    """Take the thoughts from the page; returns the rows that are gone."""
    line, *rest = item.rows
    line.is_open = False
    gone = []
    for row in rest:
        is_folded = row.kind is RowKind.SHOW_ALL and row.hidden[0].kind is RowKind.THOUGHT
        if row.kind is not RowKind.THOUGHT and not is_folded:
            break
        gone.append(row)
    del item.rows[1 : 1 + len(gone)]
    return gone
