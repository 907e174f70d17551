"""Find in the conversation: what is searched for, which hit of how many, and the way to others."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.line_field import LineField

PAUSE_MS = 120


class FindBar(QFrame):
    """A search is announced once the typing pauses. Enter goes to the next hit, Esc closes."""

    searched = Signal(str)
    next_requested = Signal()
    previous_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None, prompt: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self.field = LineField()
        self.field.setPlaceholderText(prompt or self.tr("Find in this chat"))
        self.field.setAccessibleName(prompt or self.tr("Find in this chat"))
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._on_text_changed)
        self.count = QLabel()
        self.count.setProperty("kind", "caption")
        self.count.setContentsMargins(8, 0, 8, 0)
        self.count.setMinimumWidth(64)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.previous = IconButton("up", self.tr("Previous hit (Shift+F3)"))
        self.previous.clicked.connect(self.previous_requested)
        self.next = IconButton("down", self.tr("Next hit (F3)"))
        self.next.clicked.connect(self.next_requested)
        self.close_button = IconButton("close", self.tr("Close (Esc)"))
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(2)
        row.addWidget(self.field, 1)
        for part in (self.count, self.previous, self.next, self.close_button):
            row.addWidget(part)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.show_count(0, 0)
        self.hide()

    def begin(self) -> None:
        """Open, or go back to the words that were searched for."""
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()

    def show_count(self, number: int, count: int) -> None:
        """``number`` of ``count`` is shown, counted from 1; 0 of 0 when nothing was found."""
        if not self.field.text():
            self.count.clear()
        elif not count:
            self.count.setText(self.tr("Not found"))
        else:
            words = self.tr("{number} of {count}")
            self.count.setText(words.format(number=f"{number:,}", count=f"{count:,}"))
        self.previous.setEnabled(count > 0)
        self.next.setEnabled(count > 0)

    def set_theme(self, theme: Theme) -> None:
        for button in (self.previous, self.next, self.close_button):
            button.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.closed.emit()
                return True
        is_enter = isinstance(event, QKeyEvent) and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        )
        if is_enter and event.type() == QEvent.Type.KeyPress:
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (self.previous_requested if is_back else self.next_requested).emit()
            return True
        return super().eventFilter(watched, event)

    def _on_text_changed(self) -> None:
        self._pause.start()

    def _on_pause(self) -> None:
        self.searched.emit(self.field.text())
