"""The model that is loaded: how it is, what is known of it, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.engine.status import EngineState, EngineStatus
from app.ui.error_words import error_message, error_title
from app.ui.icons import dot_icon
from app.ui.models.words import help_for, running_facts, state_tone
from app.ui.theme import Theme
from app.ui.widgets.card import Card, words
from app.ui.words import engine_word


class RunningCard(Card):
    """Emits what the user asks for."""

    unload_requested = Signal()
    load_requested = Signal()
    again_requested = Signal()  # with the GPU backends that were given up
    help_requested = Signal(str)  # one of the actions of ``help_for``

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._theme, self._status = theme, EngineStatus(EngineState.STOPPED)
        self._dot = QLabel()
        self._state = words("", "secondary")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Loading the model"))
        self.unload = QPushButton(self.tr("Unload"))
        self.unload.setToolTip(self.tr("Free its memory"))
        self.unload.clicked.connect(self.unload_requested)
        self.load = QPushButton(self.tr("Load"))
        self.load.clicked.connect(self.load_requested)
        self.help = QPushButton()
        self.help.setProperty("kind", "primary")
        self.help.clicked.connect(self._on_help)
        self.details = words("", "caption")
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lost = words("", "caption")
        self.again = QPushButton(self.tr("Try the GPU again"))
        self.again.clicked.connect(self.again_requested)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._dot)
        head.addWidget(self._state, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.help, self.load, self.unload, self.again):
            buttons.addWidget(button)
        buttons.addStretch()
        self.column.insertLayout(1, head)
        for part in (self._progress, self.details, self.lost):
            self.column.addWidget(part)
        self.column.addLayout(buttons)

    def show_status(self, status: EngineStatus, wanted: str, last_words: str = "") -> None:
        """``wanted`` names the model while none is loaded; ``last_words`` are the engine's."""
        self._status = status
        state, error = status.state, status.error
        has_failed = state is EngineState.FAILED and error is not None
        self.set_title(status.model.name if status.model else wanted)
        self._state.setText(error_title(error) if has_failed else engine_word(status))
        self.set_note(error_message(error) if has_failed else " · ".join(running_facts(status)))
        self.details.setText(self.tr("The engine said: {words}").format(words=last_words))
        self.details.setVisible(has_failed and bool(last_words))
        self._progress.setVisible(state is EngineState.LOADING)
        if status.load_fraction is None:
            self._progress.setRange(0, 0)
        else:
            self._progress.setRange(0, 100)
            self._progress.setValue(int(status.load_fraction * 100))
        self.help.setVisible(has_failed)
        self.help.setText(help_for(error)[1] if has_failed else "")
        self.load.setVisible(state is EngineState.STOPPED)
        self.unload.setVisible(state in (EngineState.READY, EngineState.LOADING))
        self.set_theme(self._theme)

    def show_lost(self, backends: Sequence[str]) -> None:
        """The names of GPU backends that are not used because they crashed."""
        said = self.tr("Not used, because a trial of it crashed: {names}. A new driver may help.")
        self.lost.setText(said.format(names=" · ".join(backends)))
        for part in (self.lost, self.again):
            part.setVisible(bool(backends))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        size = theme.size("dot")
        color = theme.color(state_tone(self._status))
        self._dot.setPixmap(dot_icon(color, size).pixmap(size, size))

    def _on_help(self) -> None:
        if self._status.error is not None:
            self.help_requested.emit(help_for(self._status.error)[0])
