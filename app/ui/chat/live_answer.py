"""The answer that is being written: pieces of text become rows, only the last of them open."""

import re
from dataclasses import dataclass, field
from time import monotonic

from app.ui.chat.blocks import Block, BlockKind, BlockSplitter
from app.ui.chat.message_item import MessageItem, reasoning_row, thought_label
from app.ui.chat.rows import TABLE_ROWS, Row, RowKind, gap_above, plain_rows, rows_of_block
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
        self._open: Row | None = None
        self._open_thought: Row | None = None
        self._open_shown = 0  # characters of the open code that are shown
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
            for block in self._splitter.feed(text):
                self._seal(block, changes)
            self._show_open(changes)
        return changes

    def finish(self) -> Changes:
        changes = self.flush()
        self._end_thinking(changes)
        for block in self._splitter.finish():
            self._seal(block, changes)
        self._drop_open(changes)
        return changes

    def tick(self) -> Row | None:
        """The line that counts the seconds, if the model still thinks."""
        if self._thinking_since is None:
            return None
        row = self.item.rows[0]
        row.text = f"Thinking… {round(monotonic() - self._thinking_since)} s"
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
            self.item.thoughts.pop()
        else:
            rows[0].gap = 4
        self.item.thoughts.extend(rows)
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

    def _seal(self, block: Block, changes: Changes) -> None:
        rows = rows_of_block(block)
        if not self.item.rows and rows:
            rows[0].gap = 0
        opened, self._open = self._open, None
        if opened is not None:
            self._replace(opened, rows, changes)
        else:
            self.item.rows.extend(rows)
            changes.changed.extend(rows)

    def _replace(self, opened: Row, rows: list[Row], changes: Changes) -> None:
        """Put the final rows in the place of the open one, which is the last."""
        self.item.rows.pop()
        if rows and rows[0].kind is opened.kind:
            rows[0].gap = min(opened.gap, rows[0].gap)
            rows[0].widget, opened.widget = opened.widget, None
            rows[0].height = opened.height
            is_known = _goes_on(opened, rows[0])
            rows[0].is_measured = is_known and opened.is_measured
            (changes.sealed if is_known else changes.changed).append(rows[0])
            if is_known and len(rows[0].text) > len(opened.text):
                changes.grown.append((rows[0], rows[0].text[len(opened.text) :]))
            changes.changed.extend(rows[1:])
        else:
            if rows and not self.item.rows:
                rows[0].gap = 0
            changes.removed.append(opened)
            changes.changed.extend(rows)
        self.item.rows.extend(rows)

    def _show_open(self, changes: Changes) -> None:
        block = self._splitter.open_block
        if block is None or not block.source.strip():
            return
        kind = _OPEN_ROWS[block.kind]
        if self._open is None or self._open.kind is not kind:
            self._drop_open(changes)
            gap = gap_above(kind, block.source, block.is_continued) if self.item.rows else 0
            self._open = Row(kind, gap=gap, is_open=True, first_number=block.first_number)
            self._open_shown = self._table_lines = 0
            if kind is RowKind.CODE:
                self._open_code(self._open, block, changes)
            elif not self._update_open(block, changes):
                self._open = None
                return
            self.item.rows.append(self._open)
        elif kind is RowKind.CODE:
            self._grow_code(self._open, block, changes)
        else:
            self._update_open(block, changes)

    def _update_open(self, block: Block, changes: Changes) -> bool:
        """Prose, plain text and tables are shown anew; False if there is nothing to show yet."""
        assert self._open is not None
        text = shown(block.source).lstrip("\n")
        if block.kind is BlockKind.TABLE:
            text = self._table_text(text)
        elif block.kind is BlockKind.PROSE:
            text = decided(text)
            if self._open.gap:
                self._open.gap = gap_above(RowKind.PROSE, text, block.is_continued)
        if text and text != self._open.text:
            self._open.text = text
            changes.changed.append(self._open)
        return bool(self._open.text)

    def _table_text(self, text: str) -> str:
        """Whole lines only, and not all of them each time: laying out a table costs its size."""
        assert self._open is not None
        lines = text.split("\n")[:-1]
        grown = len(lines) - self._table_lines
        if grown < max(1, self._table_lines // 8) or self._table_lines > TABLE_ROWS:
            return self._open.text
        self._table_lines = len(lines)
        return "\n".join(lines[: TABLE_ROWS + 2])

    def _open_code(self, row: Row, block: Block, changes: Changes) -> None:
        skipped = len(block.source) - len(block.source.lstrip("\n"))
        opener_end = block.source.find("\n", skipped) + 1
        self._open_shown = opener_end or len(block.source)
        row.info = shown(block.info.split()[0]) if block.info.split() else ""
        changes.changed.append(row)
        self._take_code(row, block)

    def _grow_code(self, row: Row, block: Block, changes: Changes) -> None:
        new = self._take_code(row, block)
        if new:
            changes.grown.append((row, new))

    def _take_code(self, row: Row, block: Block) -> str:
        """The new part of the code, without a last line that may be the closing fence."""
        source = block.source
        line = source[source.rfind("\n") + 1 :]
        end = len(source) - len(line) if _MAYBE_FENCE.match(line) else len(source)
        new = shown_code(source[self._open_shown : end])
        self._open_shown = max(end, self._open_shown)
        # A line end is shown once something follows it, as in the finished block.
        row.source += new
        shown_end = len(row.text)
        row.text = row.source.removesuffix("\n")
        return row.text[shown_end:]

    def _drop_open(self, changes: Changes) -> None:
        if self._open is not None:
            changes.removed.append(self._open)
            self.item.rows.remove(self._open)
            self._open = None


def _goes_on(opened: Row, final: Row) -> bool:
    """Can the widget of the open row show the final one without loading it anew?"""
    if final.kind is RowKind.CODE:
        return opened.info == final.info and final.text.startswith(opened.text)
    return opened.text.rstrip("\n") == final.text.rstrip("\n")


def decided(text: str) -> str:
    """The open text without a last line that cannot be read yet."""
    head = _TABLE_HEAD.search(text, max(0, text.rfind("\n", 0, text.rfind("\n"))))
    if head is not None:
        return text[: head.start()]
    start = text.rfind("\n") + 1
    return text[:start].rstrip("\n") if _UNDECIDED.match(text, start) else text


def unfold_thoughts(item: MessageItem) -> list[Row]:
    """Put the thoughts under their line; returns the rows that are new."""
    line = item.rows[0]
    if not item.thoughts and line.source:
        item.thoughts = plain_rows(RowKind.THOUGHT, line.source)
        item.thoughts[0].gap = 4
    line.is_open = True
    item.rows[1:1] = item.thoughts
    return item.thoughts


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


_OPEN_ROWS = {
    BlockKind.PROSE: RowKind.PROSE,
    BlockKind.PLAIN: RowKind.PLAIN,
    BlockKind.CODE: RowKind.CODE,
    BlockKind.TABLE: RowKind.TABLE,
    BlockKind.RULE: RowKind.RULE,
}
