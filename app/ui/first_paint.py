"""Tells when a window has been painted: what nobody sees can begin then."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

LIMIT_MS = 1_000


class FirstPaint(QObject):
    """Watches a window from before it is shown. ``came`` is emitted once."""

    came = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            # A window that opens minimised or on a locked screen is not painted.
            self._timer.start(LIMIT_MS)
        elif event.type() == QEvent.Type.Paint:
            # Its children are painted after it, before the next event.
            self._timer.start(0)
        return False

    def _on_timeout(self) -> None:
        self._window.removeEventFilter(self)
        self.came.emit()
