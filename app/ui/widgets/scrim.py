"""Dims what lies below it, so that what lies over it is where the eye goes."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme


class Scrim(QWidget):
    """Hidden until it is needed; a click on it is reported."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = QColor(0, 0, 0, 80)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._color = theme.color("scrim")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._color)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class DialogScrim(Scrim):
    """Over a whole window, as long as a dialog keeps it from being used."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.WindowBlocked:
                self.setGeometry(self.parentWidget().rect())
                self.show()
                self.raise_()
            case QEvent.Type.WindowUnblocked:
                self.hide()
            case QEvent.Type.Resize:
                self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)
