"""The wheel over what is wider than the column: sideways it scrolls that, else the page."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollBar


def scroll_sideways(bar: QScrollBar, event: QWheelEvent) -> None:
    """Move the bar for a wheel that is tilted, or turned with Shift; leave others to the page."""
    delta = event.angleDelta()
    is_sideways = abs(delta.x()) > abs(delta.y())
    is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if not (is_sideways or is_shifted) or bar.maximum() == 0:
        event.ignore()
        return
    bar.setValue(bar.value() - (delta.x() or delta.y()) // 2)
