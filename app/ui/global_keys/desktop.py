"""What the system does for a shortcut that works in every program."""

import os
import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QKeyCombination, SignalInstance
from PySide6.QtGui import QGuiApplication


class Grip(Enum):
    """What became of the keys that were asked for."""

    NONE = auto()  # none were
    HELD = auto()
    TAKEN = auto()  # another program has them
    UNFIT = auto()  # no key of this keyboard, or one that programs need to write with
    UNAVAILABLE = auto()  # this desktop keeps all keys to itself


class Desktop(Protocol):
    """GUI thread only. Never sees another key than the one it was asked for."""

    pressed: SignalInstance

    def hold(self, keys: QKeyCombination) -> Grip:
        """Have these keys in every program, instead of any held before."""

    def release(self) -> None: ...

    def note_front(self) -> None:
        """Remember which program has the keyboard now, …"""

    def give_front_back(self) -> None:
        """… and let it have the keyboard again, if it is still there."""


def desktop_here() -> Callable[[], Desktop] | None:
    """What makes that of the platform, when it is needed; None where programs get no such keys.

    On Wayland only the compositor sees the keys of other programs, so an X11 grab there is one
    in vain, though no error tells of it.
    """
    platform = QGuiApplication.platformName()
    if platform == "xcb" and "WAYLAND_DISPLAY" not in os.environ:
        return _x11
    if platform == "windows" and sys.platform == "win32":
        return _windows
    if platform == "cocoa" and sys.platform == "darwin":
        return _mac
    return None


def _x11() -> Desktop:
    from app.ui.global_keys.x11 import X11Desktop

    return X11Desktop()


def _windows() -> Desktop:
    from app.ui.global_keys.windows import WindowsDesktop

    return WindowsDesktop()


def _mac() -> Desktop:
    from app.ui.global_keys.mac import MacDesktop

    return MacDesktop()
