"""Paints one line of text with the words that were searched for standing out."""

import math

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from app.ui.theme import Theme


def paint_marked(
    painter: QPainter,
    area: QRect,
    text: str,
    query: str,
    theme: Theme,
    base_line: float | None = None,
) -> None:
    """The text in the muted colour, its found words strong.

    ``base_line`` is what the letters stand on; without one they begin where the area does.
    """
    font = theme.font("caption")
    painter.setFont(font)
    painter.setPen(theme.color("muted"))
    whole = " ".join(text.replace("`", "").replace("**", "").split())  # words, not their dress
    room = area.width()
    while True:
        line = painter.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room)
        layout, width, ascent = _laid_out(line, font, _marks(line, query, theme))
        over = math.ceil(width) - area.width()
        if over <= 0 or room <= 0:
            break
        room -= over  # what is strong is wider than the metrics say
    top = area.top() if base_line is None else base_line - ascent
    layout.draw(painter, QPointF(area.left(), top))


def _laid_out(
    line: str, font: QFont, marks: list[QTextLayout.FormatRange]
) -> tuple[QTextLayout, float, float]:
    """With its width, and how far its letters stand below its top."""
    layout = QTextLayout(line, font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    layout.setFormats(marks)
    layout.beginLayout()
    laid_out = layout.createLine()
    layout.endLayout()
    if not laid_out.isValid():
        return layout, 0.0, 0.0
    return layout, laid_out.naturalTextWidth(), laid_out.ascent()


def _marks(text: str, query: str, theme: Theme) -> list[QTextLayout.FormatRange]:
    found = QTextCharFormat()
    found.setForeground(theme.color("text"))
    found.setFontWeight(QFont.Weight(theme.size("weight_strong")))
    lowered = text.casefold()
    marks = []
    for word in query.casefold().split():
        start = lowered.find(word)
        while start >= 0:
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = start, len(word), found
            marks.append(mark)
            start = lowered.find(word, start + len(word))
    return marks
