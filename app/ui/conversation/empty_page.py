"""What a new chat shows: one sentence, and a few beginnings to choose from."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.balanced_label import BalancedLabel

_MARGIN = 24
_ABOVE, _BELOW = 12, 24  # the sentence; left out with what stands there


class EmptyPage(QWidget):
    """Emits the text of a beginning, for the composer."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark.setContentsMargins(0, 0, 0, _ABOVE)
        self._sentence = BalancedLabel(self.tr("Ask anything. It stays on this computer."), "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.addStretch(5)
        column.setSpacing(0)
        column.addWidget(self._mark)
        column.addWidget(self._sentence)
        column.addWidget(self._examples())
        column.addStretch(6)

    def set_theme(self, theme: Theme) -> None:
        size = theme.size("icon_large")
        self._mark.setPixmap(icon("mark", theme.color("accent"), size).pixmap(size, size))

    def minimumSizeHint(self) -> QSize:
        """Whatever stands above and below goes first."""
        return QSize(0, 0)

    def hasHeightForWidth(self) -> bool:
        """Or the height of its wrapped words would count as the least."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What does not fit whole is left out: the mark first, then the beginnings."""
        super().resizeEvent(event)
        room = self.height() - 2 * _MARGIN
        sentence = self._sentence.heightForWidth(self.width() - 2 * _MARGIN)
        examples = sentence + self._row.sizeHint().height()
        self._sentence.setVisible(room >= sentence)
        self._row.setVisible(room >= examples)
        self._mark.setVisible(room >= examples + self._mark.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _examples(self) -> QWidget:
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, _BELOW, 0, 0)
        row.setSpacing(8)
        row.addStretch()
        self._buttons = [QPushButton() for _ in self._texts()]
        for button in self._buttons:
            button.setProperty("kind", "example")
            button.clicked.connect(self._on_example)
            row.addWidget(button)
        row.addStretch()
        self._retranslate()
        return self._row

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
