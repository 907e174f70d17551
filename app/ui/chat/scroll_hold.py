"""Where the page stands: at the end and following it, or holding on to a row.

Held is a row and its distance from the top edge, not a number of pixels from the beginning:
heights above it may be corrected at any time without the text moving.
"""

from dataclasses import dataclass

from app.ui.chat.live_rows import LiveRows
from app.ui.chat.message_item import MessageItem
from app.ui.chat.rows import Row


@dataclass(frozen=True, slots=True)
class _Anchor:
    """``row`` of message ``item`` begins ``distance`` pixels under the top edge."""

    item: MessageItem
    row: Row | None
    distance: int


class ScrollHold:
    """Says which content pixel belongs at the top edge."""

    def __init__(self, rows: LiveRows) -> None:
        self._rows = rows
        self._anchor: _Anchor | None = None
        self.is_following = True

    def stop_following(self, top: int, height: int) -> None:
        if self.is_following:
            self.is_following = False
            self.remember(top, height)

    def remember(self, top: int, height: int) -> None:
        """Hold on to the first row that begins in sight."""
        if self._rows.items:
            item, row = self._rows.row_to_hold(top, height)
            self._anchor = _Anchor(item, row, self._rows.row_top(item, row) - top)

    def hold(self, item: MessageItem, row: Row, top: int) -> None:
        """The reader did something to this row: it stays where it is."""
        self.is_following = False
        self._anchor = _Anchor(item, row, self._rows.row_top(item, row) - top)

    def wanted_top(self, height: int) -> int:
        furthest = max(0, self._rows.total - height)
        if self.is_following or self._anchor is None:
            return furthest
        top = self._rows.row_top(self._anchor.item, self._anchor.row) - self._anchor.distance
        return max(0, min(top, furthest))
