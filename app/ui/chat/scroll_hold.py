"""Where the page stands: at the end and following it, or holding on to a row.

Held is a row and its distance from the top edge, not a number of pixels from the beginning:
heights above it may be corrected at any time without the text moving.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSlider

from app.ui.chat.live_rows import ABOVE, LiveRows
from app.ui.chat.message_item import MessageItem
from app.ui.chat.rows import Row

_ACTIONS = QAbstractSlider.SliderAction
SCROLL_KEYS = {
    Qt.Key.Key_Up: _ACTIONS.SliderSingleStepSub,
    Qt.Key.Key_Down: _ACTIONS.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: _ACTIONS.SliderPageStepSub,
    Qt.Key.Key_PageDown: _ACTIONS.SliderPageStepAdd,
    Qt.Key.Key_Space: _ACTIONS.SliderPageStepAdd,
    Qt.Key.Key_Home: _ACTIONS.SliderToMinimum,
    Qt.Key.Key_End: _ACTIONS.SliderToMaximum,
}
UPWARD = (_ACTIONS.SliderSingleStepSub, _ACTIONS.SliderPageStepSub)


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
            item, row = self._row_in_sight(top, height)
            self._anchor = _Anchor(item, row, self._rows.row_top(item, row) - top)

    def hold(self, item: MessageItem, row: Row, top: int) -> None:
        """The reader did something to this row: it stays where it is."""
        self.is_following = False
        self._anchor = _Anchor(item, row, self._rows.row_top(item, row) - top)

    def hold_at(self, item: MessageItem, row: Row | None, distance: int) -> None:
        """Bring a row to so many pixels under the top edge."""
        self.is_following = False
        self._anchor = _Anchor(item, row, distance)

    def wanted_top(self, height: int) -> int:
        furthest = max(0, self._rows.total - height)
        if self.is_following or self._anchor is None:
            return furthest
        top = self._rows.row_top(self._anchor.item, self._anchor.row) - self._anchor.distance
        return max(0, min(top, furthest))

    def _row_in_sight(self, y: int, height: int) -> tuple[MessageItem, Row | None]:
        """The first row that begins between ``y`` and ``y + height``, or the one that covers it."""
        covering: tuple[MessageItem, Row | None] | None = None
        index = self._rows.heights.find(y - ABOVE)
        while index < len(self._rows.items):
            item = self._rows.items[index]
            top = self._rows.item_top(index)
            for row in item.rows or [None]:
                top += row.gap if row is not None else 0
                if top >= y + height and covering is not None:
                    return covering
                if top >= y:
                    return item, row
                covering = item, row
                top += row.height if row is not None else 0
            index += 1
        return covering or (self._rows.items[-1], None)
