"""The first steps: at most four, each with one idea, all of which can be skipped."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.card import Card, words
from app.ui.widgets.flow_layout import FlowLayout


class Steps(QWidget):
    """Emits what the user chose; the last step ends them as Skip does."""

    left = Signal()
    models_requested = Signal()
    question_chosen = Signal(str)

    def __init__(self, machine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = words("", "caption")
        self.skip = QPushButton(self.tr("Skip"))
        self.skip.clicked.connect(self.left)
        self.back = QPushButton(self.tr("Back"))
        self.back.clicked.connect(self._on_back)
        self.next = QPushButton()
        self.next.setProperty("kind", "primary")
        self.next.clicked.connect(self._on_next)
        self._cards = (
            Card(self.tr("What this computer can run"), machine),
            self._model_card(),
            Card(
                self.tr("What you write stays here"),
                self.tr(
                    "Chats, documents and models are on this computer alone. Doorstep opens no "
                    "connection by itself, and what is deleted is kept in the trash for 30 days."
                ),
            ),
            self._question_card(),
        )
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        for button in (self.next, self.back, self.skip):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.count, *self._cards, buttons):
            column.addWidget(part)
        self._number = 0
        self._show(0)

    def _model_card(self) -> Card:
        card = Card(
            self.tr("A model to talk to"),
            self.tr(
                "A small starter model is here already, so that you can begin at once. Larger ones "
                "answer better: use a file that you have, or one of another program’s."
            ),
        )
        button = QPushButton(self.tr("Choose another model…"))
        button.clicked.connect(self.models_requested)
        card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _question_card(self) -> Card:
        card = Card(
            self.tr("Your first question"),
            self.tr("Choose one to change it, or write your own."),
        )
        for question in (
            self.tr("How does a heat pump work?"),
            self.tr("Decline an invitation kindly."),
            self.tr("Give me three ideas for dinner."),
        ):
            button = QPushButton(question)
            button.setProperty("kind", "example")
            button.setProperty("question", question)
            button.clicked.connect(self._on_question)
            card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _show(self, number: int) -> None:
        self._number = number
        for place, card in enumerate(self._cards):
            card.setVisible(place == number)
        last = len(self._cards) - 1
        self.count.setText(
            self.tr("Step {number} of {count}").format(number=number + 1, count=last + 1)
        )
        self.back.setVisible(number > 0)
        self.skip.setVisible(number < last)  # Start does the same then
        self.next.setText(self.tr("Start") if number == last else self.tr("Next"))
        self.next.setFocus()

    def _on_back(self) -> None:
        self._show(self._number - 1)

    def _on_next(self) -> None:
        if self._number == len(self._cards) - 1:
            self.left.emit()
        else:
            self._show(self._number + 1)

    def _on_question(self) -> None:
        self.question_chosen.emit(self.sender().property("question"))
