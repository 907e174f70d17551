"""The conversation on the page: followed while an answer is written, otherwise held still."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.ui.chat import words
from app.ui.chat.answer_stream import AnswerStream
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.code_view import CodeView
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.folding import Folding
from app.ui.chat.formula_document import readable_selection
from app.ui.chat.idle_queue import SLICE_S, IdleQueue, Job
from app.ui.chat.jumps import Jumps
from app.ui.chat.live_rows import LiveRows, Load
from app.ui.chat.marks import Place
from app.ui.chat.message_actions import MessageActions
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_frame import MessageFrame
from app.ui.chat.message_item import MessageItem
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import BlockWidget, Row
from app.ui.chat.scroll_hold import SCROLL_KEYS, UPWARD, ScrollHold
from app.ui.chat.show_all_line import ShowAllLine
from app.ui.chat.style import Style
from app.ui.chat.text_block import TextBlock
from app.ui.chat.widget_pool import WidgetPool

if TYPE_CHECKING:
    from app.storage.conversations import MessageHeader, StoredMessage
    from app.ui.theme import Theme

FOLLOW_PX = 24  # this near to the end, the end is followed
_SIDE = 24  # at least this much beside the column
_NARROW, _NARROW_SIDE = 360, 4  # as in one of several columns


class Transcript(QAbstractScrollArea):
    """A windowed list of live block widgets; only what is in sight exists."""

    link_clicked = Signal(str)
    jump_available = Signal(bool)
    asked = Signal(int, str)  # message, what is to be done with it (app.ui.chat.offers.Action)
    save_requested = Signal(object, str)  # the picture of a diagram, what it is one of
    edited = Signal(int, str, str)  # message, who said it, its new text
    editing_ended = Signal()
    text_chosen = Signal(str)  # what is selected, "" when nothing is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words.conversation())
        self._style: Style | None = None
        self._idle = IdleQueue(self)
        self._pool = WidgetPool(self.viewport(), self._idle, self._connect)
        self._rows = LiveRows(self.viewport(), self._pool)
        self._hold = ScrollHold(self._rows)
        self._folding = Folding(self._rows, self._hold)
        self._jumps = Jumps(self._rows, self._hold)
        self._top = 0  # the content pixel at the top edge
        self._is_at_end = True
        self._is_arranging = False
        self._is_preparing = False
        self._stream = AnswerStream(self._rows, self._hold, self._idle, self._arrange, self)
        self._flush_timer = self._stream.flush_timer
        bar = self.verticalScrollBar()
        bar.setSingleStep(40)
        bar.valueChanged.connect(self._on_scrolled)
        bar.actionTriggered.connect(self._on_scroll_action)

    def warm(self) -> None:
        """Get ready for the first conversation while there is nothing else to do."""
        self._idle.add(self._pool.warmed())

    # The conversation

    def open(self, headers: Sequence["MessageHeader"], load: Load) -> None:
        """Show a conversation from its end; text is loaded when it comes into sight."""
        self._stream.forget()
        self._idle.clear()
        self._is_preparing = False
        self._rows.open(headers, load)
        self.show_end()

    def show_branch(self, headers: Sequence["MessageHeader"]) -> None:
        """Show another branch of the same conversation; what both begin with does not move."""
        self._stream.forget()
        self._stop_following()
        self._rows.branch_off(headers)
        self._hold.remember(self._top, self.viewport().height())
        self._arrange()

    def cut_before(self, message_id: int) -> None:
        """Take this message and all after it from the page: a variant of it will stand there."""
        item = self._rows.with_id(message_id)
        if item is not None:
            self._stream.forget()
            self._rows.cut(item.index)
            self._arrange()

    @property
    def last_question(self) -> int | None:
        """The last message of the user's on the page."""
        items = reversed(self._rows.items)
        return next((item.id for item in items if item.role == "user"), None)

    def set_unanswered(self, is_unanswered: bool) -> None:
        """Whether the question that the conversation ends with waits for an answer in vain."""
        item = self._rows.items[-1] if self._rows.items else None
        if item is not None and item.role == "user" and item.is_unanswered != is_unanswered:
            item.is_unanswered = is_unanswered
            self._rows.retail(item)
            self._arrange()

    @property
    def last_id(self) -> int | None:
        """The message that the page ends with."""
        return self._rows.items[-1].id if self._rows.items else None

    def rename(self, shown_id: int, message_id: int) -> None:
        """A message that was shown before it was stored has its id now."""
        item = self._rows.with_id(shown_id)
        if item is not None:
            item.id, item.is_stored = message_id, True

    def message_stored(self, message: "StoredMessage") -> None:
        """What can be done with a message is known now."""
        item = self._rows.with_id(message.id)
        if item is not None and item.is_loaded:
            item.message = message
            self._rows.retail(item)
            self._arrange()

    def edit(self, message_id: int) -> None:
        """Let the user change a message in its place."""
        item = self._rows.with_id(message_id)
        if item is None:
            return
        self._rows.load_item(item)
        editor = self._folding.edit(item, self._top)
        self._refresh(item)
        if editor is not None and editor.widget is not None:
            editor.widget.widget().setFocus()

    def mark(self, query: str, place: Place | None = None) -> None:
        """Mark what is searched for, and bring one place into sight."""
        self._jumps.mark(query, place)
        while self._jumps.approach(self._top, self.viewport().height()):
            self._arrange()

    def show_message(self, message_id: int) -> None:
        """Bring a message into sight, its beginning near the top."""
        self._jumps.go_to(message_id)
        self._arrange()

    def append(self, message: "StoredMessage") -> None:
        """Add a message at the end."""
        item = MessageItem(message.id, message.message.role, len(message.message.text))
        item.is_stored = message.id > 0
        item.load(message)
        while not item.is_split:
            item.split(self._rows.width, 1.0)
        self._rows.append(item)
        self._arrange()

    def begin_answer(self, message_id: int) -> None:
        """An open, empty answer at the end; one that already has this id starts anew."""
        items = self._rows.items
        if items and items[-1].id == message_id:
            self._rows.drop_last()
        self.set_unanswered(False)
        item = MessageItem(message_id, "assistant", 0, is_loaded=True, is_stored=False)
        self._rows.append(item)
        self._stream.begin(item)
        self._arrange()

    def add_reasoning(self, text: str) -> None:
        self._stream.add_reasoning(text)

    def add_text(self, text: str) -> None:
        """More of the answer; any rate, painted at most every 33 ms."""
        self._stream.add_text(text)

    def end_answer(self, message: "StoredMessage") -> None:
        """The answer as it was stored; what was shown differently is mended.

        Also for an answer whose beginning was not seen here, because another conversation was open.
        """
        item = self._rows.with_id(message.id)
        if item is not None:
            self._stream.end(item, message)

    def clear(self) -> None:
        self._stream.forget()
        self._idle.clear()
        self._is_preparing = False
        self._rows.clear()
        self.show_end()

    def show_end(self) -> None:
        """Go to the end, and follow it."""
        self._hold.is_following = True
        self._arrange()

    def set_theme(self, theme: "Theme") -> None:
        self._style = Style(theme)
        palette = QPalette(self._style.text_palette)
        palette.setColor(QPalette.ColorRole.Base, self._style.surface)
        self.setPalette(palette)
        self.viewport().setPalette(palette)
        self._pool.set_style(self._style)
        self._jumps.marks.style = self._style
        self._rows.restyle()
        self._set_column()
        self._arrange()

    # Scrolling

    def _on_scrolled(self, value: int) -> None:
        if self._is_arranging:
            return
        is_down = value > self._top
        self._top = value
        is_near_end = value >= self.verticalScrollBar().maximum() - FOLLOW_PX
        self._hold.is_following = is_near_end and (is_down or self._hold.is_following)
        self._hold.remember(value, self.viewport().height())
        self._arrange()

    def _on_scroll_action(self, action: int) -> None:
        """Wheel, keys and dragging break following before the next piece of text can."""
        bar = self.verticalScrollBar()
        if bar.sliderPosition() < bar.value() or bar.isSliderDown():
            self._stop_following()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y() > 0 or event.pixelDelta().y() > 0:
            self._stop_following()
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = SCROLL_KEYS.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
            return
        if action in UPWARD:
            self._stop_following()
        self.verticalScrollBar().triggerAction(action)

    def _stop_following(self) -> None:
        self._hold.stop_following(self._top, self.viewport().height())

    # Arranging

    def _arrange(self) -> None:
        """Bring widgets, heights and scroll bar in line; the anchor stays on its pixel."""
        if self._style is None or self._is_arranging or not self._rows.width:
            return
        self._is_arranging = True
        height = self.viewport().height()
        for _ in range(8):
            top = self._hold.wanted_top(self.viewport().height())
            if not self._rows.realise(top, top + height):
                break
        top = self._hold.wanted_top(self.viewport().height())
        self._show_at(top, height)
        self._rows.retire(top - height, top + 2 * height)
        self._rows.chain_focus()
        self._is_arranging = False
        if not self._is_preparing:
            self._is_preparing = True
            self._idle.add(self._prepared())

    def _show_at(self, top: int, height: int) -> None:
        bar = self.verticalScrollBar()
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._rows.total - height))
        bar.setValue(top)
        moved = self._top - top
        if moved and abs(moved) < height:
            # One blit for all instead of a repaint of each.
            self.viewport().scroll(0, moved)
        self._top = top
        self._rows.place(top)
        self._tell_end(bar.maximum() - top <= FOLLOW_PX)

    def _tell_end(self, is_at_end: bool) -> None:
        if is_at_end != self._is_at_end:
            self._is_at_end = is_at_end
            self.jump_available.emit(not is_at_end)

    def _prepared(self) -> Job:
        """Between events: split what is long, and make the rows just out of sight."""
        while True:
            item = self._rows.unsplit_item()
            if item is not None:
                self._rows.split_more(item, SLICE_S)
            else:
                height = self.viewport().height()
                if not self._rows.prepare(self._top - height // 2, self._top + 3 * height // 2):
                    break
            self._settle()
            yield False
        self._is_preparing = False

    def _settle(self) -> None:
        """Heights changed out of sight: what is in sight stays where it is."""
        height = self.viewport().height()
        is_end_same = self.verticalScrollBar().maximum() == max(0, self._rows.total - height)
        if is_end_same and self._hold.wanted_top(height) == self._top:
            self._rows.place(self._top)
        else:
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_column()
        self._arrange()

    def _set_column(self) -> None:
        if self._style is None:
            return
        room = self.width()  # of all, so that the column stays where it is when the bar comes
        bar = self.verticalScrollBar().sizeHint().width()
        side = _SIDE if room >= _NARROW else _NARROW_SIDE
        width = max(120, min(self._style.theme.size("column"), room - bar - 2 * side))
        if width != self._rows.width and not self._hold.is_following and self._rows.width:
            self._hold.remember(self._top, self.viewport().height())
        self._rows.set_width(width, (room - width) // 2)

    # What the blocks tell

    def _connect(self, block: BlockWidget) -> None:
        """Connect a widget that has just been made."""
        view = block.view if isinstance(block, CodeBlock) else block
        if isinstance(view, TextBlock | CodeView):
            view.selectionChanged.connect(self._on_selection_changed)
            view.text_selected.connect(self._stop_following)
        if isinstance(block, TextBlock):
            block.link_clicked.connect(self.link_clicked)
            block.focus_shown.connect(self._on_focus_shown)
        elif isinstance(block, DiagramBlock):
            block.redrawn.connect(self._on_resized)
            block.toggled_by_user.connect(self._on_toggled)
            block.save_requested.connect(self.save_requested)
            block.can_save = self.isSignalConnected(QMetaMethod.fromSignal(self.save_requested))
        elif isinstance(block, ReasoningLine):
            block.toggled_by_user.connect(self._on_toggled)
        elif isinstance(block, ShowAllLine):
            block.unfolded.connect(self._on_unfolded)
        elif isinstance(block, MessageActions):
            block.asked.connect(self.asked)
        elif isinstance(block, MessageEditor):
            block.submitted.connect(self._on_edited)
            block.cancelled.connect(self._on_editing_cancelled)
            block.resized.connect(self._on_resized)

    def _on_focus_shown(self, block: QWidget, is_shown: bool) -> None:
        frame = block.parentWidget()
        if isinstance(frame, MessageFrame):
            frame.set_ringed(block if is_shown else None)

    def _on_selection_changed(self) -> None:
        cursor = self.sender().textCursor()
        self.text_chosen.emit(readable_selection(cursor) if cursor.hasSelection() else "")

    def _on_toggled(self, row: Row) -> None:
        self._refresh(self._folding.toggle(row, self._top))

    def _on_unfolded(self, row: Row) -> None:
        self._refresh(self._folding.unfold(row, self._top))

    def _on_edited(self, row: Row, text: str) -> None:
        item = self._rows.item_of(row)
        if item is not None:
            self.edited.emit(item.id, item.role, text)
            self.editing_ended.emit()

    def _on_editing_cancelled(self, row: Row) -> None:
        item = self._rows.item_of(row)
        if item is not None:
            self._rows.retail(item)
            self._arrange()
            self.editing_ended.emit()

    def _on_resized(self, row: Row) -> None:
        row.is_measured = False
        self._refresh(self._rows.item_of(row))

    def _refresh(self, item: MessageItem | None) -> None:
        if item is not None:
            item.estimate(self._rows.width)
            self._rows.updated(item)
            self._arrange()
