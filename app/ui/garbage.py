"""Collects garbage on the GUI thread alone.

Python collects on whichever thread happens to allocate; a widget that is part of a cycle would be
destroyed there, and Qt ends the process when widgets are destroyed outside their thread.
"""

import gc

from PySide6.QtCore import QObject, QTimer

YOUNG_MS = 1_000
ALL_EVERY = 60  # of those


class GarbageCollection(QObject):
    """In force from its making until ``close``. What was there before is not looked at again."""

    def __init__(self) -> None:
        super().__init__()
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._count = 0
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNG_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def _on_timeout(self) -> None:
        self._count += 1
        gc.collect(2 if self._count % ALL_EVERY == 0 else 1)
