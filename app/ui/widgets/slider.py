"""A slider with its value in words beside it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget


class Slider(QWidget):
    """Picks one of ``values``, which rise; ``say`` puts a value into words.

    ``moved`` follows the hand, ``picked`` comes when it lets go or a key was pressed.
    """

    moved = Signal(object)
    picked = Signal(object)

    def __init__(
        self,
        name: str,
        values: Sequence[int],
        say: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values, self._say = list(values), say
        self.bar = _Bar(Qt.Orientation.Horizontal)
        self.bar.setAccessibleName(name)
        self.bar.setPageStep(1)
        self.bar.valueChanged.connect(self._on_changed)
        self.bar.sliderReleased.connect(self._on_released)
        self._label = QLabel()
        self._label.setProperty("kind", "value")
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.bar, 1)
        row.addWidget(self._label)
        self.set_values(values)

    @property
    def value(self) -> int:
        return self._values[self.bar.value()]

    def set_values(self, values: Sequence[int]) -> None:
        """Other values; the present one stays, or the nearest below it."""
        self._values = list(values)
        self.bar.blockSignals(True)
        self.bar.setRange(0, len(self._values) - 1)
        self.bar.blockSignals(False)
        self._show()

    def show_value(self, value: int) -> None:
        """The nearest of the values that is not above it."""
        below = [number for number, found in enumerate(self._values) if found <= value]
        self.bar.blockSignals(True)
        self.bar.setValue(below[-1] if below else 0)
        self.bar.blockSignals(False)
        self._show()

    def _show(self) -> None:
        text = self._say(self.value)
        self._label.setText(text)
        widest = max(map(self._say, self._values), key=len, default="")
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(widest))
        self.bar.setAccessibleDescription(text)

    def _on_changed(self) -> None:
        self._show()
        self.moved.emit(self.value)
        if not self.bar.isSliderDown():
            self.picked.emit(self.value)

    def _on_released(self) -> None:
        self.picked.emit(self.value)


class _Bar(QSlider):
    """The wheel scrolls the page and never moves the handle."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
