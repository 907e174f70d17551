"""The chip that says which model runs, how it is, and how much memory it takes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.engine.status import EngineState, EngineStatus
from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.chip import Chip
from app.ui.words import bytes_in_words, model_chip


class ModelChip(QWidget):
    """A click shows what is known of the model, and offers to restart the engine."""

    restart_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = EngineStatus(EngineState.STOPPED)
        self._theme = Theme.load("light")
        self.chip = Chip()
        self.chip.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chip)

    def show_status(self, status: EngineStatus, wanted_model: str) -> None:
        self._status = status
        self.chip.show_text(model_chip(status, wanted_model))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.chip.set_theme(theme)

    def _on_clicked(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for line in self._facts():
            menu.addAction(line).setEnabled(False)
        if not menu.isEmpty():
            menu.addSeparator()
        size, color = self._theme.size("icon"), self._theme.color("muted")
        restart = menu.addAction(icon("restart", color, size), self.tr("Restart engine"))
        restart.triggered.connect(self.restart_requested)
        above = self.mapToGlobal(self.rect().topLeft())
        above.setY(above.y() - menu.sizeHint().height() - 4)
        menu.popup(above)

    def _facts(self) -> list[str]:
        model = self._status.model
        if model is None:
            return []
        facts = [
            self.tr("Architecture: {name}").format(name=model.architecture),
            self.tr("Reads up to {count} tokens").format(count=f"{model.context_length:,}"),
            self.tr("File: {size}").format(size=bytes_in_words(model.size_bytes)),
        ]
        if self._status.memory_bytes:
            memory = bytes_in_words(self._status.memory_bytes)
            facts.append(self.tr("Memory: {size}").format(size=memory))
        if model.engine:
            facts.append(self.tr("Engine: {name}").format(name=model.engine))
        return facts
