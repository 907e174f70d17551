"""The messages that wait for their turn, above the composer."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton

_MOST_SHOWN = 4
_INSET = 21  # on one line with the icon in the field below, and with the preset below that


class QueueStrip(QWidget):
    """Emits what the user asks for, with the number of the message, counted from 0."""

    edit_requested = Signal(int)
    remove_requested = Signal(int)
    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._shown: tuple[tuple[str, ...], bool] = ((), False)
        self._chips: list[QFrame] = []
        self._state = QLabel()
        self._state.setProperty("kind", "caption")
        self.send = QPushButton(self.tr("Send next"))
        self.send.setProperty("kind", "plain")
        self.send.clicked.connect(self.send_requested)
        head = QHBoxLayout()
        head.setContentsMargins(_INSET, 0, 0, 0)
        head.addWidget(self._state, 1)
        head.addWidget(self.send)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(head)
        self.setAccessibleName(self.tr("Queued messages"))
        self.hide()

    def show_messages(self, texts: Sequence[str], *, is_waiting: bool) -> None:
        """``is_waiting``: nothing is being written, so they wait for the user."""
        if (tuple(texts), is_waiting) == self._shown:
            return
        self._shown = (tuple(texts), is_waiting)
        for chip in self._chips:
            self._column.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(number, text) for number, text in enumerate(texts)]
        for chip in self._chips[:_MOST_SHOWN]:
            self._column.addWidget(chip)
        self._state.setText(self._words(len(texts), is_waiting))
        self.send.setVisible(is_waiting)
        self.setVisible(bool(texts))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button in self.findChildren(IconButton):
            button.set_theme(theme)

    def _words(self, count: int, is_waiting: bool) -> str:
        if is_waiting:
            said = self.tr("{count} queued, waiting for you. Esc clears the queue.")
            return said.format(count=count)
        more = count - _MOST_SHOWN
        if more > 0:
            return self.tr("{count} queued, {more} not shown").format(count=count, more=more)
        if count == 1:
            return self.tr("1 queued, sent after this answer")
        return self.tr("{count} queued, sent one after another").format(count=count)

    def _chip(self, number: int, text: str) -> QFrame:
        chip = QFrame(self)
        chip.setObjectName("queued")
        label = ElidedLabel("secondary")
        label.setText(" ".join(text.split()))
        row = QHBoxLayout(chip)
        row.setContentsMargins(_INSET, 2, 4, 2)
        row.setSpacing(0)
        row.addWidget(label, 1)
        for icon_name, name, on_clicked in (
            ("rename", self.tr("Edit queued message"), self._on_edit),
            ("close", self.tr("Remove queued message"), self._on_remove),
        ):
            button = IconButton(icon_name, name)
            button.setProperty("number", number)
            button.set_theme(self._theme)
            button.clicked.connect(on_clicked)
            row.addWidget(button)
        return chip

    def _on_edit(self) -> None:
        self.edit_requested.emit(self.sender().property("number"))

    def _on_remove(self) -> None:
        self.remove_requested.emit(self.sender().property("number"))
