"""What keys are called by Windows, macOS and X11, from Qt's names of them."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

_Key, _Modifier = Qt.Key, Qt.KeyboardModifier

# Virtual keys, macOS key codes and X11 keysyms of keys that write nothing.
_NAMED: dict[Qt.Key, tuple[int, int, int]] = {
    _Key.Key_Space: (0x20, 0x31, 0x20),
    _Key.Key_Tab: (0x09, 0x30, 0xFF09),
    _Key.Key_Backspace: (0x08, 0x33, 0xFF08),
    _Key.Key_Return: (0x0D, 0x24, 0xFF0D),
    _Key.Key_Enter: (0x0D, 0x4C, 0xFF8D),
    _Key.Key_Escape: (0x1B, 0x35, 0xFF1B),
    _Key.Key_Delete: (0x2E, 0x75, 0xFFFF),
    _Key.Key_Home: (0x24, 0x73, 0xFF50),
    _Key.Key_End: (0x23, 0x77, 0xFF57),
    _Key.Key_PageUp: (0x21, 0x74, 0xFF55),
    _Key.Key_PageDown: (0x22, 0x79, 0xFF56),
    _Key.Key_Left: (0x25, 0x7B, 0xFF51),
    _Key.Key_Up: (0x26, 0x7E, 0xFF52),
    _Key.Key_Right: (0x27, 0x7C, 0xFF53),
    _Key.Key_Down: (0x28, 0x7D, 0xFF54),
}
_WINDOWS_MODIFIERS = {
    _Modifier.AltModifier: 0x1,
    _Modifier.ControlModifier: 0x2,
    _Modifier.ShiftModifier: 0x4,
    _Modifier.MetaModifier: 0x8,
}
# Qt calls the command key Control and the control key Meta.
_MAC_MODIFIERS = {
    _Modifier.ControlModifier: 0x100,
    _Modifier.ShiftModifier: 0x200,
    _Modifier.AltModifier: 0x800,
    _Modifier.MetaModifier: 0x1000,
}
_X11_MODIFIERS = {
    _Modifier.ShiftModifier: 0x1,
    _Modifier.ControlModifier: 0x4,
    _Modifier.AltModifier: 0x8,  # Mod1
    _Modifier.MetaModifier: 0x40,  # Mod4
}
# By place on the keyboard, written with what an American one has there.
_MAC_PLACES = {
    character: code
    for start, row in (
        (0x00, "ASDFHGZXCV"),
        (0x0B, "BQWERYT123465=97-80]OU[IP"),
        (0x25, "LJ'K;\\,/NM."),
        (0x32, "`"),
    )
    for code, character in enumerate(row, start)
}
_MAC_FUNCTION_KEYS = (
    *(0x7A, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6D),
    *(0x67, 0x6F, 0x69, 0x6B, 0x71, 0x6A, 0x40, 0x4F, 0x50, 0x5A),
)


def first_of(keys: QKeySequence) -> QKeyCombination | None:
    """The keys to press, if there are any and every program can do without them.

    One that writes something, alone or with Shift, would be taken from whoever types it.
    """
    if keys.isEmpty():
        return None
    combination = keys[0]
    held = combination.keyboardModifiers()
    needed = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier
    return combination if held & needed else None


def windows_key(key: Qt.Key) -> int | None:
    """The virtual key; None where that depends on the layout."""
    if key in _NAMED:
        return _NAMED[key][0]
    if _Key.Key_A <= key <= _Key.Key_Z or _Key.Key_0 <= key <= _Key.Key_9:
        return key.value
    if _Key.Key_F1 <= key <= _Key.Key_F24:
        return 0x70 + key.value - _Key.Key_F1.value
    return None


def mac_key(key: Qt.Key) -> int | None:
    if key in _NAMED:
        return _NAMED[key][1]
    number = key.value - _Key.Key_F1.value
    if 0 <= number < len(_MAC_FUNCTION_KEYS):
        return _MAC_FUNCTION_KEYS[number]
    return _MAC_PLACES.get(chr(key.value)) if key.value < 0x7F else None


def x11_keysym(key: Qt.Key) -> int | None:
    if key in _NAMED:
        return _NAMED[key][2]
    if _Key.Key_F1 <= key <= _Key.Key_F35:
        return 0xFFBE + key.value - _Key.Key_F1.value
    if 0x20 < key.value < 0x7F or 0xA0 < key.value < 0x100:
        return ord(chr(key.value).lower())
    return None


def windows_modifiers(held: Qt.KeyboardModifier) -> int:
    return _mask(held, _WINDOWS_MODIFIERS)


def mac_modifiers(held: Qt.KeyboardModifier) -> int:
    return _mask(held, _MAC_MODIFIERS)


def x11_modifiers(held: Qt.KeyboardModifier) -> int:
    return _mask(held, _X11_MODIFIERS)


def _mask(held: Qt.KeyboardModifier, masks: dict[Qt.KeyboardModifier, int]) -> int:
    return sum(mask for modifier, mask in masks.items() if held & modifier)
