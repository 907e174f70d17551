"""Gives widgets to the rows in sight, takes them from the others, and knows how high all is."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.focus_chain import chain, has_focus
from app.ui.chat.heights import Heights
from app.ui.chat.message_actions import MessageActions
from app.ui.chat.message_frame import MARGIN
from app.ui.chat.message_item import RENDERING_ERRORS, MessageItem, estimated_message_heights
from app.ui.chat.message_list import MessageList
from app.ui.chat.rows import Row
from app.ui.chat.tool_names import tool_of
from app.ui.chat.widget_pool import WidgetPool

if TYPE_CHECKING:
    from app.storage.conversations import MessageHeader, StoredMessage

log = logging.getLogger(__name__)

Load = Callable[[Sequence[int]], Sequence["StoredMessage"]]
Mark = Callable[[MessageItem, Row], None]

ABOVE = 24  # between messages, and before the first
_SPLIT_NOW_S = 0.006  # longer answers go on being split between events
_KEPT_LOADED = 200  # messages whose text and rows are kept though they are out of sight


class LiveRows:
    """The messages of the open conversation, top to bottom, in content pixels from the very top."""

    def __init__(self, viewport: QWidget, pool: WidgetPool) -> None:
        self._viewport = viewport
        self._pool = pool
        self._load: Load | None = None
        self.items = MessageList()
        self.heights = Heights()
        self.width = 0
        self.is_chained = True  # Tab goes down the page
        self.mark: Mark | None = None  # marks what is searched for in a widget just filled
        self._live: dict[int, MessageItem] = {}  # by index, those that have a frame
        self._loaded: dict[int, MessageItem] = {}  # by index, oldest first
        self._left = 0

    # What is where

    @property
    def total(self) -> int:
        return ABOVE + self.heights.total

    def item_top(self, index: int) -> int:
        return ABOVE + self.heights.top(index)

    def row_top(self, item: MessageItem, row: Row | None) -> int:
        """Where a row begins; where its message does if the row is gone."""
        y = self.item_top(item.index)
        for other in item.rows if row in item.rows else ():
            y += other.gap
            if other is row:
                break
            y += other.height
        return y

    # Filling

    def open(self, headers: Sequence["MessageHeader"], load: Load) -> None:
        self.clear()
        self._load = load
        self.items = MessageList(headers)
        self._estimate_all()

    def clear(self) -> None:
        for index in list(self._live):
            self.give_back(index)
        self.items, self.heights = MessageList(), Heights()
        self._loaded.clear()
        self._load = None

    def append(self, item: MessageItem) -> None:
        self.items.append(item)
        self._loaded[item.index] = item
        item.estimate(self.width)
        self.heights.append(item.height + ABOVE)

    def branch_off(self, headers: Sequence["MessageHeader"]) -> None:
        """Show another branch: what both begin with stays as it is."""
        same = self.items.shared_with(headers)
        self.cut(same)
        self.items.extend(headers[same:])
        for height in estimated_message_heights(headers[same:], self.width):
            self.heights.append(height + ABOVE)

    def cut(self, index: int) -> None:
        """Forget this message and all after it."""
        while len(self.items) > index:
            self.drop_last()

    def retail(self, item: MessageItem) -> None:
        """Make the rows of a message anew: what can be done with it has changed."""
        message = item.message
        if message is None:
            return
        rows = item.rows
        item.load(message)
        item.split(self.width, _SPLIT_NOW_S)
        for row in rows:
            self.release(row)
        if item.frame is not None:
            item.frame.show_message(item.name, item.source)
        item.estimate(self.width)
        self.updated(item)

    def drop_last(self) -> None:
        item = self.items.pop()
        if item.frame is not None:
            self.give_back(item.index)
        self._loaded.pop(item.index, None)
        self.heights.pop()

    def set_width(self, width: int, left: int) -> None:
        """A new column: every height becomes an estimate again."""
        self._left = left
        if width == self.width:
            return
        self.width = width
        for item in self._loaded.values():
            for row in item.rows:
                row.is_measured = False
            item.estimate(width)
        self._estimate_all()

    def restyle(self) -> None:
        """The fonts or colours changed: show everything anew."""
        for item in self._loaded.values():
            for row in item.rows:
                row.is_measured = False
        for item in self._live.values():
            assert item.frame is not None
            self._pool.restyle(item.frame)

    def updated(self, item: MessageItem) -> None:
        """The rows of a message are not what they were."""
        self._loaded[item.index] = item
        self.heights.set(item.index, item.height + ABOVE)

    def _estimate_all(self) -> None:
        self.heights = Heights([height + ABOVE for height in self.items.heights(self.width)])

    # Bringing into sight

    def realise(self, top: int, bottom: int) -> bool:
        """Load, measure and give widgets to what is between; True if any height changed."""
        if not self.items or not self.width:
            return False
        is_changed = False
        index = self.heights.find(top - ABOVE)
        y = self.item_top(index)
        while index < len(self.items) and y < bottom:
            if not self.items[index].is_loaded:
                self._load_around(index, bottom - y)
                is_changed = True
            is_changed |= self._realise_item(index, y, top, bottom)
            y += self.heights[index]
            index += 1
        return is_changed

    def prepare(self, top: int, bottom: int) -> bool:
        """Give a widget to one more row between, before it is needed; False if all have one."""
        index = self.heights.find(top - ABOVE)
        y = self.item_top(index)
        while index < len(self.items) and y < bottom:
            item = self.items[index]
            if not item.is_loaded:
                self._load_around(index, 1)
                return True
            for row in item.rows:
                y += row.gap
                if y < bottom and y + row.height > top and not (row.widget and row.is_measured):
                    self._frame(item)
                    self.show(item, row)
                    self.updated(item)
                    return True
                y += row.height
            index += 1
            y = self.item_top(index)
        return False

    def unsplit_item(self) -> MessageItem | None:
        """A message in sight whose text has not become rows to the end."""
        return next((item for item in self._live.values() if not item.is_split), None)

    def split_more(self, item: MessageItem, budget_s: float) -> None:
        before = item.rows
        item.split(self.width, budget_s)
        if item.is_plain:
            for row in before:
                self.release(row)
        self.updated(item)

    def load_item(self, item: MessageItem) -> None:
        """Have all its rows, wherever it is."""
        if not item.is_loaded:
            self._load_around(item.index, 1)
        while not item.is_split:
            self.split_more(item, 1.0)

    def with_id(self, message_id: int) -> MessageItem | None:
        """The message with this id; the last ones are looked at first."""
        return self.items.with_id(message_id)

    def item_of(self, row: Row) -> MessageItem | None:
        """The message in sight that has this row."""
        return next((item for item in self._live.values() if row in item.rows), None)

    def _load_around(self, index: int, room: int) -> None:
        """Load the messages that the room below is likely to show, in one go."""
        end, filled = index, 0
        while end < len(self.items) and filled < room:
            filled += self.heights[end]
            end += 1
        wanted = [n for n in range(max(0, index - 2), end) if not self.items[n].is_loaded]
        messages = self._messages([self.items[n].id for n in wanted])
        for number in wanted:
            item = self.items[number]
            message = messages.get(item.id)
            if message is None:
                item.show_missing()
            else:
                if item.role == "tool":
                    item.tool = tool_of(self.items, number, message.message, self._messages)
                item.load(message)
                item.split(self.width, _SPLIT_NOW_S)
            item.estimate(self.width)
            self.updated(item)
        self._forget_old(wanted)

    def _messages(self, ids: list[int]) -> dict[int, "StoredMessage"]:
        assert self._load is not None
        try:
            return {message.id: message for message in self._load(ids)}
        except AppError:
            log.exception("%d messages could not be loaded", len(ids))
            return {}

    def _forget_old(self, wanted: list[int]) -> None:
        """Keep only heights of what was loaded long ago."""
        for index in list(self._loaded):
            if len(self._loaded) <= _KEPT_LOADED:
                return
            if index not in self._live and index not in wanted and self.items[index].is_stored:
                self._loaded.pop(index).unload()

    def _realise_item(self, index: int, y: int, top: int, bottom: int) -> bool:
        item = self.items[index]
        self._frame(item)
        for row in list(item.rows):
            y += row.gap
            if y >= bottom or (item.is_plain and row not in item.rows):
                break
            if y + row.height > top:
                self.show(item, row)
            y += row.height
        before = self.heights[index]
        self.updated(item)
        return self.heights[index] != before

    def _frame(self, item: MessageItem) -> None:
        if item.frame is None:
            item.frame = self._pool.take_frame()
            item.frame.show_message(item.name, item.source)
            self._live[item.index] = item
            self.is_chained = False

    def show(self, item: MessageItem, row: Row) -> None:
        """Give the row a widget, if it has none, and measure it, if it has not been."""
        if row.widget is not None and row.is_measured:
            return
        assert item.frame is not None
        if row.widget is None:
            row.widget = self._pool.take(row, item.frame)
            self.is_chained = False
            if isinstance(row.widget, MessageActions):
                item.frame.actions = row.widget
        else:
            self._pool.restyle(row.widget)
        try:
            row.height = row.widget.show_row(row, self.width - row.indent)
            row.is_measured = not row.is_unfinished
        except RENDERING_ERRORS:
            self._show_plain(item, row)
            return
        if self.mark is not None:
            self.mark(item, row)

    def _show_plain(self, item: MessageItem, row: Row) -> None:
        if item.is_plain:
            log.exception("A row of message %d could not be shown", item.id)
            row.is_measured = True
            return
        for other in item.rows:
            self.release(other)
        item.show_plain()
        item.estimate(self.width)

    # Placing

    def place(self, top: int) -> None:
        """Move every live widget to where it belongs when ``top`` is the first pixel shown."""
        height = self._viewport.height()
        for index, item in self._live.items():
            frame = item.frame
            assert frame is not None
            y = self.item_top(index) - top
            frame.setGeometry(
                self._left - MARGIN, y - MARGIN, self.width + 2 * MARGIN, item.height + 2 * MARGIN
            )
            inside = MARGIN
            for row in item.rows:
                inside += row.gap
                if row.widget is not None:
                    self._place_row(row, inside, y - MARGIN, height)
                inside += row.height
            if frame.isHidden():
                frame.show()

    def _place_row(self, row: Row, inside: int, frame_y: int, height: int) -> None:
        assert row.widget is not None
        widget = row.widget.widget()
        if isinstance(row.widget, CodeBlock):
            first = max(0, -frame_y - inside - height // 2)
            last = height + height // 2 - frame_y - inside
            row.widget.set_visible_span(first, last)
        widget.setGeometry(MARGIN + row.indent, inside, self.width - row.indent, row.height)
        if widget.isHidden():
            widget.show()

    def mark_all(self, mark: Mark) -> None:
        for item in self._live.values():
            for row in item.rows:
                if row.widget is not None:
                    mark(item, row)

    def retire(self, top: int, bottom: int) -> None:
        """Take the widgets from rows outside, unless the focus is in them."""
        for index, item in list(self._live.items()):
            y = self.item_top(index)
            is_used = False
            for row in item.rows:
                y += row.gap
                is_outside = y + row.height < top or y > bottom
                if row.widget is not None:
                    if is_outside and not has_focus(row.widget.widget()):
                        self.release(row)
                    else:
                        is_used = True
                y += row.height
            is_outside = y < top or self.item_top(index) > bottom
            frame = item.frame
            if is_outside and not is_used and frame is not None and not frame.hasFocus():
                self.give_back(index)

    def chain_focus(self) -> None:
        """Tab goes down the page, whatever order the widgets were made in."""
        if not self.is_chained:
            self.is_chained = True
            chain([self._live[index] for index in sorted(self._live)])

    def release(self, row: Row) -> None:
        if row.widget is not None:
            widget, row.widget = row.widget, None
            self._keep_focus(widget.widget())
            self._pool.give(widget)

    def give_back(self, index: int) -> None:
        """A message leaves the screen: its frame and all its widgets are free."""
        item = self._live.pop(index)
        for row in (*item.rows, *item.thoughts):
            self.release(row)
        if item.frame is not None:
            self._keep_focus(item.frame)
            self._pool.give_frame(item.frame)
            item.frame = None

    def _keep_focus(self, leaving: QWidget) -> None:
        """Qt would hand the focus of a hidden widget to any other."""
        if has_focus(leaving):
            self._viewport.parentWidget().setFocus()
