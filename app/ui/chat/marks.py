"""What is searched for is marked wherever it is shown, and the chosen place more strongly."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QBrush, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.message_item import MessageItem
from app.ui.chat.rows import Row, RowKind
from app.ui.chat.style import Style

_MOST = 500  # marks in one block
_SEARCHED = (RowKind.PROSE, RowKind.PLAIN, RowKind.USER, RowKind.CODE, RowKind.TABLE)


def folded_case(text: str) -> str:
    """For comparing; as long as the text, so that positions are the same in both."""
    return text.replace("İ", "i").lower()


def places(text: str, query: str) -> Iterator[int]:
    """Where the query begins in the text, in any case."""
    text, query = folded_case(text), folded_case(query)
    start = text.find(query)
    while query and start >= 0:
        yield start
        start = text.find(query, start + len(query))


@dataclass(frozen=True, slots=True)
class Place:
    """A hit: the message, and which one of its hits, counted from 0."""

    message_id: int
    number: int


class Marks:
    """Colours the hits in block widgets. ``query`` "" marks nothing."""

    def __init__(self) -> None:
        self.query = ""
        self.place: Place | None = None
        self.style: Style | None = None

    def apply(self, item: MessageItem, row: Row) -> None:
        """Mark the hits in the widget of a row."""
        view = _view_of(row)
        if view is None or self.style is None:
            return
        if not self.query:
            if view.extraSelections():
                view.setExtraSelections([])
            return
        chosen = -1
        if self.place is not None and self.place.message_id == item.id:
            chosen = self.place.number - self._before(item, row)
        found = list(places(view.document().toPlainText(), self.query))[:_MOST]
        view.setExtraSelections(
            [self._selection(view, at, is_chosen=n == chosen) for n, at in enumerate(found)]
        )

    def row_of(self, item: MessageItem) -> Row | None:
        """The row that shows the chosen place; the first one when it is not shown anywhere."""
        if self.place is None:
            return None
        left = self.place.number
        last = None
        for row in item.rows:
            count = self._count(row)
            last = row if count else last
            if left < count:
                return row
            left -= count
        return last or (item.rows[0] if item.rows else None)

    def offset_of(self, item: MessageItem, row: Row) -> int:
        """How far below the top of its row the chosen place is, in pixels."""
        view = _view_of(row)
        if view is None or self.place is None:
            return 0
        found = list(places(view.document().toPlainText(), self.query))
        number = self.place.number - self._before(item, row)
        if not 0 <= number < len(found):
            return 0
        cursor = QTextCursor(view.document())
        cursor.setPosition(found[number])
        if isinstance(row.widget, CodeBlock):
            return view.y() + cursor.blockNumber() * row.widget.line_height
        return view.mapTo(view, QPoint(0, view.cursorRect(cursor).top())).y()

    def _before(self, item: MessageItem, row: Row) -> int:
        return sum(self._count(other) for other in item.rows[: item.rows.index(row)])

    def _count(self, row: Row) -> int:
        if row.kind not in _SEARCHED:
            return 0
        view = _view_of(row)
        text = row.text if view is None else view.document().toPlainText()
        return sum(1 for _ in places(text, self.query))

    def _selection(
        self, view: QTextEdit | QPlainTextEdit, at: int, *, is_chosen: bool
    ) -> QTextEdit.ExtraSelection:
        assert self.style is not None
        selection = QTextEdit.ExtraSelection()
        selection.cursor = QTextCursor(view.document())
        selection.cursor.setPosition(at)
        selection.cursor.setPosition(at + len(self.query), QTextCursor.MoveMode.KeepAnchor)
        form = QTextCharFormat()
        theme = self.style.theme
        form.setBackground(QBrush(theme.color("found_now" if is_chosen else "found")))
        form.setForeground(QBrush(theme.color("on_found" if is_chosen else "text")))
        selection.format = form
        return selection


def _view_of(row: Row) -> QTextEdit | QPlainTextEdit | None:
    if row.kind not in _SEARCHED or row.widget is None:
        return None
    widget = row.widget.widget()
    return row.widget.view if isinstance(row.widget, CodeBlock) else widget
