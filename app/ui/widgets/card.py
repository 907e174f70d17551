"""A framed group of controls about one idea: a heading, a sentence, and what belongs to it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget


class Card(QFrame):
    """``column`` takes what the card is about."""

    def __init__(self, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 20, 16)
        self.column.setSpacing(12)
        self.title = words(title, "heading")
        self.note = words(note, "secondary")
        self.column.addWidget(self.title)
        self.column.addWidget(self.note)
        self.set_title(title)
        self.set_note(note)

    def set_title(self, text: str) -> None:
        self.title.setText(text)
        self.title.setVisible(bool(text))
        self.setAccessibleName(text)

    def set_note(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))


def words(text: str, kind: str) -> QLabel:
    """A label that wraps and shows any text as it is; ``kind`` is one of the style sheet."""
    label = QLabel(text)
    label.setProperty("kind", kind)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
