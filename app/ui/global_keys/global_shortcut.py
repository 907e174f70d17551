"""One shortcut that works while any program is in front, where the desktop allows that."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.ui.global_keys.desktop import Desktop, Grip
from app.ui.global_keys.key_codes import first_of

log = logging.getLogger(__name__)


class GlobalShortcut(QObject):
    """The desktop is made when it is first needed; without one all is in vain, as ``grip`` says."""

    pressed = Signal()
    changed = Signal()  # the grip

    def __init__(self, make_desktop: Callable[[], Desktop] | None) -> None:
        super().__init__()
        self._make = make_desktop
        self._made: Desktop | None = None
        self._keys = QKeySequence()
        self.grip = Grip.NONE if make_desktop is not None else Grip.UNAVAILABLE

    def hold(self, keys: QKeySequence) -> None:
        """Hold these from now on, no others; an empty sequence gives all back."""
        desktop = self._desktop() if keys != self._keys else None
        if desktop is None:
            return
        self._keys = keys
        wanted = first_of(keys)
        if wanted is None:
            desktop.release()
            self._set(Grip.NONE if keys.isEmpty() else Grip.UNFIT)
        else:
            self._set(desktop.hold(wanted))

    def note_front(self) -> None:
        desktop = self._desktop()
        if desktop is not None:
            desktop.note_front()

    def give_front_back(self) -> None:
        if self._made is not None:
            self._made.give_front_back()

    def close(self) -> None:
        if self._made is not None:
            self._made.release()

    def _desktop(self) -> Desktop | None:
        if self._made is None and self._make is not None:
            try:
                self._made = self._make()
            except OSError as error:  # a library of the system is not where it should be
                log.warning("no keys outside the window: %s", error)
                self._make = None
                self._set(Grip.UNAVAILABLE)
            else:
                self._made.pressed.connect(self.pressed)
        return self._made

    def _set(self, grip: Grip) -> None:
        if grip in (Grip.TAKEN, Grip.UNFIT):
            log.warning("the keys of the quick window are not held: %s", grip.name.lower())
        self.grip = grip
        self.changed.emit()
