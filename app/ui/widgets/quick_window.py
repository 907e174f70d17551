"""A small window for one question, from anywhere in the app."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.card import words


class QuickWindow(QFrame):
    """Enter asks, Esc hides. What was written stays until it was asked."""

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.returnPressed.connect(self._on_return)
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._on_return)
        self._hint = words("", "caption")
        self._hint.setContentsMargins(11, 0, 11, 0)  # below the words in the field
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(row)
        column.addWidget(self._hint)
        self._retranslate()
        self.set_theme(theme)

    def appear(self) -> None:
        """In the middle of the screen it belongs to, ready to be written in."""
        area = self.screen().availableGeometry()
        self.adjustSize()
        place = self.rect()
        place.moveCenter(area.center())
        self.move(place.left(), area.top() + area.height() // 4)
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus()
        self.field.selectAll()

    def set_theme(self, theme: Theme) -> None:
        self.setFixedWidth(theme.size("palette"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Quick question"))
        self.setAccessibleName(self.tr("Quick question"))
        self.field.setPlaceholderText(self.tr("Ask anything"))
        self.field.setAccessibleName(self.tr("Your question"))
        self.button.setText(self.tr("Ask"))
        self._hint.setText(self.tr("Enter asks in a new chat. Esc hides this window."))

    def _on_return(self) -> None:
        text = self.field.text().strip()
        if text:
            self.field.clear()
            self.hide()
            self.asked.emit(text)
