"""Copy: puts the source on the clipboard and says so for a moment."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.ui.chat import words
from app.ui.chat.quiet_button import QuietButton

_SAID_MS = 1_500


class CopyButton(QuietButton):
    """``source`` is what was written, never what is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(words.copy(), parent)
        self.source = ""
        self.setAccessibleName(words.copy_code())
        self.setToolTip(words.copy_code())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_said)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.source)
        self._say(words.copied())
        self._timer.start(_SAID_MS)

    def _on_said(self) -> None:
        self._say(words.copy())

    def _say(self, word: str) -> None:
        right = self.geometry().right()
        self.setText(word)
        self.resize(self.sizeHint())
        self.move(right - self.width() + 1, self.y())
        self.update()
