"""X11: the keys are grabbed on the root window, and their presses found among Qt's events."""

import ctypes
from ctypes import c_uint8, c_uint16, c_uint32
from itertools import product

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QKeyCombination, QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.ui.global_keys.desktop import Grip
from app.ui.global_keys.key_codes import x11_keysym, x11_modifiers
from app.ui.global_keys.x11_server import ALT, CAPS_LOCK, CONTROL, META, SHIFT, X11Server

_KEY_PRESS = 2
_ASKED_FOR = SHIFT | CONTROL | ALT | META  # the others are locks, and layouts


class _KeyPress(ctypes.Structure):
    _fields_ = (
        ("response_type", c_uint8),
        ("code", c_uint8),
        ("sequence", c_uint16),
        ("time", c_uint32),
        ("root", c_uint32),
        ("window", c_uint32),
        ("child", c_uint32),
        ("places", c_uint16 * 4),
        ("state", c_uint16),
    )


class X11Desktop(QObject):
    """A lock that is on counts as a modifier to the server, so each key is grabbed four times."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        application = QGuiApplication.instance()
        self._server = X11Server(application.nativeInterface().connection())
        self._grabbed: list[tuple[int, int]] = []  # key, modifiers
        self._wanted: set[tuple[int, int]] = set()  # … without locks
        self._front: int | None = None
        self._filter = _Filter(self)

    def hold(self, keys: QKeyCombination) -> Grip:
        self.release()
        keysym = x11_keysym(keys.key())
        found = self._server.keycodes(keysym) if keysym is not None else []
        if not found:
            return Grip.UNFIT
        held = x11_modifiers(keys.keyboardModifiers())
        self._wanted = {(code, held | needed) for code, needed in found}
        locks = {0, CAPS_LOCK, self._server.num_lock(), CAPS_LOCK | self._server.num_lock()}
        for (code, modifiers), lock in product(self._wanted, locks):
            if not self._server.grab(code, modifiers | lock):
                self.release()
                return Grip.TAKEN
            self._grabbed.append((code, modifiers | lock))
        QGuiApplication.instance().installNativeEventFilter(self._filter)
        return Grip.HELD

    def release(self) -> None:
        QGuiApplication.instance().removeNativeEventFilter(self._filter)
        for code, modifiers in self._grabbed:
            self._server.ungrab(code, modifiers)
        self._grabbed, self._wanted = [], set()

    def note_front(self) -> None:
        self._front = self._server.focus()

    def give_front_back(self) -> None:
        if self._front is not None:
            self._server.set_focus(self._front)

    def take(self, event: int) -> None:
        """The event at this address; Qt has it next, and learns from it what time it is there."""
        response_type = c_uint8.from_address(event).value
        if response_type != _KEY_PRESS:
            return
        press = _KeyPress.from_address(event)
        is_ours = (press.code, press.state & _ASKED_FOR) in self._wanted
        if press.window == self._server.root and is_ours:
            self._server.release_keyboard(press.time)
            self.pressed.emit()


class _Filter(QAbstractNativeEventFilter):
    """Sees what the server sends to this program: its own windows' events, and the grabbed keys."""

    def __init__(self, desktop: X11Desktop) -> None:
        super().__init__()
        self._desktop = desktop

    def nativeEventFilter(self, kind: QByteArray, message: int) -> tuple[bool, int]:
        self._desktop.take(int(message))
        return False, 0
