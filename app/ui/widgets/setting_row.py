"""A name and a sentence on the left, the control on the right; one below the other if tight."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.ui.widgets.card import words

_WORDS_SHARE = 0.42  # of the width that the words need at least


class SettingRow(QWidget):
    """One setting. ``found_by`` is what a search looks in."""

    def __init__(
        self, name: str, note: str, control: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.found_by = f"{name} {note}".casefold()
        self.control = control
        said = QVBoxLayout()
        said.setSpacing(2)
        self.name = words(name, "value")
        said.addWidget(self.name)
        self.note = words(note, "caption")
        self.note.setVisible(bool(note))
        said.addWidget(self.note)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addLayout(said, 1)
        self._layout.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        if not control.accessibleDescription():
            control.setAccessibleDescription(note)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() * (1 - _WORDS_SHARE)
        is_tight = self.control.sizeHint().width() > room
        direction = QBoxLayout.Direction
        wanted = direction.TopToBottom if is_tight else direction.LeftToRight
        if self._layout.direction() != wanted:
            self._layout.setDirection(wanted)
