"""A list of things with a name, a line about each, and a word on the right that judges it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.widgets.chip import Tone

ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class FactRow:
    """``key`` says which one it is, to who made the rows."""

    key: str
    name: str
    caption: str
    verdict: str = ""
    tone: Tone = "muted"
    is_strong: bool = False


class FactRows(QAbstractListModel):
    """Rows in the order in which they are given."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[FactRow] = []

    def show_rows(self, rows: Sequence[FactRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def show_row(self, row: FactRow) -> None:
        """In place of the one with the same key."""
        for number, found in enumerate(self.rows):
            if found.key == row.key and found != row:
                self.rows[number] = row
                index = self.index(number)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.name}\n{row.caption}\n{row.verdict}".strip()
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (row.name, row.caption, row.verdict) if part)
        return row if role == ROW_ROLE else None


class FactList(QListView):
    """As high as its rows; the page around it scrolls."""

    chosen = Signal(str)  # key

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("factList")
        self._rows = FactRows()
        self._delegate = _Delegate(theme)
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(self._on_current)

    def show_rows(self, rows: Sequence[FactRow], chosen: str) -> None:
        self._rows.show_rows(rows)
        self.select(chosen)
        self._fit()

    def show_row(self, row: FactRow) -> None:
        self._rows.show_row(row)

    def select(self, key: str) -> None:
        """Mark a row without announcing it."""
        self.selectionModel().blockSignals(True)
        keys = [row.key for row in self._rows.rows]
        self.setCurrentIndex(self._rows.index(keys.index(key) if key in keys else -1))
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self._fit()
        self.scheduleDelayedItemsLayout()

    def _fit(self) -> None:
        height = self._delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        self.setFixedHeight(max(1, self._rows.rowCount()) * height + 2)

    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.data(ROW_ROLE).key)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, _: QStyleOptionViewItem, __: QModelIndex) -> QSize:
        lines = self.theme.size("secondary") + self.theme.size("caption")
        return QSize(0, round(lines * 1.5) + 2 * self.theme.size("control_padding"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row: FactRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        area = QRectF(option.rect).adjusted(10, 2, -10, -2)
        width = self._paint_verdict(painter, area, row)
        left = area.adjusted(0, 0, -width - 12, 0)
        half = left.height() / 2
        upper = QRectF(left.x(), left.y(), left.width(), half)
        self._paint(painter, upper, row.name, "secondary", "text", is_strong=row.is_strong)
        lower = upper.translated(0, half)
        self._paint(painter, lower, row.caption, "caption", "muted")
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        area, radius = QRectF(option.rect).adjusted(1, 1, -1, -1), self.theme.size("radius")
        is_chosen = option.state & QStyle.StateFlag.State_Selected
        if is_chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("selected" if is_chosen else "hover"))
            painter.drawRoundedRect(area, radius, radius)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), self.theme.size("focus_ring")))
            painter.drawRoundedRect(area, radius, radius)

    def _paint_verdict(self, painter: QPainter, area: QRectF, row: FactRow) -> float:
        """On the right; returns how wide it is."""
        painter.setFont(self.theme.font("caption", is_strong=True))
        painter.setPen(self.theme.color(row.tone))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, row.verdict)
        return painter.fontMetrics().horizontalAdvance(row.verdict)

    def _paint(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        size: str,
        color: str,
        *,
        is_strong: bool = False,
    ) -> None:
        painter.setFont(self.theme.font(size, is_strong=is_strong))
        painter.setPen(self.theme.color(color))
        elide = Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(text, elide, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
