"""Paints one line of text with the words that were searched for standing out."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from app.ui.theme import Theme


def paint_marked(
    painter: QPainter, area: QRect, text: str, query: str, theme: Theme, *, size: str = "caption"
) -> None:
    """The text in the muted colour, its found words strong; centred in the height of the area."""
    font = theme.font(size)
    painter.setFont(font)
    painter.setPen(theme.color("muted"))
    line = " ".join(text.split())
    line = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, area.width())
    layout = QTextLayout(line, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.setFormats(_marks(line, query, theme))
    layout.beginLayout()
    layout.createLine().setLineWidth(area.width() + 1)
    layout.endLayout()
    layout.draw(painter, QPointF(area.topLeft()))


def _marks(text: str, query: str, theme: Theme) -> list[QTextLayout.FormatRange]:
    found = QTextCharFormat()
    found.setForeground(theme.color("text"))
    found.setFontWeight(QFont.Weight(theme.size("weight_strong")))
    lowered = text.casefold()
    marks = []
    for word in query.casefold().split():
        start = lowered.find(word)
        if start >= 0:
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = start, len(word), found
            marks.append(mark)
    return marks
