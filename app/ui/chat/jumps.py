"""Goes to a message, or to a place that was searched for, wherever it is."""

from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.live_rows import LiveRows
from app.ui.chat.marks import Marks, Place
from app.ui.chat.message_item import MessageItem
from app.ui.chat.scroll_hold import ScrollHold

_LEAD = 48  # pixels above what was jumped to
_STEPS = 3  # heights are estimates until a row is shown


class Jumps:
    """Says where the page should stand; the transcript arranges it."""

    def __init__(self, rows: LiveRows, hold: ScrollHold) -> None:
        self._rows, self._hold = rows, hold
        self.marks = Marks()
        self._goal: MessageItem | None = None
        self._steps = 0

    def go_to(self, message_id: int) -> None:
        item = self._rows.with_id(message_id)
        if item is not None:
            self._rows.load_item(item)
            self._hold.hold_at(item, None, _LEAD)

    def mark(self, query: str, place: Place | None) -> None:
        """Mark what is searched for in all that is shown; ``place`` is where to go."""
        self.marks.query, self.marks.place = query, place
        self._rows.mark = self.marks.apply if query else None
        self._goal = self._rows.with_id(place.message_id) if place is not None else None
        self._steps = _STEPS
        if self._goal is not None:
            self._rows.load_item(self._goal)
        self._rows.mark_all(self.marks.apply)

    def approach(self, top: int, height: int) -> bool:
        """Hold on to the place if it is not in sight; True when the page must be arranged."""
        item = self._goal
        row = self.marks.row_of(item) if item is not None else None
        if item is None or row is None or not self._steps:
            return False
        self._steps -= 1
        if isinstance(row.widget, DiagramBlock) and row.widget.is_picture_shown:
            row.widget.show_source()
            row.is_measured = False
            return True
        offset = self.marks.offset_of(item, row)
        y = self._rows.row_top(item, row) - top + offset
        if row.widget is not None and _LEAD <= y <= height - _LEAD:
            return False
        self._hold.hold_at(item, row, height // 3 - offset)
        return True
