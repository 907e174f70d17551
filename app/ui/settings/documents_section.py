"""Documents in the settings: the space for what is read ahead, and the folders that are watched."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.models.found import FoundModel
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
            ),
            self._meaning(rows),
            rows.choice(
                "folder_look_s",
                _tr("Look into watched folders"),
                _tr("Less often spares slow drives and batteries."),
                {
                    3: _tr("All the time"),
                    60: _tr("Every minute"),
                    600: _tr("Every 10 minutes"),
                    3600: _tr("Every hour"),
                },
            ),
        )
        self._folders: list[SettingRow] = []
        self.show_folders([])

    def show_models(self, models: Sequence[FoundModel], chosen: str) -> None:
        """The embedding models found here; the one that is ``chosen`` may have gone."""
        control = self._model.control
        gone = {chosen: _tr("{name} (not found)").format(name=Path(chosen).stem)}
        found = {str(model.path): model.name for model in models}
        control.set_choices(_no_model() | ({} if chosen in _no_model() else gone) | found)
        control.show_value(chosen)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        for row in self._folders:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
        self._folders = [self._row(folder) for folder in folders] or [_no_folder()]
        self.add(*self._folders)

    def _meaning(self, rows: BoundRows) -> SettingRow:
        self._model = rows.choice(
            "embedding_model",
            _tr("Search by meaning"),
            _tr(
                "Finds passages that say it in other words. Automatic takes the first embedding "
                "model in the models folder."
            ),
            _no_model(),
        )
        return self._model

    def _row(self, folder: Folder) -> SettingRow:
        button = QPushButton(_tr("Stop watching"))
        button.setAccessibleName(_tr("Stop watching {name}").format(name=folder.path.name))
        button.setProperty("folder", folder.id)
        button.clicked.connect(self._on_clicked)
        said = _tr("Watched folder: {name}").format(name=folder.path.name)
        return SettingRow(said, str(folder.path), button)

    def _on_clicked(self) -> None:
        self.unwatch_requested.emit(self.sender().property("folder"))


def _no_model() -> dict[object, str]:
    return {"auto": _tr("Automatic"), "none": _tr("Off, words only")}


def _no_folder() -> SettingRow:
    return SettingRow(
        _tr("Watched folders"),
        _tr("None yet. What is put into a watched folder is read by itself."),
        QWidget(),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
