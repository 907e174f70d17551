"""The line under something very long: Show all."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.chat.quiet_button import QuietButton
from app.ui.chat.rows import Row
from app.ui.chat.style import Style


class ShowAllLine(QWidget):
    """Shows a show-all row."""

    unfolded = Signal(object)  # Row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self._button = QuietButton("", self, is_accent=True)
        self._button.clicked.connect(self._on_clicked)
        self.setFocusProxy(self._button)

    def set_style(self, style: Style) -> None:
        self._button.set_style(style)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        self._row = row
        self._button.setText(row.text)
        self._button.setAccessibleName(row.text)
        self._button.setGeometry(-8, 0, *self._button.sizeHint().toTuple())
        return self._button.height()

    def _on_clicked(self) -> None:
        if self._row is not None:
            self.unfolded.emit(self._row)
