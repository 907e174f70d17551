"""Markdown prose: paragraphs, headings, lists and quotes, laid out once per change."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui.chat.formula_document import put_back, readable_text
from app.ui.chat.formula_images import FORMULAS
from app.ui.chat.formulas import protected
from app.ui.chat.markdown_document import Bullet, bullets_of, load_markdown, quoted_spans
from app.ui.chat.rows import Row
from app.ui.chat.style import Style
from app.ui.chat.text_block import TextBlock


class ProseBlock(TextBlock):
    """Shows a prose row; HTML is shown as text and images as their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._quotes: list[QRectF] = []
        self._bullets: list[Bullet] = []

    def set_style(self, style: Style) -> None:
        super().set_style(style)
        self._style = style

    def show_row(self, row: Row, width: int) -> int:
        assert self._style is not None
        document = self.begin_filling(width)
        text, formulas = (row.text, []) if row.is_open else protected(row.text)
        load_markdown(document, text, self._style, row.first_number)
        if formulas:
            is_done = put_back(document, formulas, self._style, width, FORMULAS)
            row.is_unfinished = not is_done
        height = self.end_filling()
        self._quotes = quoted_spans(document) if ">" in row.text else []
        self._bullets = bullets_of(document)
        self.setAccessibleName(readable_text(document)[:120])
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._style is None or not (self._quotes or self._bullets):
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.line)
        for bar in self._quotes:
            painter.drawRoundedRect(bar, 1.5, 1.5)
        for bullet in self._bullets:
            self._draw(bullet, painter)
        painter.end()

    def _draw(self, bullet: Bullet, painter: QPainter) -> None:
        assert self._style is not None
        is_outline = bullet.is_checked is not None or bullet.depth % 2 == 0
        painter.setPen(QPen(self._style.muted, 1.2) if is_outline else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_outline else self._style.muted)
        if bullet.is_checked is None:
            painter.drawEllipse(bullet.middle, 2.5, 2.5)
            return
        box = QRectF(-5.5, -6.5, 12, 12).translated(bullet.middle)
        painter.drawRoundedRect(box, 3, 3)
        if bullet.is_checked:
            painter.setPen(QPen(self._style.accent, 1.8))
            ticks = [QPointF(2.8, 6.2), QPointF(5.2, 8.6), QPointF(9.4, 3.6)]
            painter.drawPolyline(QPolygonF([box.topLeft() + tick for tick in ticks]))
