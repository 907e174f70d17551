"""The item model of the conversation list: all conversations, or the hits of a search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

Index = QModelIndex | QPersistentModelIndex

ID_ROLE = int(Qt.ItemDataRole.UserRole)
HIT_ROLE = ID_ROLE + 1  # the text found, empty outside a search
ANSWERING_ROLE = ID_ROLE + 2
MESSAGE_ROLE = ID_ROLE + 3
HEADING_ROLE = ID_ROLE + 4

DRAGGED = "application/x-doorstep-chats"  # ids, parted by commas; only within this window


class Row(NamedTuple):
    """One conversation; ``hit`` is the text that a search found, in which message.

    A tuple, because thousands are made and compared whenever the list is read again.
    """

    id: int
    title: str
    hit: str = ""
    message_id: int | None = None
    heading: str = ""  # above the first row of a group
    is_pinned: bool = False
    is_archived: bool = False
    folder: str = ""

    @property
    def group(self) -> "Group":
        return Group(self.is_pinned, "" if self.is_pinned else self.folder)


@dataclass(frozen=True, slots=True)
class Group:
    """Where something can be dropped: among the pinned, into a folder, or out of both ("")."""

    is_pinned: bool
    folder: str


class ConversationModel(QAbstractListModel):
    """Rows to show. Renaming is announced, not done: the store decides."""

    renamed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._answering: frozenset[int] = frozenset()
        self.folders: tuple[str, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows, keeping selection and scroll position where only texts changed."""
        old, self._rows = self._rows, list(rows)
        if [row.id for row in old] == [row.id for row in self._rows]:
            changed = [n for n, row in enumerate(self._rows) if row != old[n]]
            for number in changed:
                self.dataChanged.emit(self.index(number), self.index(number))
            return
        self.beginResetModel()
        self.endResetModel()

    def show_folders(self, names: Sequence[str]) -> None:
        """Into which conversations can be put."""
        self.folders = tuple(names)

    def row(self, index: Index) -> Row:
        return self._rows[index.row()]

    def show_answering(self, ids: frozenset[int]) -> None:
        """Mark the conversations in which an answer is being written."""
        touched, self._answering = self._answering ^ ids, ids
        for number, row in enumerate(self._rows):
            if row.id in touched:
                self.dataChanged.emit(self.index(number), self.index(number), [ANSWERING_ROLE])

    def row_of(self, conversation_id: int | None) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.id == conversation_id), None)

    def title_of(self, conversation_id: int) -> str:
        number = self.row_of(conversation_id)
        return "" if number is None else self._rows[number].title

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ANSWERING_ROLE:
            return row.id in self._answering
        part = _PARTS.get(role)
        return None if part is None else part(row)

    def setData(self, index: Index, value: str, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        title = " ".join(value.split())
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or not title or title == row.title:
            return False
        self.renamed.emit(row.id, title)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        known = super().flags(index)
        editable = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
        return known | editable if index.isValid() else known

    def mimeTypes(self) -> list[str]:
        return [DRAGGED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        ids = ",".join(str(index.data(ID_ROLE)) for index in sorted(indexes))
        data.setData(DRAGGED, ids.encode())
        return data

    def rows_of(self, ids: Sequence[int]) -> list[Row]:
        """Those that are shown, in their order."""
        wanted = set(ids)
        return [row for row in self._rows if row.id in wanted]


def _title(row: Row) -> str:
    return row.title or QCoreApplication.translate("ConversationModel", "New chat")


def _spoken(row: Row) -> str | None:
    words = [row.heading, _title(row), row.hit]
    return ". ".join(filter(None, words)) if row.heading or row.hit else None


_PARTS: dict[int, Callable[[Row], Any]] = {
    Qt.ItemDataRole.DisplayRole: _title,
    Qt.ItemDataRole.ToolTipRole: _title,
    Qt.ItemDataRole.EditRole: attrgetter("title"),
    Qt.ItemDataRole.AccessibleTextRole: _spoken,
    ID_ROLE: attrgetter("id"),
    HIT_ROLE: attrgetter("hit"),
    MESSAGE_ROLE: attrgetter("message_id"),
    HEADING_ROLE: attrgetter("heading"),
}
