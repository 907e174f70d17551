"""A small window above all others: a question, and its answer as it comes."""

import sys
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.storage.conversations import StoredMessage
from app.ui.chat.transcript import Transcript
from app.ui.theme import Theme
from app.ui.widgets.card import words
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.line_field import LineField

_ANSWER_ID = -1  # of what is shown here: all that can be done with it here is to copy it
_LINES = 18  # of body text that the answer's field is high
_MARGIN = 16
_INDENT = 28  # of all words below those in the field, as the transcript has it
_FROM_TOP = 6  # part of the screen above it
_OPEN = ("Ctrl+Return", "Ctrl+Enter")


class QuickWindow(QFrame):
    """What was written stays until it was asked. It belongs to no other window, so that hiding it
    brings none to the front.
    """

    asked = Signal(str)
    stop_requested = Signal()
    opened = Signal(str)  # in the main window, with what is written
    left = Signal()  # hidden for now, to go on with what one did before

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint,
        )
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.is_answering = False
        self._stored: StoredMessage | None = None
        self.field = LineField()
        self.field.setObjectName("paletteField")
        self.field.returnPressed.connect(self._on_return)
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._on_button)
        self.question = ElidedLabel("secondary")
        self.question.setContentsMargins(_INDENT, 8, _INDENT, 0)
        self.question.hide()
        self.transcript = Transcript()
        self.transcript.hide()
        self.error = words("", "secondary")
        self.error.setProperty("tone", "danger")
        self.error.setContentsMargins(_INDENT, 0, _INDENT, 0)
        self.error.hide()
        self.hint = words("", "caption")
        self.hint.setContentsMargins(_INDENT, 0, _INDENT, 0)
        self._lay_out()
        self._add_keys()
        self._retranslate()
        self.set_theme(theme)

    def appear(self) -> None:
        """On the screen that the pointer is on, ready to be written in."""
        if not self.isVisible():
            screen = QGuiApplication.screenAt(QCursor.pos()) or self.screen()
            area = screen.availableGeometry()
            self._fit()
            left = area.left() + (area.width() - self.width()) // 2
            self.move(left, area.top() + area.height() // _FROM_TOP)
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus()
        self.field.selectAll()

    def begin_answer(self, question: str) -> None:
        """An empty answer below what was asked, before anything came."""
        self._stored, self.is_answering = None, True
        self.say_error("")
        self.question.setText(" ".join(question.split()))
        self.question.show()
        self.transcript.show()
        self.transcript.open([], self._load)
        self.transcript.begin_answer(_ANSWER_ID)
        self._show_state()
        self._fit()

    def end_answer(self, answer: StoredMessage) -> None:
        self._stored, self.is_answering = replace(answer, id=_ANSWER_ID), False
        self.transcript.end_answer(self._stored)
        self._show_state()

    def clear_answer(self) -> None:
        self._stored, self.is_answering = None, False
        self.say_error("")
        self.question.hide()
        self.transcript.clear()
        self.transcript.hide()
        self._show_state()
        self._fit()

    @property
    def has_answer(self) -> bool:
        """Whether there is one below the field, at least its beginning."""
        return not self.transcript.isHidden()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.transcript.set_theme(theme)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.left.emit()
        super().closeEvent(event)

    def give_back(self, text: str) -> None:
        """A question that could not be asked; what is written already stays."""
        if not self.field.text():
            self.field.setText(text)

    def say_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self._fit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _MARGIN, 0, _MARGIN)
        column.addLayout(row)
        for part in (self.question, self.transcript, self.error, self.hint):
            column.addWidget(part)

    def _add_keys(self) -> None:
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.close)
        for keys in _OPEN:
            QShortcut(QKeySequence(keys), self).activated.connect(self._on_open)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Quick question"))
        self.setAccessibleName(self.tr("Quick question"))
        self.field.setPlaceholderText(self.tr("Ask anything"))
        self.field.setAccessibleName(self.tr("Your question"))
        self.transcript.setAccessibleName(self.tr("Answer"))
        self._show_state()

    def _show_state(self) -> None:
        self.button.setText(self.tr("Stop") if self.is_answering else self.tr("Ask"))
        if self.is_answering:
            self.hint.setText(self.tr("Esc hides this window; the answer goes on."))
            return
        on_mac = QKeySequence(_OPEN[0]).toString(QKeySequence.SequenceFormat.NativeText)
        keys = on_mac if sys.platform == "darwin" else _OPEN[1]  # the key beside is called Enter
        said = (
            self.tr("Enter asks more here, {keys} in the main window. Esc hides.")
            if self.has_answer
            else self.tr("Enter asks here, {keys} in the main window. Esc hides.")
        )
        self.hint.setText(said.format(keys=keys))

    def _fit(self) -> None:
        """As high as what it shows; the layout knows that only once it was told to look anew."""
        room = self.screen().availableSize()
        self.setFixedWidth(min(self._theme.size("palette"), room.width()))
        self.transcript.setFixedHeight(min(self._theme.size("body") * _LINES, room.height() // 2))
        self.layout().activate()
        self.adjustSize()

    def _load(self, ids: list[int]) -> list[StoredMessage]:
        """For the transcript, which reads again what came back into sight."""
        return [self._stored] if self._stored is not None and ids else []

    def _on_button(self) -> None:
        if self.is_answering:
            self.stop_requested.emit()
        else:
            self._on_return()

    def _on_return(self) -> None:
        text = self.field.text().strip()
        if text and not self.is_answering:
            self.field.clear()
            self.asked.emit(text)

    def _on_open(self) -> None:
        text = self.field.text().strip()
        self.field.clear()
        self.hide()
        self.opened.emit(text)
