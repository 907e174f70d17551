"""The models page: what runs, what was found, and the one that is chosen."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.models.load_card import LoadCard
from app.ui.models.running_card import RunningCard
from app.ui.theme import Theme
from app.ui.widgets.card import Card, words
from app.ui.widgets.fact_list import FactList
from app.ui.widgets.flow_layout import FlowLayout


class ModelsView(QWidget):
    """A file that is dropped anywhere on it is chosen."""

    file_dropped = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.running = RunningCard(theme)
        self.found = Card(
            self.tr("Models on this computer"),
            self.tr(
                "In Doorstep’s folder, and in those of other programs, which are only read. "
                "Or drop a .gguf file here."
            ),
        )
        self.list = FactList(theme)
        self.list.setAccessibleName(self.tr("Models on this computer"))
        self.state = words("", "secondary")
        self.open_file = QPushButton(self.tr("Open a file…"))
        self.open_folder = QPushButton(self.tr("Open a folder…"))
        self.load = LoadCard(theme)
        self.found.column.addWidget(self.state)
        self.found.column.addWidget(self.list)
        buttons = _row(self.open_file, self.open_folder)
        self.found.column.addWidget(buttons, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.running, self.found, self.load):
            column.addWidget(part)
        self.load.hide()

    def show_state(self, text: str) -> None:
        """While the folders are read, or when there is nothing in them."""
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.list.setVisible(not text)

    def set_theme(self, theme: Theme) -> None:
        for part in (self.running, self.list, self.load):
            part.set_theme(theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(_path(url.toLocalFile()) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            path = _path(url.toLocalFile())
            if path is not None:
                self.file_dropped.emit(str(path))
                event.acceptProposedAction()
                return


def _path(name: str) -> Path | None:
    """What could be a model: a .gguf file, or a folder."""
    path = Path(name) if name else None
    return path if path and (path.suffix.casefold() == ".gguf" or path.is_dir()) else None


def _row(*parts: QWidget) -> QWidget:
    row = QWidget()
    flow = FlowLayout(row, gap=8)
    for part in parts:
        flow.addWidget(part)
    return row
