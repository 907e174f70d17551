"""Documents in the settings: the space for what is read ahead, and the folders that are watched."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.storage.documents_rows import Folder
from app.ui.settings.bound_rows import BoundRows
from app.ui.settings.sections import Section
from app.ui.widgets.setting_row import SettingRow

_MOST_GB = 10_000


class DocumentsSection(Section):
    """Emits which folder is no longer to be watched; its documents stay."""

    unwatch_requested = Signal(int)  # folder

    def __init__(self, rows: BoundRows, parent: QWidget | None = None) -> None:
        super().__init__(
            _tr("Documents"), _tr("They are added on the Documents page, and read here."), parent
        )
        self.add(
            rows.number(
                "warm_gb",
                _tr("Space for documents read ahead, in GB"),
                _tr("Where it is used up, what was asked about longest ago goes first."),
                1,
                _MOST_GB,
                1,
            )
        )
        self._folders: list[SettingRow] = []
        self.show_folders([])

    def show_folders(self, folders: Sequence[Folder]) -> None:
        for row in self._folders:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
        self._folders = [self._row(folder) for folder in folders] or [_no_folder()]
        self.add(*self._folders)

    def _row(self, folder: Folder) -> SettingRow:
        button = QPushButton(_tr("Stop watching"))
        button.setAccessibleName(_tr("Stop watching {name}").format(name=folder.path.name))
        button.setProperty("folder", folder.id)
        button.clicked.connect(self._on_clicked)
        said = _tr("Watched folder: {name}").format(name=folder.path.name)
        return SettingRow(said, str(folder.path), button)

    def _on_clicked(self) -> None:
        self.unwatch_requested.emit(self.sender().property("folder"))


def _no_folder() -> SettingRow:
    return SettingRow(
        _tr("Watched folders"),
        _tr("None yet. What is put into a watched folder is read by itself."),
        QWidget(),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
