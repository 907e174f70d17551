"""A short note at the foot of the window that may offer to undo, and leaves by itself."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton

STAY_MS = 10_000
_MARGIN = 16


class Toast(QFrame):
    """Floats over its parent. It stays while the pointer or the focus is on it."""

    undone = Signal(str)  # what was offered to be undone

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._undo = ""
        self._label = ElidedLabel("secondary")
        self.undo_button = QPushButton(self.tr("Undo"))
        self.undo_button.setProperty("kind", "plain")
        self.undo_button.clicked.connect(self._on_undo)
        self._close = IconButton("close", self.tr("Dismiss"))
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self.undo_button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAY_MS)
        self._timer.timeout.connect(self._on_timeout)
        parent.installEventFilter(self)
        self.hide()

    def show_text(self, text: str, *, undo: str = "") -> None:
        """``undo`` names what can be undone, for who listens; empty for nothing."""
        self._undo = undo
        self._label.setText(text)
        self.undo_button.setVisible(bool(undo))
        self.undo_button.setAccessibleName(self.tr("Undo: {what}").format(what=text))
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def set_theme(self, theme: Theme) -> None:
        self._close.set_theme(theme)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _on_undo(self) -> None:
        self.hide()
        self.undone.emit(self._undo)

    def _on_timeout(self) -> None:
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self._timer.start()
        else:
            self.hide()

    def _place(self) -> None:
        area = self.parentWidget().rect()
        width = min(self.sizeHint().width(), area.width() - 2 * _MARGIN)
        height = self.sizeHint().height()
        self.setGeometry(
            (area.width() - width) // 2, area.height() - height - _MARGIN, width, height
        )
