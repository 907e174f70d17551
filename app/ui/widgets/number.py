"""A number in a range, typed or stepped with the arrow keys."""

from PySide6.QtCore import QLocale, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class Number(QDoubleSpinBox):
    """Whole when its step is. The wheel scrolls the page and never steps."""

    picked = Signal(object)

    def __init__(
        self, name: str, low: float, high: float, step: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._is_whole = float(step).is_integer()
        self.setAccessibleName(name)
        self.setLocale(QLocale.c())
        # Qt leaves out the style sheet's padding where the buttons have a style, too.
        self.lineEdit().setTextMargins(8, 0, 8, 0)
        self.setDecimals(0 if self._is_whole else 2)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)  # announced when it is written, not at each digit
        self.valueChanged.connect(self._on_changed)

    def show_value(self, value: float) -> None:
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _on_changed(self, value: float) -> None:
        self.picked.emit(int(value) if self._is_whole else round(value, 2))
