"""Windows: RegisterHotKey, whose presses come as messages of this thread."""

import ctypes
from ctypes import wintypes

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QKeyCombination, QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.ui.global_keys.desktop import Grip
from app.ui.global_keys.key_codes import windows_key, windows_modifiers

_ID = 1
_WM_HOTKEY = 0x0312
_NO_REPEAT = 0x4000
_SHIFT = 0x4


class WindowsDesktop(QObject):
    """A press gives this program the right to come to the front."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._user32 = user32 = ctypes.WinDLL("user32")
        user32.RegisterHotKey.argtypes = (
            *(wintypes.HWND, ctypes.c_int),
            *(wintypes.UINT, wintypes.UINT),
        )
        user32.UnregisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int)
        user32.VkKeyScanW.argtypes, user32.VkKeyScanW.restype = (wintypes.WCHAR,), ctypes.c_short
        user32.GetForegroundWindow.restype = wintypes.HWND
        user32.SetForegroundWindow.argtypes = (wintypes.HWND,)
        self._is_held = False
        self._front: int | None = None
        self._filter = _Filter(self)

    def hold(self, keys: QKeyCombination) -> Grip:
        self.release()
        modifiers, key = windows_modifiers(keys.keyboardModifiers()), windows_key(keys.key())
        if key is None:
            key, needed = self._of_layout(keys.key().value)
            modifiers |= needed
        if key is None:
            return Grip.UNFIT
        if not self._user32.RegisterHotKey(None, _ID, modifiers | _NO_REPEAT, key):
            return Grip.TAKEN
        self._is_held = True
        QGuiApplication.instance().installNativeEventFilter(self._filter)
        return Grip.HELD

    def release(self) -> None:
        QGuiApplication.instance().removeNativeEventFilter(self._filter)
        if self._is_held:
            self._user32.UnregisterHotKey(None, _ID)
        self._is_held = False

    def note_front(self) -> None:
        self._front = self._user32.GetForegroundWindow()

    def give_front_back(self) -> None:
        if self._front:
            self._user32.SetForegroundWindow(self._front)

    def take(self, message: int) -> None:
        """The message at this address."""
        found = wintypes.MSG.from_address(message)
        if found.message == _WM_HOTKEY and found.wParam == _ID:
            self.pressed.emit()

    def _of_layout(self, character: int) -> tuple[int | None, int]:
        """The virtual key that writes it, and whether with Shift."""
        if not 0x20 < character < 0x100:
            return None, 0
        found = self._user32.VkKeyScanW(chr(character).lower())
        if found == -1:
            return None, 0
        return found & 0xFF, _SHIFT if found >> 8 & 1 else 0


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, desktop: WindowsDesktop) -> None:
        super().__init__()
        self._desktop = desktop

    def nativeEventFilter(self, kind: QByteArray, message: int) -> tuple[bool, int]:
        self._desktop.take(int(message))
        return False, 0
