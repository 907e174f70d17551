"""The text field of the composer: grows with its text, and knows when Enter means send."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

LONG_TEXT = 12_000  # characters; about 3,000 tokens

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ComposerField(QPlainTextEdit):
    """Enter asks to submit, Shift+Enter starts a new line.

    While an input method is composing, Enter belongs to it: it takes the word, and never sends.
    """

    submit_requested = Signal()
    previous_requested = Signal()  # ↑ in the empty field
    focused = Signal(bool)
    files_pasted = Signal(object)  # list of Path
    long_text_pasted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_composing = False
        self._max_height = 200
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self._wanted = 0
        self.textChanged.connect(self._measure)

    def set_max_height(self, height: int) -> None:
        self._max_height = height
        self._measure()

    def select(self, start: int, end: int) -> None:
        """So that what is typed next takes its place."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.setFocus()

    def sizeHint(self) -> QSize:
        return QSize(200, min(self._wanted, self._max_height))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in _ENTER
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_enter and self._is_composing:
            event.accept()
        elif is_enter and modifiers == Qt.KeyboardModifier.NoModifier:
            self.submit_requested.emit()
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty() and not modifiers:
            self.previous_requested.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window's shortcuts while the input method needs it."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_composing:
            event.accept()
            return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._is_composing = False  # the input method gives up its word with the focus
        super().focusOutEvent(event)
        self.focused.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(local_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files and very long texts become documents; they would drown the message."""
        files = local_files(source)
        text = source.text() if not files else ""
        if files:
            self.files_pasted.emit(files)
        elif len(text) > LONG_TEXT:
            self.long_text_pasted.emit(text)
        else:
            super().insertFromMimeData(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are dropped on the whole page, which shows where."""
        if local_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def setPlaceholderText(self, text: str) -> None:
        super().setPlaceholderText(text)
        self._measure()

    def _more_for_placeholder(self) -> int:
        """Pixels for all lines of it but the first: Qt wraps it, and cuts what is below."""
        room = QRect(0, 0, self.viewport().width() - int(self.document().documentMargin()), 0)
        one, all_ = (
            self.fontMetrics().boundingRect(room, int(flag), self.placeholderText()).height()
            for flag in (Qt.TextFlag.TextSingleLine, Qt.TextFlag.TextWordWrap)
        )
        return all_ - one

    def _measure(self) -> None:
        """The height of the wrapped text, counted no further than the field can grow."""
        height = 2 * self.document().documentMargin()
        block = self.document().firstBlock()
        while block.isValid() and height < self._max_height:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        if self.document().isEmpty():
            height += self._more_for_placeholder()
        is_full = height >= self._max_height
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_full else policy.ScrollBarAlwaysOff
        )
        if round(height) != self._wanted:
            self._wanted = round(height)
            self.updateGeometry()


def local_files(data: QMimeData) -> list[Path]:
    """The files and folders that are dragged or were copied; none for addresses of the web."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
