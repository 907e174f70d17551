"""Block widgets are made once and used for one row after another."""

from collections import defaultdict
from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.diagrams.job import LANGUAGES
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.highlighting import Lexers
from app.ui.chat.idle_queue import IdleQueue, Job
from app.ui.chat.message_actions import MessageActions
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_frame import MessageFrame
from app.ui.chat.note_line import NoteLine
from app.ui.chat.plain_block import PlainBlock
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import BlockWidget, Row, RowKind
from app.ui.chat.rule_block import RuleBlock
from app.ui.chat.show_all_line import ShowAllLine
from app.ui.chat.style import Style
from app.ui.chat.table_block import TableBlock

_KEPT = 40  # hidden widgets of a kind; more are let go


class WidgetPool:
    """``on_made`` is called once for each new widget, to connect its signals."""

    def __init__(
        self, parent: QWidget, idle: IdleQueue, on_made: Callable[[BlockWidget], None]
    ) -> None:
        self._parent = parent
        self._idle = idle
        self._lexers = Lexers()
        self._on_made = on_made
        self._style: Style | None = None
        self._free: dict[type, list[BlockWidget]] = defaultdict(list)
        self._frames: list[MessageFrame] = []
        self._styles: dict[QWidget, Style] = {}  # what each hidden or shown widget has

    def set_style(self, style: Style) -> None:
        self._style = style

    def warmed(self) -> Job:
        """Make what most conversations show, a widget at a time, before the first is opened.

        Their fonts are loaded and their layouts are tried, too: that is half of what they cost.
        """
        frames: list[MessageFrame] = []
        blocks: list[BlockWidget] = []
        try:
            for rows in _USUAL:
                frames.append(self.take_frame())
                for kind, text in rows:
                    row = Row(kind, text)
                    blocks.append(self.take(row, frames[-1]))
                    blocks[-1].show_row(row, _USUAL_WIDTH)
                    yield False
        finally:
            if isValid(self._parent):  # a window that was closed meanwhile took all with it
                for block in blocks:
                    self.give(block)
                for frame in frames:
                    self.give_frame(frame)

    def take(self, row: Row, frame: MessageFrame) -> BlockWidget:
        """A widget for the row, in the frame and in the present style, not yet shown."""
        made = _widget_for(row)
        block = self._free_one(made, frame)
        if block is None:
            block = (
                made(self._idle, self._lexers, frame)
                if issubclass(made, CodeBlock)
                else made(frame)
            )
            self._on_made(block)
        self.restyle(block)
        return block

    def _free_one(self, made: type, frame: MessageFrame) -> BlockWidget | None:
        """Rather one that is in the frame: moving a widget takes longer than filling it."""
        free = self._free[made]
        for number in reversed(range(len(free))):
            if free[number].widget().parentWidget() is frame:
                return free.pop(number)
        if not free:
            return None
        block = free.pop(0)
        block.widget().setParent(frame)
        return block

    def give(self, block: BlockWidget) -> None:
        """It stays in its frame, hidden, until another needs it."""
        widget = block.widget()
        widget.hide()
        free = self._free[type(block)]
        if len(free) >= _KEPT:
            self._styles.pop(widget, None)
            widget.deleteLater()
            return
        free.append(block)

    def take_frame(self) -> MessageFrame:
        frame = self._frames.pop() if self._frames else MessageFrame(self._parent)
        self.restyle(frame)
        return frame

    def give_frame(self, frame: MessageFrame) -> None:
        frame.hide()
        frame.actions = None
        self._frames.append(frame)

    def restyle(self, widget: BlockWidget | MessageFrame) -> None:
        """Give a widget the present style if it has another."""
        assert self._style is not None
        if self._styles.get(widget) is not self._style:
            widget.set_style(self._style)
            self._styles[widget] = self._style


def _widget_for(row: Row) -> type:
    is_diagram = row.kind is RowKind.CODE and row.info.lower() in LANGUAGES
    return DiagramBlock if is_diagram else _WIDGETS[row.kind]


_USUAL_WIDTH = 600
_QUESTION = ((RowKind.USER, "a"), (RowKind.ACTIONS, ""))
_ANSWER = (
    *((RowKind.PROSE, "# a\n\n- a *a* **a** `a` $a$"), (RowKind.PROSE, "> a")),
    *((RowKind.CODE, "a"), (RowKind.TABLE, "| a |\n|---|\n| a |")),
    *((RowKind.PROSE, "1. a"), (RowKind.PROSE, "$$a$$"), (RowKind.ACTIONS, "")),
)
_USUAL = (_QUESTION, _ANSWER) * 3

_WIDGETS = {
    RowKind.PROSE: ProseBlock,
    RowKind.PLAIN: PlainBlock,
    RowKind.USER: PlainBlock,
    RowKind.THOUGHT: PlainBlock,
    RowKind.CODE: CodeBlock,
    RowKind.TABLE: TableBlock,
    RowKind.RULE: RuleBlock,
    RowKind.REASONING: ReasoningLine,
    RowKind.SHOW_ALL: ShowAllLine,
    RowKind.NOTE: NoteLine,
    RowKind.ACTIONS: MessageActions,
    RowKind.EDITOR: MessageEditor,
}
