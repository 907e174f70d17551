"""Where the user writes: one rounded field with Send, which is Stop while an answer runs."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.conversation.attachment_strip import AttachmentStrip
from app.ui.conversation.composer_field import ComposerField
from app.ui.conversation.context_meter import ContextMeter
from app.ui.conversation.preset_button import PresetButton
from app.ui.conversation.queue_strip import QueueStrip
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton


class Composer(QWidget):
    """Emits the text as written; who listens clears the field once it has taken the text."""

    submitted = Signal(str)
    stop_requested = Signal()
    attach_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_answering = False
        self._theme = Theme.load("light")
        self.field = ComposerField()
        self.field.setAccessibleName(self.tr("Message"))
        self.field.setPlaceholderText(self.tr("Write a message"))
        self.field.submit_requested.connect(self._on_submit)
        self.field.focused.connect(self._on_focused)
        self.field.textChanged.connect(self._on_text_changed)
        self.button = IconButton("send", self.tr("Send"))
        self.button.setObjectName("send")
        self.button.clicked.connect(self._on_clicked)
        self.queue = QueueStrip()
        self.attachments = AttachmentStrip()
        self.attach = IconButton("attach", self.tr("Attach documents"))
        self.attach.clicked.connect(self.attach_requested)
        self._frame = QFrame()
        self._frame.setObjectName("composer")
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(4)
        row.addLayout(self._sunken(self.attach))
        row.addLayout(self._centred_field(), 1)
        row.addLayout(self._sunken(self.button))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)  # from what is scrolled away above it
        column.setSpacing(4)
        column.addWidget(self.queue)
        column.addWidget(self.attachments)
        column.addWidget(self._frame)
        column.addLayout(self._captions())
        self._on_text_changed()

    @property
    def text(self) -> str:
        return self.field.toPlainText()

    def set_text(self, text: str) -> None:
        self.field.setPlainText(text)
        cursor = self.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.field.setTextCursor(cursor)

    def set_answering(self, is_answering: bool) -> None:
        """Send becomes Stop, and back."""
        self._is_answering = is_answering
        self.field.setPlaceholderText(
            self.tr("Write the next message: it waits for its turn")
            if is_answering
            else self.tr("Write a message")
        )
        self.field.viewport().update()  # Qt repaints only when the text comes or goes
        self.button.set_icon("stop" if is_answering else "send")
        self.button.rename(self.tr("Stop (Esc)") if is_answering else self.tr("Send (Enter)"))
        self._on_text_changed()

    def set_caption(self, state: str, speed: str = "") -> None:
        """The line below: what is going on, and on the right how fast it went."""
        self.state.setText(state)
        self.speed.setText(speed)

    def quote(self, text: str) -> None:
        """Put a quotation before what is being written."""
        quoted = "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
        self.set_text(f"{quoted}\n\n{self.text}")
        self.field.setFocus()

    def set_max_height(self, height: int) -> None:
        self.field.set_max_height(height)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.queue.set_theme(theme)
        self.attachments.set_theme(theme)
        self.attach.set_theme(theme)
        self.meter.set_theme(theme)
        self.preset.set_theme(theme)
        self._tint_button()

    def _centred_field(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addStretch()
        column.addWidget(self.field)
        column.addStretch()
        return column

    def _sunken(self, button: IconButton) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addStretch()
        column.addWidget(button)
        return column

    def _captions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 16, 0)
        row.setSpacing(12)
        self.preset = PresetButton()
        self.meter = ContextMeter()
        self.state = ElidedLabel("caption")
        self.speed = QLabel()
        self.speed.setProperty("kind", "caption")
        row.addWidget(self.preset)
        row.addWidget(self.state, 1)
        row.addWidget(self.speed)
        row.addWidget(self.meter)
        return row

    def _on_submit(self) -> None:
        if self.text.strip():
            self.submitted.emit(self.text)

    def _on_clicked(self) -> None:
        if self._is_answering:
            self.stop_requested.emit()
        else:
            self._on_submit()
        self.field.setFocus()

    def _on_focused(self, is_focused: bool) -> None:
        self._frame.setProperty("is_focused", is_focused)
        self._frame.style().polish(self._frame)

    def _on_text_changed(self) -> None:
        can_act = self._is_answering or not self.field.document().isEmpty()
        self.button.setEnabled(can_act)
        self._tint_button()

    def _tint_button(self) -> None:
        token = "on_accent" if self.button.isEnabled() else "muted"
        self.button.set_theme(self._theme, token)
