"""What a new chat shows: one sentence, and a few beginnings to choose from."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.balanced_label import BalancedLabel


class EmptyPage(QWidget):
    """Emits the text of a beginning, for the composer."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sentence = BalancedLabel(self.tr("Ask anything. It stays on this computer."), "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.addStretch(5)
        column.addWidget(self._mark)
        column.addSpacing(12)
        column.addWidget(sentence)
        column.addSpacing(24)
        column.addLayout(self._examples())
        column.addStretch(6)

    def set_theme(self, theme: Theme) -> None:
        size = theme.size("icon_large")
        self._mark.setPixmap(icon("mark", theme.color("accent"), size).pixmap(size, size))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _examples(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        self._buttons = [QPushButton() for _ in self._texts()]
        for button in self._buttons:
            button.setProperty("kind", "example")
            button.clicked.connect(self._on_example)
            row.addWidget(button)
        row.addStretch()
        self._retranslate()
        return row

    def _retranslate(self) -> None:
        for button, (name, prompt) in zip(self._buttons, self._texts(), strict=True):
            button.setText(name)
            button.setProperty("prompt", prompt)
            button.setToolTip(prompt.strip())

    def _texts(self) -> list[tuple[str, str]]:
        """What each button says, and the beginning that it stands for."""
        return [
            (self.tr("Explain something"), self.tr("Explain in plain words: ")),
            (self.tr("Write a reply"), self.tr("Write a short, friendly reply to this message:\n")),
            (self.tr("Find a mistake"), self.tr("Find the mistake in this:\n")),
        ]

    def _on_example(self) -> None:
        self.example_chosen.emit(self.sender().property("prompt"))
