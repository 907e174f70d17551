"""Paints one entry of the palette: heading above, title, detail and shortcut on one line."""

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.palette.entries import Entry
from app.ui.palette.entry_model import ENTRY_ROLE, HEADING_ROLE
from app.ui.theme import Theme
from app.ui.widgets.elided_label import elided
from app.ui.widgets.marked_line import paint_marked

_INSET = 12
_GAP = 12


class EntryDelegate(QStyledItemDelegate):
    """``query`` is what the found words are marked by."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.query = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(0, self.theme.size("row") + self._heading_height(index))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heading = self._heading_height(index)
        area = option.rect.adjusted(0, heading, 0, 0)
        if heading:
            self._paint_heading(painter, option.rect, heading, index.data(HEADING_ROLE))
        if option.state & QStyle.StateFlag.State_Selected:
            radius = self.theme.size("radius")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("selected"))
            painter.drawRoundedRect(QRectF(area).adjusted(0, 1, 0, -1), radius, radius)
        self._paint_entry(painter, area.adjusted(_INSET, 0, -_INSET, 0), index.data(ENTRY_ROLE))
        painter.restore()

    def _heading_height(self, index: QModelIndex) -> int:
        return self.theme.size("row_heading") if index.data(HEADING_ROLE) else 0

    def _paint_heading(self, painter: QPainter, area: QRect, height: int, heading: str) -> None:
        painter.setFont(self.theme.font("caption", is_strong=True))
        painter.setPen(self.theme.color("muted"))
        place = QRect(area.left() + _INSET, area.top(), area.width() - 2 * _INSET, height - 4)
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, heading)

    def _paint_entry(self, painter: QPainter, area: QRect, found: Entry) -> None:
        """All words stand on one line, whatever fonts their letters come from."""
        painter.setFont(self.theme.font("secondary"))
        metrics = painter.fontMetrics()
        base = area.top() + (area.height() + metrics.ascent() - metrics.descent()) // 2
        area = self._paint_shortcut(painter, area, base, found.shortcut)
        painter.setFont(self.theme.font("secondary"))
        painter.setPen(self.theme.color("text"))
        most = area.width() * 2 // 5 if found.detail else area.width()
        title = elided(found.title, metrics, most)
        painter.drawText(area.left(), base, title)
        if found.detail:
            place = area.adjusted(metrics.horizontalAdvance(title) + _GAP, 0, 0, 0)
            paint_marked(painter, place, found.detail, self.query, self.theme, base)

    def _paint_shortcut(self, painter: QPainter, area: QRect, base: int, shortcut: str) -> QRect:
        if not shortcut:
            return area
        painter.setFont(self.theme.font("caption"))
        painter.setPen(self.theme.color("muted"))
        width = painter.fontMetrics().horizontalAdvance(shortcut)
        painter.drawText(area.right() + 1 - width, base, shortcut)
        return area.adjusted(0, 0, -width - _GAP, 0)
