"""One muted line, "Thinking… 12 s", that unfolds to what the model thought."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.chat.quiet_button import paint_focus_ring
from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_HEIGHT = 28
_CHEVRON = 16


class ReasoningLine(QAbstractButton):
    """Shows a reasoning row; asks for the thoughts to be folded or unfolded."""

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
        state = "unfolded" if row.is_open else "folded"
        self.setAccessibleName(f"{row.text}, {state}")
        self.update()
        return _HEIGHT

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + _CHEVRON + 8, _HEIGHT)

    def hitButton(self, position: object) -> bool:
        return bool(position.x() < self.sizeHint().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None or self._row is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._style.text if self.underMouse() else self._style.muted
        painter.setPen(color)
        middle = _HEIGHT / 2
        left = [QPointF(3, middle - 4), QPointF(7, middle), QPointF(3, middle + 4)]
        down = [QPointF(1, middle - 2), QPointF(5, middle + 2), QPointF(9, middle - 2)]
        pen = painter.pen()
        pen.setWidthF(1.5)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(down if self._row.is_open else left))
        text = QRectF(_CHEVRON, 0, self.width() - _CHEVRON, _HEIGHT)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            ring = QRectF(-4, 2, self.sizeHint().width() + 4, _HEIGHT - 4)
            paint_focus_ring(painter, ring, self._style.theme.size("radius"), self._style)
        painter.end()

    def _on_clicked(self) -> None:
        if self._row is not None:
            self.toggled_by_user.emit(self._row)
