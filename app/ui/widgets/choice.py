"""One of a few: a combo box whose values are not its words."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme


class Choice(QComboBox):
    """Announces what the user picks; the wheel scrolls the page and never picks."""

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Mapping[object, str],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_choices(choices)
        self.activated.connect(self._on_activated)

    @property
    def value(self) -> object:
        return self.currentData()

    def set_choices(self, choices: Mapping[object, str]) -> None:
        """Other choices; the present one stays where it is still among them."""
        value = self.currentData()
        self.clear()
        for choice, text in choices.items():
            self.addItem(text, choice)
        self.show_value(value)

    def show_value(self, value: object) -> None:
        self.setCurrentIndex(max(0, self.findData(value)))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        size = self._theme.size("icon_small")
        mark = icon("down", self._theme.color("muted"), size)
        mark.paint(QPainter(self), self.width() - size - 9, (self.height() - size) // 2, size, size)

    def _on_activated(self) -> None:
        self.picked.emit(self.currentData())
