"""Which desktop this is, and what gives it a shortcut that works in every program."""

import os
import sys
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from app.ui.global_keys.desktop import Desktop


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
