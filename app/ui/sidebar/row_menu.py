"""What can be done with the conversations chosen in the list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.icons import icon
from app.ui.sidebar.conversation_model import Row
from app.ui.theme import Theme


class RowMenu(QMenu):
    """``row`` is the one that was asked about; the others get the same."""

    rename_requested = Signal(int)
    pin_requested = Signal(object, bool)  # list of conversations, here and below
    archive_requested = Signal(object, bool)
    trash_requested = Signal(object)
    file_requested = Signal(object, str)  # into which folder
    new_folder_requested = Signal(object)

    def __init__(
        self,
        ids: list[int],
        row: Row,
        folders: tuple[str, ...],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ids, self._row, self._theme = ids, row, theme
        if len(ids) == 1:
            self._add("rename", self.tr("Rename"), self._on_rename)
        self._add("pin", self.tr("Unpin") if row.is_pinned else self.tr("Pin"), self._on_pin)
        self._add_folders(folders)
        words = self.tr("Put back") if row.is_archived else self.tr("Archive")
        self._add("archive", words, self._on_archive)
        many = self.tr("Move {count} chats to trash").format(count=len(ids))
        self._add("trash", self.tr("Move to trash") if len(ids) == 1 else many, self._on_trash)

    def _add(self, icon_name: str, words: str, on_triggered: object) -> QAction:
        color, size = self._theme.color("muted"), self._theme.size("icon")
        action = self.addAction(icon(icon_name, color, size), words)
        action.triggered.connect(on_triggered)
        return action

    def _add_folders(self, names: tuple[str, ...]) -> None:
        folders = self.addMenu(self.tr("Folder"))
        folders.setIcon(icon("folder", self._theme.color("muted"), self._theme.size("icon")))
        for name in ("", *names):
            action = folders.addAction(name or self.tr("None"))
            action.setCheckable(True)
            action.setChecked(name == self._row.folder)
            action.setData(name)
            action.triggered.connect(self._on_folder)
        folders.addSeparator()
        folders.addAction(self.tr("New folder…")).triggered.connect(self._on_new_folder)

    def _on_rename(self) -> None:
        self.rename_requested.emit(self._ids[0])

    def _on_pin(self) -> None:
        self.pin_requested.emit(self._ids, not self._row.is_pinned)

    def _on_archive(self) -> None:
        self.archive_requested.emit(self._ids, not self._row.is_archived)

    def _on_trash(self) -> None:
        self.trash_requested.emit(self._ids)

    def _on_folder(self) -> None:
        self.file_requested.emit(self._ids, self.sender().data())

    def _on_new_folder(self) -> None:
        self.new_folder_requested.emit(self._ids)
