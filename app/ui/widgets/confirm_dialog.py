"""Asks before something that cannot be undone; the verb is on the button."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.dialog_size import dialog_width, fit_height


class ConfirmDialog(QDialog):
    """Cancel is what Enter and Esc do."""

    def __init__(
        self, question: str, consequence: str, verb: str, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(question)
        self.setFixedWidth(dialog_width(theme, parent))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for text, kind in ((question, "title"), (consequence, "secondary")):
            label = QLabel(text)
            label.setProperty("kind", kind)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        self.verb = QPushButton(verb)
        self.verb.setProperty("kind", "danger")
        self.verb.setAutoDefault(False)
        self.verb.clicked.connect(self.accept)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(self.verb)
        row.addWidget(self.cancel)
        column.addSpacing(4)
        column.addLayout(row)
        self.cancel.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit_height(self)
