"""macOS: Carbon's hot keys, which need no permission to watch the keyboard."""

import ctypes
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int32, c_long, c_uint32, c_ulong, c_void_p

from PySide6.QtCore import QKeyCombination, QObject, Signal

from app.ui.global_keys.desktop import Grip
from app.ui.global_keys.key_codes import mac_key, mac_modifiers

_CARBON = "/System/Library/Frameworks/Carbon.framework/Carbon"
_OBJECTIVE_C = "/usr/lib/libobjc.A.dylib"
_KEYBOARD = int.from_bytes(b"keyb")  # kEventClassKeyboard
_HOT_KEY_PRESSED = 5  # kEventHotKeyPressed
_SIGNATURE = int.from_bytes(b"Door")
_IGNORING_OTHER_APPS = 2  # NSApplicationActivateIgnoringOtherApps
_Handler = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)


class _EventType(ctypes.Structure):
    _fields_ = (("event_class", c_uint32), ("kind", c_uint32))


class _HotKeyId(ctypes.Structure):
    _fields_ = (("signature", c_uint32), ("id", c_uint32))


class MacDesktop(QObject):
    """One handler for as long as this lives; one hot key at a time."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._carbon = carbon = ctypes.CDLL(_CARBON)
        carbon.GetApplicationEventTarget.restype = c_void_p
        carbon.InstallEventHandler.argtypes = (
            *(c_void_p, _Handler, c_ulong, POINTER(_EventType)),
            *(c_void_p, c_void_p),
        )
        carbon.RegisterEventHotKey.argtypes = (
            *(c_uint32, c_uint32, _HotKeyId),
            *(c_void_p, c_uint32, POINTER(c_void_p)),
        )
        carbon.UnregisterEventHotKey.argtypes = (c_void_p,)
        self._target = carbon.GetApplicationEventTarget()
        self._handler = _Handler(self._on_hot_key)  # kept: Carbon does not
        kind = _EventType(_KEYBOARD, _HOT_KEY_PRESSED)
        carbon.InstallEventHandler(self._target, self._handler, 1, byref(kind), None, None)
        self._hot_key = c_void_p()
        self._front = _Front()

    def hold(self, keys: QKeyCombination) -> Grip:
        self.release()
        key = mac_key(keys.key())
        if key is None:
            return Grip.UNFIT
        status = self._carbon.RegisterEventHotKey(
            key,
            mac_modifiers(keys.keyboardModifiers()),
            _HotKeyId(_SIGNATURE, 1),
            self._target,
            0,
            byref(self._hot_key),
        )
        return Grip.TAKEN if status else Grip.HELD

    def release(self) -> None:
        if self._hot_key:
            self._carbon.UnregisterEventHotKey(self._hot_key)
        self._hot_key = c_void_p()

    def note_front(self) -> None:
        self._front.note()

    def give_front_back(self) -> None:
        self._front.give_back()

    def _on_hot_key(self, call: int, event: int, data: int) -> int:
        self.pressed.emit()
        return 0


class _Front:
    """The program that was active, by NSWorkspace."""

    def __init__(self) -> None:
        runtime = ctypes.CDLL(_OBJECTIVE_C)
        runtime.objc_getClass.restype, runtime.objc_getClass.argtypes = c_void_p, (c_char_p,)
        runtime.sel_registerName.restype = c_void_p
        runtime.sel_registerName.argtypes = (c_char_p,)
        address = ctypes.cast(runtime.objc_msgSend, c_void_p).value
        self._runtime = runtime
        self._send = CFUNCTYPE(c_void_p, c_void_p, c_void_p)(address)
        self._send_number = CFUNCTYPE(c_long, c_void_p, c_void_p, c_ulong)(address)
        self._program: int | None = None

    def note(self) -> None:
        workspace = self._send(
            self._runtime.objc_getClass(b"NSWorkspace"), self._selector("sharedWorkspace")
        )
        self._let_go()
        found = self._send(workspace, self._selector("frontmostApplication"))
        self._program = self._send(found, self._selector("retain")) if found else None

    def give_back(self) -> None:
        if self._program:
            this = self._send(
                self._runtime.objc_getClass(b"NSApplication"), self._selector("sharedApplication")
            )
            give = self._selector("yieldActivationToApplication:")  # from macOS 14 on it must be
            if self._send_number(this, self._selector("respondsToSelector:"), give) & 0xFF:
                self._send_number(this, give, self._program)
            activate = self._selector("activateWithOptions:")
            self._send_number(self._program, activate, _IGNORING_OTHER_APPS)
        self._let_go()

    def _let_go(self) -> None:
        if self._program:
            self._send(self._program, self._selector("release"))
        self._program = None

    def _selector(self, name: str) -> int:
        return self._runtime.sel_registerName(name.encode())
