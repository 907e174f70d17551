"""Paints one document of the library: name, state below it, a bar while something is under way."""

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.documents.library_model import ROW_ROLE, DocumentRow
from app.ui.icons import icon
from app.ui.theme import Theme

_INSET, _GAP, _BAR = 12, 10, 3


class LibraryDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(0, self.theme.size("row_with_hit") + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row: DocumentRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        area = option.rect.adjusted(_INSET, 8, -_INSET, -8)
        area = self._paint_icon(painter, area, row)
        area = self._paint_badge(painter, area, row.badge)
        half = area.height() // 2
        first = QRect(area.left(), area.top(), area.width(), half)
        second = QRect(area.left(), area.top() + half, area.width(), area.height() - half)
        name, token = row.document.name, "danger" if row.is_failed else "muted"
        self._paint_line(painter, first, name, "secondary", "text")
        state = row.state.removeprefix(name).lstrip(":： ")  # errors begin with the name, too
        self._paint_line(painter, second, state, "caption", token)
        if row.fraction is not None:
            self._paint_bar(painter, option.rect, row.fraction)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        radius = self.theme.size("radius")
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        area = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self.theme.color("selected" if is_selected else "hover"))
            painter.drawRoundedRect(area, radius, radius)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), self.theme.size("focus_ring")))
            painter.drawRoundedRect(area, radius, radius)

    def _paint_icon(self, painter: QPainter, area: QRect, row: DocumentRow) -> QRect:
        size = self.theme.size("icon")
        name, token = ("error", "danger") if row.is_failed else ("documents", "muted")
        picture = icon(name, self.theme.color(token), size)
        place = QRect(area.left(), area.center().y() - size // 2, size, size)
        picture.paint(painter, place)
        return area.adjusted(size + _GAP, 0, 0, 0)

    def _paint_badge(self, painter: QPainter, area: QRect, badge: str) -> QRect:
        if not badge:
            return area
        painter.setFont(self.theme.font("caption", is_strong=True))
        width = painter.fontMetrics().horizontalAdvance(badge) + 16
        height = painter.fontMetrics().height() + 6
        place = QRect(area.right() - width, area.center().y() - height // 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("ok_soft"))
        painter.drawRoundedRect(place, height / 2, height / 2)
        painter.setPen(self.theme.color("ok"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, badge)
        return area.adjusted(0, 0, -width - _GAP, 0)

    def _paint_line(self, painter: QPainter, area: QRect, text: str, size: str, token: str) -> None:
        painter.setFont(self.theme.font(size))
        painter.setPen(self.theme.color(token))
        line = " ".join(text.split())
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_bar(self, painter: QPainter, area: QRect, fraction: float) -> None:
        track = QRectF(area.left() + _INSET, area.bottom() - 4, area.width() - 2 * _INSET, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("sunken"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        track.setWidth(track.width() * min(max(fraction, 0.0), 1.0))
        painter.setBrush(self.theme.color("accent"))
        painter.drawRoundedRect(track, 1.5, 1.5)
