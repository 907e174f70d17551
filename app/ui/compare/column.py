"""One column: how it answers, the answer as it comes, and the way to go on with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.storage.conversations import StoredMessage
from app.ui.chat.transcript import Transcript
from app.ui.theme import Theme
from app.ui.widgets.card import words
from app.ui.widgets.choice import Choice
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.number import Number

_ANSWER_ID = -1  # it is not stored
_LINES = 14  # of body text that the answer's field is high at least


class CompareColumn(QFrame):
    """``transcript`` shows the answer alone: the prompt stands above all columns."""

    preset_picked = Signal(object)  # its name, "" for the standard
    engine_picked = Signal(object)
    removed = Signal()
    taken = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._theme = theme
        self._stored: StoredMessage | None = None
        self.name = QLabel()
        self.name.setProperty("kind", "heading")
        self.remove = IconButton("close", self.tr("Remove this column"))
        self.remove.clicked.connect(self.removed)
        self.preset = Choice(self.tr("Preset"), {}, theme)
        self.preset.setSizeAdjustPolicy(
            Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.preset.picked.connect(self.preset_picked)
        self.engine = Choice(self.tr("Model"), {}, theme)
        self.engine.setSizeAdjustPolicy(
            Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.engine.picked.connect(self.engine_picked)
        self.temperature = Number(self.tr("Temperature"), 0, 2, 0.05)
        self.top_p = Number(self.tr("Top-p"), 0, 1, 0.05)
        self.transcript = Transcript()
        self.transcript.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.error = words("", "secondary")
        self.error.setProperty("tone", "danger")
        self.error.hide()
        self.take = QPushButton(self.tr("Go on with this answer"))
        self.take.setToolTip(self.tr("Makes a chat of the question and this answer"))
        self.take.clicked.connect(self.taken)
        self.take.setEnabled(False)
        self._lay_out()
        self.set_theme(theme)

    def set_name(self, name: str) -> None:
        """Tells this column from the others, also to a screen reader."""
        self.name.setText(name)
        for control, said in (
            (self, "{name}"),
            (self.preset, self.tr("Preset of {name}")),
            (self.engine, self.tr("Model of {name}")),
            (self.temperature, self.tr("Temperature of {name}")),
            (self.top_p, self.tr("Top-p of {name}")),
            (self.transcript, self.tr("Answer of {name}")),
            (self.take, self.tr("Go on with the answer of {name}")),
        ):
            control.setAccessibleName(said.format(name=name))
        self.remove.rename(self.tr("Remove {name}").format(name=name))

    def begin(self) -> None:
        """An empty answer, before anything came."""
        self._stored = None
        self.error.hide()
        self.take.setEnabled(False)
        self.transcript.open([], self._load)
        self.transcript.begin_answer(_ANSWER_ID)

    def end(self, answer: StoredMessage, error: str = "") -> None:
        """The whole of it; its id is below 0, because it is not stored."""
        self._stored = answer
        self.transcript.end_answer(answer)
        self.error.setText(error)
        self.error.setVisible(bool(error))
        self.take.setEnabled(bool(answer.message.text))

    def set_running(self, is_running: bool) -> None:
        """What was asked for stays as it is until the answer has ended."""
        for control in (self.preset, self.engine, self.temperature, self.top_p, self.remove):
            control.setEnabled(not is_running)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.remove, self.preset, self.engine, self.transcript):
            part.set_theme(theme)
        self.transcript.setMinimumHeight(theme.size("body") * _LINES)
        self.setMinimumWidth(theme.size("body") * 14)

    def _load(self, ids: list[int]) -> list[StoredMessage]:
        """For the transcript, which reads again what came back into sight."""
        return [self._stored] if self._stored is not None and ids else []

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.remove)
        numbers = QHBoxLayout()
        numbers.setSpacing(8)
        for name, control in (
            (self.tr("Temperature"), self.temperature),
            (self.tr("Top-p"), self.top_p),
        ):
            pair = QVBoxLayout()
            pair.setSpacing(2)
            pair.addWidget(words(name, "caption"))
            pair.addWidget(control)
            numbers.addLayout(pair, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.engine)
        column.addWidget(self.preset)
        column.addLayout(numbers)
        column.addWidget(self.transcript, 1)
        column.addWidget(self.error)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
