"""Where things are kept, and what is kept of prompts, which can be forgotten at once."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.paths import Paths
from app.ui.settings.sections import Section
from app.ui.widgets.setting_row import SettingRow
from app.ui.words import bytes_in_words


class ForgetRow(SettingRow):
    """Says how much the kept prompt states take, and offers to forget them."""

    forget_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.button = QPushButton()
        super().__init__(" ", " ", self.button, parent)
        self.button.setText(self.tr("Forget now"))
        self.button.clicked.connect(self.forget_requested)
        self.found_by = self.tr("Prompt states on disk forget delete").casefold()
        self.name.setText(self.tr("Prompt states on disk"))
        self.show_size(0)

    def show_size(self, size: int) -> None:
        self.note.setText(
            self.tr("{size} kept.").format(size=bytes_in_words(size))
            if size
            else self.tr("None are kept.")
        )
        self.button.setEnabled(size > 0)


def advanced(paths: Paths, parent: QWidget | None = None) -> Section:
    """The folders, each with a way to copy its name."""
    section = Section("", "", parent)
    section.set_title(_tr("Advanced"))
    section.set_note(_tr("Where Doorstep keeps things on this computer."))
    for name, path in (
        (_tr("Conversations and documents"), paths.data),
        (_tr("Models"), paths.models),
        (_tr("Settings"), paths.settings),
        (_tr("Caches"), paths.cache),
        (_tr("Log"), paths.logs),
    ):
        button = QPushButton(_tr("Copy path"))
        button.setAccessibleName(_tr("Copy path: {name}").format(name=name))
        button.setProperty("path", str(path))
        section.add(SettingRow(name, str(path), button))
    return section


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
