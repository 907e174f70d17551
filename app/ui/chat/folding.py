"""Thoughts and long stretches are folded and unfolded in place, without the page moving."""

from app.ui.chat.live_answer import fold, unfold
from app.ui.chat.live_rows import LiveRows
from app.ui.chat.message_item import MessageItem
from app.ui.chat.offers import may_edit
from app.ui.chat.rows import Row, RowKind
from app.ui.chat.scroll_hold import ScrollHold


class Folding:
    """Changes the rows of a message; returns the message, which must then be arranged anew."""

    def __init__(self, rows: LiveRows, hold: ScrollHold) -> None:
        self._rows, self._hold = rows, hold

    def toggle(self, row: Row, top: int) -> MessageItem | None:
        """Fold or unfold what a line stands for; a diagram changes by itself."""
        item = self._rows.item_of(row)
        if item is None:
            return None
        self._hold.hold(item, row, top)
        if row.kind is not RowKind.REASONING:
            pass
        elif row.is_open:
            for gone in fold(item, row):
                self._rows.release(gone)
        else:
            unfold(item, row)
        row.is_measured = False
        return item

    def unfold(self, row: Row, top: int) -> MessageItem | None:
        """Put in what the row stands for."""
        item = self._rows.item_of(row)
        if item is None:
            return None
        index = item.rows.index(row)
        start = index - row.stands_for
        self._hold.hold(item, item.rows[start], top)
        gone = item.rows[start : index + 1]
        row.hidden[0].gap = gone[0].gap if row.stands_for else row.hidden[0].gap
        item.rows[start : index + 1] = row.hidden
        for other in gone:
            self._rows.release(other)
        if row.stands_for:
            self._hold.hold(item, row.hidden[0], top)
        return item

    def edit(self, item: MessageItem, top: int) -> Row | None:
        """Put an editor in the place of a message; None for what cannot be edited."""
        if item.message is None or not may_edit(item.message):
            return None
        editor = Row(RowKind.EDITOR, item.source, info=item.role, gap=0)
        for row in item.rows:
            self._rows.release(row)
        item.rows = [editor]
        self._hold.hold(item, editor, top)
        return editor
