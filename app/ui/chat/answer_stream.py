"""The answer being written, on the page: painted at most every 33 ms, mended at its end."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.ui.chat.idle_queue import SLICE_S, IdleQueue, Job
from app.ui.chat.live_answer import LiveAnswer
from app.ui.chat.live_rows import LiveRows
from app.ui.chat.message_item import MessageItem
from app.ui.chat.row_changes import apply_changes
from app.ui.chat.scroll_hold import ScrollHold

if TYPE_CHECKING:
    from app.storage.conversations import StoredMessage

FLUSH_MS = 33
_SLOW_FLUSH_S = 0.008
_MENDED_AT_ONCE = 50_000  # characters; what is longer is split between events


class AnswerStream:
    """Collects what arrives at any rate; ``arrange`` lays the page out after each flush.

    ``parent`` owns the timers: they end with the page.
    """

    def __init__(
        self,
        rows: LiveRows,
        hold: ScrollHold,
        idle: IdleQueue,
        arrange: Callable[[], None],
        parent: QObject,
    ) -> None:
        self._rows, self._hold, self._idle, self._arrange = rows, hold, idle, arrange
        self._answer: LiveAnswer | None = None
        self.flush_timer = QTimer(parent)
        self.flush_timer.setSingleShot(True)
        self.flush_timer.setInterval(FLUSH_MS)
        self.flush_timer.timeout.connect(self._on_flush)
        self._seconds_timer = QTimer(parent)
        self._seconds_timer.setInterval(1_000)
        self._seconds_timer.timeout.connect(self._on_second)

    def begin(self, item: MessageItem) -> None:
        self._answer = LiveAnswer(item)

    def add_reasoning(self, text: str) -> None:
        if self._answer is not None:
            self._answer.add_reasoning(text)
            if not self._seconds_timer.isActive():  # starting it again would put it off
                self._seconds_timer.start()
            self._flush_soon()

    def add_text(self, text: str) -> None:
        if self._answer is not None:
            self._answer.add_text(text)
            self._flush_soon()

    def end(self, item: MessageItem, message: "StoredMessage") -> None:
        """Show the message as it was stored in the place of what was shown of it."""
        answer, is_same = self._answer, False
        if answer is not None and answer.item is item:
            answer.folds_itself = self._hold.is_following
            apply_changes(self._rows, item, answer.finish())
            self.forget()
            is_same = answer.source == message.message.text
            is_same = is_same and answer.reasoning == message.message.reasoning
            is_same = is_same and message.message.proof is None  # its numbers come now
        if is_same:
            item.end(message)
            self._ended(item)
        elif len(message.message.text) <= _MENDED_AT_ONCE:
            for _ in self._mended(item, message):
                pass
        else:
            self._idle.add(self._mended(item, message))

    def _mended(self, item: MessageItem, message: "StoredMessage") -> Job:
        """Split what was stored; what shows the same stays, the rest takes the place of what is."""
        stored = MessageItem(item.id, item.role, item.characters)
        stored.load(message)
        while not stored.is_split:
            stored.split(self._rows.width, SLICE_S)
            yield False
        if self._rows.with_id(item.id) is item:  # it has not been taken from the page meanwhile
            for row in item.mend(stored):
                self._rows.release(row)
            self._ended(item)

    def _ended(self, item: MessageItem) -> None:
        item.estimate(self._rows.width)
        if item.frame is not None:
            item.frame.set_source(item.source)
        self._rows.updated(item)
        self._arrange()

    def forget(self) -> None:
        self._answer = None
        self.flush_timer.stop()
        self._seconds_timer.stop()

    def _flush_soon(self) -> None:
        if not self.flush_timer.isActive():
            self.flush_timer.start()

    def _on_flush(self) -> None:
        answer = self._answer
        if answer is None:
            return
        started = perf_counter()
        answer.folds_itself = self._hold.is_following
        apply_changes(self._rows, answer.item, answer.flush())
        if not answer.is_thinking:
            self._seconds_timer.stop()
        self._arrange()
        taken = perf_counter() - started
        self.flush_timer.setInterval(
            FLUSH_MS if taken <= _SLOW_FLUSH_S else 2 * FLUSH_MS if taken <= 0.016 else 100
        )

    def _on_second(self) -> None:
        row = self._answer.tick() if self._answer is not None else None
        if row is None:
            self._seconds_timer.stop()
        elif row.widget is not None:
            row.widget.show_row(row, self._rows.width)
