"""One muted line, "Thinking… 12 s", that unfolds to what the model thought, or told a tool."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.chat import words
from app.ui.chat.quiet_button import paint_focus_ring
from app.ui.chat.rows import TOOL, Row
from app.ui.chat.style import Style
from app.ui.icons import icon

_ROOM = 10  # above and below the words together
_LEAST = 28
_GAP = 8


class ReasoningLine(QAbstractButton):
    """Shows a reasoning row; asks for what is behind it. Tools have a plug and a ground."""

    toggled_by_user = Signal(object)  # Row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._row: Row | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._on_clicked)

    def set_style(self, style: Style) -> None:
        self._style = style
        self.setFont(style.secondary)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        self._row = row
        self.setText(row.text)
        self.setAccessibleName(words.unfoldable(row.text, is_open=row.is_open))
        self.update()
        return self._line

    def sizeHint(self) -> QSize:
        return QSize(round(self._ground().right()) + 1, self._line)

    def hitButton(self, position: object) -> bool:
        return bool(position.x() < self.sizeHint().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None or self._row is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, radius = self._ground(), self._style.theme.size("radius")
        if self._is_tool:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._style.sunken)
            painter.drawRoundedRect(ground, radius, radius)
            self._paint_plug(painter)
        color = self._style.text if self.underMouse() else self._style.muted
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(color)
        text = QRectF(self._text_left, 0, self.width(), self._line)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        pen = painter.pen()
        pen.setWidthF(max(1.5, self._unit / 3))
        painter.setPen(pen)
        painter.drawPolyline(self._chevron())
        if self.hasFocus():
            paint_focus_ring(painter, ground, radius, self._style)
        painter.end()

    @property
    def _is_tool(self) -> bool:
        return self._row is not None and self._row.info == TOOL

    @property
    def _line(self) -> int:
        return max(_LEAST, self.fontMetrics().height() + _ROOM)

    @property
    def _unit(self) -> float:
        """Half of a chevron: it grows with the words beside it."""
        return max(4.0, self.fontMetrics().height() / 4)

    @property
    def _plug(self) -> int:
        return self._style.theme.size("icon_small") if self._style is not None else 0

    @property
    def _text_left(self) -> float:
        return _GAP + self._plug + _GAP - 2 if self._is_tool else 4 * self._unit

    def _ground(self) -> QRectF:
        """The plate of a tool; of thoughts, what the focus ring goes around."""
        end = self._text_left + self.fontMetrics().horizontalAdvance(self.text())
        if self._is_tool:
            return QRectF(0, 0, end + 2 * _GAP + 2 * self._unit, self._line)
        left = self._text_left - 5
        return QRectF(left, 2, end + 6 - left, self._line - 4)

    def _chevron(self) -> QPolygonF:
        """Before thoughts, after the name of a tool; points down where it is open."""
        unit, middle = self._unit, self._line / 2
        start = self._ground().right() - _GAP - 2 * unit if self._is_tool else 0.0
        if self._row is not None and self._row.is_open:
            turn = QPointF(start + unit + 1, middle + unit / 2)
            return QPolygonF([turn - QPointF(unit, unit), turn, turn + QPointF(unit, -unit)])
        turn = QPointF(start + 1.75 * unit, middle)
        return QPolygonF([turn - QPointF(unit, unit), turn, turn + QPointF(-unit, unit)])

    def _paint_plug(self, painter: QPainter) -> None:
        assert self._style is not None
        size = self._plug
        picture = icon("endpoint", self._style.muted, size)
        picture.paint(painter, _GAP, (self._line - size) // 2, size, size)

    def _on_clicked(self) -> None:
        if self._row is not None:
            self.toggled_by_user.emit(self._row)
