"""The documents that the next message is about, above the composer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton


@dataclass(frozen=True, slots=True)
class Attachment:
    """One document; ``state`` in words says how far reading it is, or why it cannot be read."""

    document_id: int
    name: str
    state: str
    is_failed: bool = False


class AttachmentStrip(QWidget):
    """Emits what the user asks for, with the document's id."""

    open_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._shown: tuple[Attachment, ...] = ()
        self._chips: list[QFrame] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    @property
    def shown(self) -> tuple[Attachment, ...]:
        return self._shown

    def show_attachments(self, attachments: Sequence[Attachment]) -> None:
        if tuple(attachments) == self._shown:
            return
        self._shown = tuple(attachments)
        for chip in self._chips:
            self._column.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(found) for found in attachments]
        for chip in self._chips:
            self._column.addWidget(chip)
        self.setAccessibleName(self.tr("Attached documents"))
        self.setVisible(bool(attachments))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        shown, self._shown = self._shown, ()
        self.show_attachments(shown)

    def _chip(self, found: Attachment) -> QFrame:
        chip = QFrame(self)
        chip.setObjectName("queued")
        name = ElidedLabel("secondary")
        name.setText(found.name)
        said = found.state.removeprefix(found.name).lstrip(":： ")
        remove = IconButton("close", self.tr("Take {name} away").format(name=found.name))
        remove.set_theme(self._theme)
        remove.setProperty("document", found.document_id)
        remove.clicked.connect(self._on_remove)
        row = QHBoxLayout(chip)
        row.setContentsMargins(6, 2, 4, 2)
        row.setSpacing(6)
        if found.is_failed:
            row.addWidget(self._warning(remove))
            row.addLayout(self._failure(name, said), 1)
        else:
            state = ElidedLabel("caption")
            state.setText(said)
            state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(self._opener(found))
            row.addWidget(name, 1)
            row.addWidget(state, 1)
        row.addWidget(remove)
        return chip

    def _opener(self, found: Attachment) -> IconButton:
        button = IconButton("documents", self.tr("Open {name}").format(name=found.name))
        button.set_theme(self._theme)
        button.setProperty("document", found.document_id)
        button.clicked.connect(self._on_open)
        return button

    def _warning(self, button: IconButton) -> QLabel:
        """As wide as a button, as the one that opens a document is."""
        label = QLabel()
        size = self._theme.size("icon")
        label.setPixmap(icon("error", self._theme.color("danger"), size).pixmap(size, size))
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button.ensurePolished()
        label.setFixedWidth(button.sizeHint().width())
        return label

    def _failure(self, name: ElidedLabel, said: str) -> QVBoxLayout:
        """What is wrong has lines of its own, as many as it takes."""
        why = QLabel(said)
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setProperty("kind", "caption")
        why.setProperty("tone", "danger")
        why.setWordWrap(True)
        column = QVBoxLayout()
        column.setContentsMargins(0, 5, 0, 5)
        column.setSpacing(2)
        column.addWidget(name)
        column.addWidget(why)
        return column

    def _on_open(self) -> None:
        self.open_requested.emit(self.sender().property("document"))

    def _on_remove(self) -> None:
        self.remove_requested.emit(self.sender().property("document"))
