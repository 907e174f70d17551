"""One shortcut that works while any program is in front, where the desktop allows that."""

import logging

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.ui.global_keys.desktop import Desktop, Grip
from app.ui.global_keys.key_codes import first_of

log = logging.getLogger(__name__)


class GlobalShortcut(QObject):
    """Without a ``desktop`` it can be asked for in vain; ``grip`` says so."""

    pressed = Signal()
    changed = Signal()  # the grip

    def __init__(self, desktop: Desktop | None) -> None:
        super().__init__()
        self._desktop = desktop
        self._keys = QKeySequence()
        self.grip = Grip.NONE if desktop is not None else Grip.UNAVAILABLE
        if desktop is not None:
            desktop.pressed.connect(self.pressed)

    def hold(self, keys: QKeySequence) -> None:
        """Hold these from now on, no others; an empty sequence gives all back."""
        if self._desktop is None or keys == self._keys:
            return
        self._keys = keys
        wanted = first_of(keys)
        if wanted is None:
            self._desktop.release()
            self._set(Grip.NONE if keys.isEmpty() else Grip.UNFIT)
        else:
            self._set(self._desktop.hold(wanted))

    def note_front(self) -> None:
        if self._desktop is not None:
            self._desktop.note_front()

    def give_front_back(self) -> None:
        if self._desktop is not None:
            self._desktop.give_front_back()

    def close(self) -> None:
        if self._desktop is not None:
            self._desktop.release()

    def _set(self, grip: Grip) -> None:
        if grip in (Grip.TAKEN, Grip.UNFIT):
            log.warning("the keys of the quick window are not held: %s", grip.name.lower())
        self.grip = grip
        self.changed.emit()
