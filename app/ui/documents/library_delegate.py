"""Paints one document of the library: name, state below it, a bar while something is under way.

What is wrong with a document is told whole, in as many lines as it takes.
"""

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.documents.library_model import ROW_ROLE, DocumentRow
from app.ui.icons import icon
from app.ui.theme import Theme

_INSET, _ABOVE, _GAP, _BAR = 12, 8, 10, 3


class LibraryDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        row: DocumentRow = index.data(ROW_ROLE)
        height = self.theme.size("row_with_hit") + 6
        if not row.is_failed or option.widget is None:
            return QSize(0, height)
        room = option.widget.viewport().width() - 2 * _INSET - self.theme.size("icon") - _GAP
        metrics = QFontMetrics(self.theme.font("caption"))
        flags = int(Qt.TextFlag.TextWordWrap)
        needed = metrics.boundingRect(QRect(0, 0, room, 0), flags, _said(row)).height()
        return QSize(0, height + max(0, needed - metrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row: DocumentRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        area = option.rect.adjusted(_INSET, _ABOVE, -_INSET, -_ABOVE)
        area = self._paint_icon(painter, area, row)
        area = self._paint_badge(painter, area, row.badge)
        half = (self.theme.size("row_with_hit") + 6) // 2 - _ABOVE
        first = QRect(area.left(), area.top(), area.width(), half)
        second = QRect(area.left(), area.top() + half, area.width(), area.height() - half)
        self._paint_line(painter, first, row.document.name, "secondary", "text")
        if row.is_failed:
            painter.setFont(self.theme.font("caption"))
            painter.setPen(self.theme.color("danger"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(second, int(flags), _said(row))
        else:
            self._paint_line(painter, second, row.state, "caption", "muted")
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


def _said(row: DocumentRow) -> str:
    """The state on one line; errors begin with the name of the document, too."""
    return " ".join(row.state.removeprefix(row.document.name).lstrip(":： ").split())
