"""Text exactly as it was written: what the user typed, thoughts, and what is too long to parse."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QTextCursor, QTextFrameFormat
from PySide6.QtWidgets import QWidget

from app.ui.chat.rows import Row, RowKind
from app.ui.chat.style import Style
from app.ui.chat.text_block import TextBlock


class PlainBlock(TextBlock):
    """Shows plain rows: on the page, in a bubble on the right, or muted beside a line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._kind = RowKind.PLAIN
        self._place = "only"
        self._left = 0.0

    def set_style(self, style: Style) -> None:
        super().set_style(style)
        self._style = style

    def show_row(self, row: Row, width: int) -> int:
        assert self._style is not None
        self._kind, self._place = row.kind, row.info
        self.begin_filling(width)
        self._fill(row.text)
        if row.kind is RowKind.USER:
            return self._laid_out_bubble(width)
        self._set_margins(16 if row.kind is RowKind.THOUGHT else 0, 0, 0, 0)
        return self.end_filling()

    def _fill(self, text: str) -> None:
        assert self._style is not None
        is_thought = self._kind is RowKind.THOUGHT
        self.setPalette(self._style.muted_palette if is_thought else self._style.text_palette)
        document = self.document()
        document.setDefaultFont(self._style.secondary if is_thought else self._style.body)
        self.setPlainText(text)
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        lines = self._style.secondary_line if is_thought else self._style.body_line
        cursor.setBlockFormat(lines)
        self.setAccessibleName(text[:120])

    def _laid_out_bubble(self, width: int) -> int:
        """As wide as the text needs, at most 85 % of the column."""
        assert self._style is not None
        size = self._style.theme.size
        widest = width * size("user_percent") // 100
        side, above = size("space_4"), size("space_3")
        # The air of a line is above its text; half of it belongs below.
        air = (self._style.line_height() - self.fontMetrics().height()) // 2
        top = above - air if self._place in ("only", "first") else 0
        bottom = above + air if self._place in ("only", "last") else 0
        self._left = width - widest
        self._set_margins(self._left + side, top, side, bottom)
        height = self.end_filling()
        wanted = self.document().idealWidth() - self._left
        if self._place == "only" and wanted < widest - 1:
            self._left = width - int(wanted) - 1
            self._set_margins(self._left + side, top, side, bottom)
            height = self.text_height()
        return height

    def _set_margins(self, left: float, top: float, right: float, bottom: float) -> None:
        form: QTextFrameFormat = self.document().rootFrame().frameFormat()
        form.setLeftMargin(left)
        form.setTopMargin(top)
        form.setRightMargin(right)
        form.setBottomMargin(bottom)
        self.document().rootFrame().setFrameFormat(form)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._kind in (RowKind.USER, RowKind.THOUGHT) and self._style is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self._kind is RowKind.USER:
                painter.fillPath(self._bubble(), self._style.user)
            else:
                painter.fillRect(QRectF(0, 0, 2, self.height()), self._style.line)
            painter.end()
        super().paintEvent(event)

    def _bubble(self) -> QPainterPath:
        """Round where the message begins and ends, straight where pieces of it meet."""
        assert self._style is not None
        radius = self._style.theme.size("radius_card")
        rect = QRectF(self._left, 0, self.width() - self._left, self.height())
        above = 0 if self._place in ("only", "first") else radius
        below = 0 if self._place in ("only", "last") else radius
        path = QPainterPath()
        path.addRoundedRect(rect.adjusted(0, -above, 0, below), radius, radius)
        clip = QPainterPath()
        clip.addRect(rect)
        return path.intersected(clip)
