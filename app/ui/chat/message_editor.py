"""A message, being edited in its place."""

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.chat.rows import Row
from app.ui.chat.style import Style
from app.ui.conversation.composer_field import ComposerField

_MAX_HEIGHT = 320


class MessageEditor(QWidget):
    """Enter sends or keeps it, Esc leaves everything as it was. The row has what is written."""

    submitted = Signal(object, str)  # Row, the text
    cancelled = Signal(object)  # Row
    resized = Signal(object)  # Row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._row: Row | None = None
        self.field = ComposerField(self)
        self.field.setObjectName("editor")
        self.field.set_max_height(_MAX_HEIGHT)
        self.field.textChanged.connect(self._on_text_changed)
        self.field.submit_requested.connect(self._on_submit)
        self.field.long_text_pasted.connect(self.field.insertPlainText)
        self.field.installEventFilter(self)
        self.send = QPushButton()
        self.send.setProperty("kind", "primary")
        self.send.clicked.connect(self._on_submit)
        self.cancel = QPushButton(_tr("Cancel"))
        self.cancel.clicked.connect(self._on_cancel)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 10, 10)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addLayout(buttons)
        self.setFocusProxy(self.field)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.field.setPalette(style.text_palette)
        self.field.setFont(style.body)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        is_new, self._row = row is not self._row, row
        is_question = row.info == "user"
        self.field.setAccessibleName(_tr("Edited message") if is_question else _tr("Edited answer"))
        self.send.setText(_tr("Send") if is_question else _tr("Save"))
        if is_new or self.field.toPlainText() != row.text:
            self.field.setPlainText(row.text)
            self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.resize(width, self.height())
        self.layout().activate()
        return self._needed()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_question = self._row is not None and self._row.info == "user"
        painter.setBrush(self._style.user if is_question else self._style.sunken)
        radius = self._style.theme.size("radius_card")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.end()

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        """Esc belongs to the editor before it stops an answer."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._on_cancel()
                return True
        return super().eventFilter(watched, event)

    def _needed(self) -> int:
        return self.field.sizeHint().height() + 8 + self.send.sizeHint().height() + 20

    def _on_text_changed(self) -> None:
        if self._row is None:
            return
        self._row.text = self.field.toPlainText()
        self.send.setEnabled(bool(self._row.text.strip()))
        if self._row.height != self._needed() and self._row.widget is self:
            self.resized.emit(self._row)

    def _on_submit(self) -> None:
        if self._row is not None and self._row.text.strip():
            self.submitted.emit(self._row, self._row.text)

    def _on_cancel(self) -> None:
        if self._row is not None:
            self.cancelled.emit(self._row)


def _tr(text: str) -> str:
    return QCoreApplication.translate("MessageEditor", text)
