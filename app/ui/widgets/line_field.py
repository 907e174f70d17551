"""A field for one line, in which Chinese stands on the same line as Latin."""

from math import ceil

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QInputMethodEvent, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QLineEdit, QWidget


class LineField(QLineEdit):
    """Keeps the baseline where it is, whatever is written.

    Chinese comes from another font, whose lines are higher. For that Qt (6.11, QLineEdit's
    paintEvent) moves typed words up and the words of an empty field down, by up to 3 pixels. It
    centres both between the margins: a negative one takes that back, and clips nothing.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._composed = ""

    def set_sides(self, left: int, right: int) -> None:
        """Room beside the words, in pixels."""
        margins = self.textMargins()
        self.setTextMargins(left, margins.top(), right, margins.bottom())

    def sizeHint(self) -> QSize:
        return self._without_margins(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._without_margins(super().minimumSizeHint())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composed = event.preeditString()
        super().inputMethodEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only here is it sure what is shown: some words are set as properties, behind Python."""
        self._level()
        super().paintEvent(event)

    def _without_margins(self, size: QSize) -> QSize:
        margins = self.textMargins()
        return size - QSize(0, margins.top() + margins.bottom())

    def _level(self) -> None:
        written = self.text() + self._composed
        ascent, descent, height = _line(written or self.placeholderText(), self.font())
        usual = self.fontMetrics()
        higher = round(height) - usual.height() - 1  # Qt rounds one up
        above = below = 0
        if higher > 0 and written:
            below = -higher
        elif higher > 0:
            above = -ceil(ascent - descent - usual.ascent() + usual.descent())
        margins = self.textMargins()
        if (margins.top(), margins.bottom()) != (above, below):
            self.setTextMargins(margins.left(), above, margins.right(), below)


def _line(text: str, font: QFont) -> tuple[float, float, float]:
    """How far a line reaches above and below its baseline, and its height."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.ascent(), line.descent(), line.height()
