"""The table below the columns: how fast each answered, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, Qt

from app.chat.turn import TurnFinished
from app.engine.protocol import DraftStats

_NONE = "–"  # an empty cell would look as if something were still to come


@dataclass(frozen=True, slots=True)
class Result:
    """One answer. ``finished`` is None while it is written, and where it failed."""

    name: str
    state: str = ""
    characters: int = 0
    first_token_s: float | None = None  # from the request to the first of its text
    finished: TurnFinished | None = None


class ResultModel(QAbstractTableModel):
    """A row for each answer, in the order of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self._results: list[Result] = []

    def show_results(self, results: Sequence[Result]) -> None:
        if len(results) != len(self._results):
            self.beginResetModel()
            self._results = list(results)
            self.endResetModel()
            return
        if list(results) == self._results:
            return
        self._results = list(results)
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._results)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_titles())

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        is_title = role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal
        return _titles()[section] if is_title else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        result = self._results[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return values_of(result)[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole:
                value = values_of(result)[index.column()]
                said = _tr("none") if value in ("", _NONE) else value
                return f"{result.name}, {_titles()[index.column()]}: {said}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
        return None


def values_of(result: Result) -> tuple[str, ...]:
    """In the order of the titles; empty for what is not known yet."""
    first = result.first_token_s
    seconds = "" if first is None else _tr("{seconds} s").format(seconds=f"{first:.2f}")
    characters = f"{result.characters:,}" if result.characters else ""
    finished = result.finished
    if finished is None:
        return (result.name, result.state, "", "", seconds, characters, "", "")
    usage = finished.usage
    speed = finished.timings.tokens_per_second(usage)
    return (
        result.name,
        result.state,
        f"{usage.completion_tokens:,}",
        f"{speed:.1f}" if speed > 0 else "",
        seconds,
        characters,
        _tr("{cached} of {total}").format(
            cached=f"{usage.cached_tokens:,}", total=f"{usage.prompt_tokens:,}"
        ),
        _drafts(finished.drafts),
    )


def _drafts(drafts: DraftStats | None) -> str:
    if drafts is None or not sum(drafts.drafted):
        return _NONE
    return _tr("{cached} of {total}").format(
        cached=f"{sum(drafts.accepted):,}", total=f"{sum(drafts.drafted):,}"
    )


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Words to the left, numbers to the right."""
    side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _titles() -> tuple[str, ...]:
    return (
        _tr("Column"),
        _tr("State"),
        _tr("Tokens"),
        _tr("tok/s"),
        _tr("First token"),
        _tr("Characters"),
        _tr("Cached"),
        _tr("Drafts accepted"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Compare", text)
