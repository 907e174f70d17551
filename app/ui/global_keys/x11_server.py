"""The few requests to an X server that a grabbed key needs, through Qt's own connection.

libxcb and libxcb-keysyms are what Qt's X11 platform stands on, so both are loaded already. Errors
are asked for one by one, so that none reaches Qt's log or ends the process.
"""

import ctypes
from ctypes import POINTER, c_int, c_uint, c_uint8, c_uint16, c_uint32, c_void_p
from itertools import takewhile
from typing import Any

SHIFT, CAPS_LOCK, CONTROL, ALT, META = 0x1, 0x2, 0x4, 0x8, 0x40
_NUM_LOCK_KEYSYM = 0xFF7F
_MODIFIERS = 8
_ASYNC = 1
_REVERT_TO_PARENT = 2
_NOW = 0
_NO_WINDOWS = (0, 1)  # None and PointerRoot


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("root", POINTER(c_uint32)), ("left", c_int), ("index", c_int))


class _Modifiers(ctypes.Structure):
    _fields_ = (("response_type", c_uint8), ("keycodes_per_modifier", c_uint8))


class _Focus(ctypes.Structure):
    _fields_ = (
        ("response_type", c_uint8),
        ("revert_to", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("window", c_uint32),
    )


_XCB: dict[str, tuple[Any, ...]] = {  # what it gives, then what it takes
    "get_setup": (c_void_p, c_void_p),
    "setup_roots_iterator": (_Screens, c_void_p),
    "flush": (c_int, c_void_p),
    "request_check": (c_void_p, c_void_p, _Cookie),
    "grab_key_checked": (
        *(_Cookie, c_void_p, c_uint8, c_uint32, c_uint16),
        *(c_uint8, c_uint8, c_uint8),
    ),
    "ungrab_key_checked": (_Cookie, c_void_p, c_uint8, c_uint32, c_uint16),
    "ungrab_keyboard": (_Cookie, c_void_p, c_uint32),
    "get_modifier_mapping": (_Cookie, c_void_p),
    "get_modifier_mapping_reply": (POINTER(_Modifiers), c_void_p, _Cookie, c_void_p),
    "get_modifier_mapping_keycodes": (POINTER(c_uint8), c_void_p),
    "get_input_focus": (_Cookie, c_void_p),
    "get_input_focus_reply": (POINTER(_Focus), c_void_p, _Cookie, c_void_p),
    "set_input_focus_checked": (_Cookie, c_void_p, c_uint8, c_uint32, c_uint32),
}
_KEY_SYMBOLS: dict[str, tuple[Any, ...]] = {
    "alloc": (c_void_p, c_void_p),
    "free": (None, c_void_p),
    "get_keycode": (POINTER(c_uint8), c_void_p, c_uint32),
    "get_keysym": (c_uint32, c_void_p, c_uint8, c_int),
}


class X11Server:
    """``connection`` is an ``xcb_connection_t`` that outlives this."""

    def __init__(self, connection: int) -> None:
        self._connection = connection
        self._xcb = _typed("libxcb.so.1", "xcb_", _XCB)
        self._symbols = _typed("libxcb-keysyms.so.1", "xcb_key_symbols_", _KEY_SYMBOLS)
        self._free = ctypes.CDLL(None).free
        self._free.restype, self._free.argtypes = None, (c_void_p,)
        screens = self._xcb["setup_roots_iterator"](self._xcb["get_setup"](connection))
        self.root = int(screens.root[0])

    def keycodes(self, keysym: int) -> list[tuple[int, int]]:
        """The keys that write it, each with the modifier that it needs to: Shift or none."""
        table = self._symbols["alloc"](self._connection)
        codes = self._symbols["get_keycode"](table, keysym)
        found = []
        for code in takewhile(bool, codes or ()):
            is_bare = self._symbols["get_keysym"](table, code, 0) == keysym
            is_shifted = self._symbols["get_keysym"](table, code, 1) == keysym
            found.append((code, SHIFT if is_shifted and not is_bare else 0))
        self._free(codes)
        self._symbols["free"](table)
        return found

    def num_lock(self) -> int:
        """The modifier that Num Lock is here; 0 where there is none."""
        codes = {code for code, _ in self.keycodes(_NUM_LOCK_KEYSYM)}
        asked = self._xcb["get_modifier_mapping"](self._connection)
        reply = self._xcb["get_modifier_mapping_reply"](self._connection, asked, None)
        if not reply:
            return 0
        each = reply.contents.keycodes_per_modifier
        mapped = self._xcb["get_modifier_mapping_keycodes"](reply)
        places = [place for place in range(_MODIFIERS * each) if mapped[place] in codes]
        self._free(reply)
        return 1 << (places[0] // each) if places else 0

    def grab(self, code: int, modifiers: int) -> bool:
        """False when another program has this key with these modifiers."""
        return self._succeeds("grab_key_checked", 0, self.root, modifiers, code, _ASYNC, _ASYNC)

    def ungrab(self, code: int, modifiers: int) -> None:
        self._succeeds("ungrab_key_checked", code, self.root, modifiers)

    def release_keyboard(self, time: int) -> None:
        """A key that was grabbed holds all others while it is down; no longer."""
        self._xcb["ungrab_keyboard"](self._connection, time)
        self._xcb["flush"](self._connection)

    def focus(self) -> int | None:
        """The window that the keyboard writes in."""
        asked = self._xcb["get_input_focus"](self._connection)
        reply = self._xcb["get_input_focus_reply"](self._connection, asked, None)
        if not reply:
            return None
        window = int(reply.contents.window)
        self._free(reply)
        return None if window in _NO_WINDOWS else window

    def set_focus(self, window: int) -> None:
        """Nothing happens when it has gone or cannot be seen."""
        self._succeeds("set_input_focus_checked", _REVERT_TO_PARENT, window, _NOW)

    def _succeeds(self, request: str, *values: int) -> bool:
        asked = self._xcb[request](self._connection, *values)
        error = self._xcb["request_check"](self._connection, asked)
        if error:
            self._free(error)
        return not error


def _typed(library: str, prefix: str, functions: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    loaded = ctypes.CDLL(library)
    typed = {}
    for name, (result, *arguments) in functions.items():
        typed[name] = getattr(loaded, prefix + name)
        typed[name].restype, typed[name].argtypes = result, arguments
    return typed
