"""Paints one conversation: its title, and under it the hit while searching."""

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.sidebar.conversation_model import ANSWERING_ROLE, HEADING_ROLE, HIT_ROLE, Group, Index
from app.ui.theme import Theme
from app.ui.widgets.elided_label import elided
from app.ui.widgets.line_field import LineField
from app.ui.widgets.marked_line import paint_marked

_INSET = 10


class ConversationDelegate(QStyledItemDelegate):
    """``query`` is what the found words in the second line are marked by."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.query = ""
        self.target: Group | None = None  # what is dragged would go to the rows of this group

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self.theme.size("row_with_hit" if self.query else "row")
        if index.model().row(index).heading:  # not by its role: thousands of rows are asked
            height += self.theme.size("row_heading")
        return QSize(0, height)

    def heading_height(self, index: Index) -> int:
        """How much of a row is the heading above it, which is not part of the conversation."""
        return self.theme.size("row_heading") if index.data(HEADING_ROLE) else 0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heading = self.heading_height(index)
        is_target = self.target is not None and index.model().row(index).group == self.target
        if heading:
            painter.setPen(self.theme.color("accent" if is_target else "muted"))
            self._paint_heading(painter, option.rect, heading, index.data(HEADING_ROLE))
            option.rect = option.rect.adjusted(0, heading, 0, 0)
        if is_target:
            option.state |= QStyle.StateFlag.State_MouseOver
        self._paint_ground(painter, option)
        area = option.rect.adjusted(_INSET, 0, -_INSET, 0)
        if index.data(ANSWERING_ROLE):
            area = self._paint_dot(painter, area)
        hit = index.data(HIT_ROLE) if self.query else ""
        title, below = QRect(area), QRect(area)
        if hit:  # both lines together in the middle
            title.setHeight(self.theme.size("secondary") * 3 // 2)
            below.setHeight(self.theme.size("caption") * 3 // 2)
            title.moveTop(area.center().y() - (title.height() + below.height()) // 2)
            below.moveTop(title.bottom() + 2)
            self._paint_hit(painter, below, hit)
        self._paint_title(painter, title, index.data())
        painter.restore()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> LineField:
        editor = LineField(parent=parent)
        editor.setAccessibleName(self.tr("New name of the chat"))
        editor.setMaxLength(200)
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(0, 1 + self.heading_height(index), 0, -1))

    def _paint_heading(self, painter: QPainter, area: QRect, height: int, heading: str) -> None:
        place = area.adjusted(_INSET, 0, -_INSET, -6)
        place.setHeight(height - 6)
        painter.setFont(self.theme.font("caption", is_strong=True))
        width = place.width()
        text = painter.fontMetrics().elidedText(heading, Qt.TextElideMode.ElideRight, width)
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state, radius = option.state, self.theme.size("radius")
        ring = self.theme.size("focus_ring")
        area = QRectF(option.rect).adjusted(ring / 2, 1, -ring / 2, -1)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self.theme.color("selected" if is_selected else "hover"))
            painter.drawRoundedRect(area, radius, radius)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), ring))
            painter.drawRoundedRect(area.adjusted(0, 0.5, 0, -0.5), radius, radius)

    def _paint_dot(self, painter: QPainter, area: QRect) -> QRect:
        """An answer is being written here: a dot at the end of the line."""
        size = self.theme.size("dot") - 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("accent"))
        painter.drawEllipse(
            QRectF(area.right() - size, area.center().y() - size / 2 + 0.5, size, size)
        )
        return area.adjusted(0, 0, -size - 8, 0)

    def _paint_title(self, painter: QPainter, area: QRect, title: str) -> None:
        painter.setFont(self.theme.font("secondary"))
        painter.setPen(self.theme.color("text"))
        text = elided(title, painter.fontMetrics(), area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_hit(self, painter: QPainter, area: QRect, hit: str) -> None:
        paint_marked(painter, area, hit, self.query, self.theme)
