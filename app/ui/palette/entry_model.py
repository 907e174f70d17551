"""The item model of the palette's list."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.ui.palette.entries import Entry, Kind

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
HEADING_ROLE = ENTRY_ROLE + 1

Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """Entries grouped by kind, unless told: the first of each kind carries the heading."""

    def __init__(self, *, is_grouped: bool = True) -> None:
        super().__init__()
        self._is_grouped = is_grouped
        self._entries: list[Entry] = []

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    def show_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        found = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return found.title
            case Qt.ItemDataRole.AccessibleTextRole:
                said = [self._heading(index.row()), found.title, found.detail, found.shortcut]
                return ". ".join(filter(None, said))
            case _ if role == ENTRY_ROLE:
                return found
            case _ if role == HEADING_ROLE:
                return self._heading(index.row())
        return None

    def _heading(self, row: int) -> str:
        kind = self._entries[row].kind
        is_first = self._is_grouped and (row == 0 or self._entries[row - 1].kind != kind)
        return self._name_of(kind) if is_first else ""

    def _name_of(self, kind: Kind) -> str:
        names: dict[Kind, str] = {
            "action": self.tr("Commands"),
            "page": self.tr("Pages"),
            "chat": self.tr("Chats"),
            "message": self.tr("Messages"),
            "model": self.tr("Models"),
            "document": self.tr("Documents"),
        }
        return names[kind]
