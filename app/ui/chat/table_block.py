"""A table: hairlines between its rows, and its own sideways scrolling when it is too wide."""

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.ui.chat import words
from app.ui.chat.markdown_document import load_table
from app.ui.chat.rows import Row
from app.ui.chat.sideways import scroll_sideways
from app.ui.chat.style import Style
from app.ui.chat.text_block import TextBlock

_CELL_PADDING = 7
_NARROWEST_COLUMN = 130


class TableBlock(TextBlock):
    """Shows a table row; as narrow as its text, scrolled when wider than the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._rules: list[float] = []
        self._width = 0  # of the rules between the rows
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)

    def set_style(self, style: Style) -> None:
        super().set_style(style)
        self._style = style

    def show_row(self, row: Row, width: int) -> int:
        assert self._style is not None
        document = self.begin_filling(width)
        load_table(document, row.text, self._style)
        table = _first_table(document)
        if table is not None:
            self._format(table)
        height = self._laid_out(table, width)
        self._rules = self._rules_of(table)
        rows = table.rows() if table is not None else 0
        self.setAccessibleName(words.table(rows))
        return height

    def wheelEvent(self, event: QWheelEvent) -> None:
        scroll_sideways(self.horizontalScrollBar(), event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._style is None:
            return
        painter = QPainter(self.viewport())
        x = -self.horizontalScrollBar().value()
        for y in self._rules:
            painter.fillRect(x, round(y), self._width, 1, self._style.line)
        painter.end()

    def _format(self, table: QTextTable) -> None:
        assert self._style is not None
        form = table.format()
        form.setBorder(0)
        form.setCellSpacing(0)
        form.setCellPadding(_CELL_PADDING)
        form.setTopMargin(0)
        form.setBottomMargin(0)
        form.clearColumnWidthConstraints()
        form.setWidth(QTextLength())
        form.clearProperty(QTextFormat.Property.FrameWidth)
        table.setFormat(form)
        # The empty paragraph that Qt keeps before a table would be a gap above it.
        document = self.document()
        for block in (document.firstBlock(), document.lastBlock()):
            if QTextCursor(block).currentTable() is None and not block.text():
                cursor = QTextCursor(block)
                line = cursor.blockFormat()
                line.setLineHeight(1, line.LineHeightTypes.FixedHeight.value)
                line.setTopMargin(0)
                cursor.setBlockFormat(line)

    def _laid_out(self, table: QTextTable | None, width: int) -> int:
        """Columns are as wide as their text where there is room for that."""
        columns = table.columns() if table is not None else 1
        widest = max(width, columns * _NARROWEST_COLUMN)
        self.set_text_width(widest)
        height = self.end_filling()
        self._width = min(int(self.document().idealWidth()) + 2, widest)
        is_wide = self._width > width
        if self._width < widest > width:
            self.set_text_width(self._width)  # it can be scrolled no farther than this
        policies = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policies.ScrollBarAlwaysOn if is_wide else policies.ScrollBarAlwaysOff
        )
        self.moveCursor(QTextCursor.MoveOperation.Start)  # Qt would scroll to the last cell
        return height + (self.horizontalScrollBar().sizeHint().height() if is_wide else 0)

    def _rules_of(self, table: QTextTable | None) -> list[float]:
        """Where each row but the last ends."""
        if table is None:
            return []
        layout = self.document().documentLayout()
        tops = []
        for number in range(1, table.rows()):
            cell = table.cellAt(number, 0)
            block = cell.firstCursorPosition().block()
            tops.append(layout.blockBoundingRect(block).top() - _CELL_PADDING)
        return tops


def _first_table(document: QTextDocument) -> QTextTable | None:
    frames = document.rootFrame().childFrames()
    return next((frame for frame in frames if isinstance(frame, QTextTable)), None)
