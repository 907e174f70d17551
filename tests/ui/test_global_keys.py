import ctypes
import importlib
from ctypes import wintypes
from functools import partial

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.settings import Settings
from app.ui.global_keys.desktop import Grip
from app.ui.global_keys.global_shortcut import GlobalShortcut
from app.ui.global_keys.key_codes import (
    first_of,
    mac_key,
    mac_modifiers,
    windows_key,
    windows_modifiers,
    x11_keysym,
    x11_modifiers,
)
from app.ui.global_keys.platforms import desktop_here
from app.ui.global_keys.windows import WindowsDesktop

KEYS = "Ctrl+Shift+Space"


class FakeDesktop(QObject):
    """The edge of the machine: what the system would be asked for."""

    pressed = Signal()

    def __init__(self, grip=Grip.HELD):
        super().__init__()
        self.grip = grip
        self.held = []
        self.front = "another program"
        self.given_back = None
        self._noted = None

    def hold(self, keys):
        self.held = [QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)]
        return self.grip

    def release(self):
        self.held = []

    def note_front(self):
        self._noted = self.front

    def give_front_back(self):
        self.given_back = self._noted


@pytest.fixture
def desktop(monkeypatch):
    """What the window finds in place of this machine's."""
    desktop = FakeDesktop()
    monkeypatch.setattr("app.ui.main_window.desktop_here", lambda: lambda: desktop)
    return desktop


def open_anywhere(open_rig, **settings):
    rig = open_rig(settings=Settings(language="en", quick_anywhere=True, **settings))
    rig.window.quick.begin()
    return rig


@pytest.mark.parametrize(
    ("keys", "virtual", "place", "keysym"),
    [
        ("Ctrl+Space", 0x20, 0x31, 0x20),
        ("Ctrl+A", 0x41, 0x00, 0x61),
        ("Ctrl+Z", 0x5A, 0x06, 0x7A),
        ("Ctrl+M", 0x4D, 0x2E, 0x6D),
        ("Ctrl+0", 0x30, 0x1D, 0x30),
        ("Ctrl+9", 0x39, 0x19, 0x39),
        ("Ctrl+F1", 0x70, 0x7A, 0xFFBE),
        ("Ctrl+F12", 0x7B, 0x6F, 0xFFC9),
        ("Ctrl+F20", 0x83, 0x5A, 0xFFD1),
        ("Ctrl+Home", 0x24, 0x73, 0xFF50),
        ("Ctrl+Del", 0x2E, 0x75, 0xFFFF),
        ("Ctrl+Left", 0x25, 0x7B, 0xFF51),
        ("Ctrl+`", None, 0x32, 0x60),
        ("Ctrl+/", None, 0x2C, 0x2F),
        ("Ctrl+Ö", None, None, 0xF6),
        ("Ctrl+Media Play", None, None, None),
    ],
)
def test_each_system_has_its_own_number_for_a_key(keys, virtual, place, keysym):
    key = QKeySequence(keys)[0].key()

    assert (windows_key(key), mac_key(key), x11_keysym(key)) == (virtual, place, keysym)


@pytest.mark.parametrize(
    ("keys", "windows", "mac", "x11"),
    [
        ("Ctrl+A", 0x2, 0x100, 0x4),
        ("Alt+A", 0x1, 0x800, 0x8),
        ("Meta+A", 0x8, 0x1000, 0x40),
        ("Ctrl+Shift+A", 0x6, 0x300, 0x5),
        ("Ctrl+Alt+Shift+Meta+A", 0xF, 0x1B00, 0x4D),
    ],
)
def test_each_system_has_its_own_numbers_for_modifiers(keys, windows, mac, x11):
    held = QKeySequence(keys)[0].keyboardModifiers()

    assert (windows_modifiers(held), mac_modifiers(held), x11_modifiers(held)) == (
        windows,
        mac,
        x11,
    )


@pytest.mark.parametrize("keys", ["", "A", "Shift+A", "Space", "F5"])
def test_keys_that_other_programs_write_with_are_never_held(keys):
    assert first_of(QKeySequence(keys)) is None


def test_no_desktop_gives_keys_to_a_window_that_nobody_sees(qapp):
    shortcut = GlobalShortcut(desktop_here())

    shortcut.hold(QKeySequence(KEYS))

    assert shortcut.grip is Grip.UNAVAILABLE


def test_an_x11_window_on_wayland_is_told_that_there_are_no_such_keys(qapp, monkeypatch):
    monkeypatch.setattr("PySide6.QtGui.QGuiApplication.platformName", lambda: "xcb")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    assert desktop_here() is None


def test_a_system_without_the_library_is_one_without_such_keys(qapp, caplog):
    def make():
        raise OSError("libxcb.so.1: cannot open shared object file")

    shortcut = GlobalShortcut(make)
    shortcut.hold(QKeySequence(KEYS))

    assert shortcut.grip is Grip.UNAVAILABLE
    assert "no keys outside the window" in caplog.text


def test_nothing_of_the_system_is_loaded_while_the_keys_are_not_wanted(open_rig, monkeypatch):
    made = []
    monkeypatch.setattr("app.ui.main_window.desktop_here", lambda: lambda: made.append(True))
    rig = open_rig()

    rig.window.quick.begin()

    assert made == []


def test_no_key_is_held_until_it_is_asked_for(open_rig, desktop):
    rig = open_rig()
    rig.window.quick.begin()

    assert desktop.held == []


def test_the_keys_of_the_quick_window_are_held_once_they_are_wanted(open_rig, desktop):
    rig = open_rig()
    rig.window.quick.begin()

    rig.window._preferences.keep(quick_anywhere=True)

    assert desktop.held == [KEYS]


def test_other_keys_are_held_instead_at_once(open_rig, desktop):
    rig = open_anywhere(open_rig)

    rig.window._preferences.keep(shortcuts={"quick": "Ctrl+Alt+Q"})

    assert desktop.held == ["Ctrl+Alt+Q"]


def test_without_keys_none_are_held(open_rig, desktop):
    rig = open_anywhere(open_rig)

    rig.window._preferences.keep(shortcuts={"quick": ""})

    assert desktop.held == []


def test_closing_the_window_gives_the_keys_back(open_rig, desktop):
    rig = open_anywhere(open_rig)

    rig.window.close()

    assert desktop.held == []


def test_the_keys_open_the_quick_window_while_the_main_one_is_hidden(open_rig, desktop):
    rig = open_anywhere(open_rig)
    rig.window.hide()

    desktop.pressed.emit()

    assert rig.window.quick.window.isVisible()
    assert not rig.window.isVisible()


def test_esc_gives_the_keyboard_back_to_the_program_that_had_it(open_rig, desktop):
    rig = open_anywhere(open_rig)
    desktop.pressed.emit()
    desktop.front = "Doorstep"
    desktop.pressed.emit()  # again, while the quick window is open

    rig.window.quick.window.close()

    assert desktop.given_back == "another program"


@pytest.mark.parametrize(
    ("grip", "said"),
    [
        (Grip.HELD, "opens it over whatever you work with"),
        (Grip.TAKEN, "Another program has Ctrl+Shift+Space"),
        (Grip.UNFIT, "will not do"),
    ],
)
def test_the_settings_say_what_became_of_the_keys(open_rig, desktop, grip, said):
    desktop.grip = grip
    rig = open_rig()
    rig.window.quick.begin()
    rig.window.navigation.show("settings")
    row = rig.window.navigation.page._quick.row

    row.control.click()

    assert said in row.note.text()


def test_the_settings_ask_for_keys_where_the_quick_window_has_none(open_rig, desktop):
    rig = open_anywhere(open_rig, shortcuts={"quick": ""})
    rig.window.navigation.show("settings")

    assert "keys below first" in rig.window.navigation.page._quick.row.note.text()


def test_the_switch_is_off_where_the_desktop_gives_no_keys(open_rig):
    rig = open_rig()
    rig.window.navigation.show("settings")
    row = rig.window.navigation.page._quick.row

    assert not row.control.isEnabled()
    assert row.note.text().startswith("Not available here")
    assert row.note.text().endswith("doorstep quick")


class FakeUser32:
    """The edge of the machine: Windows' functions, which take what they are told they take."""

    def __init__(self):
        self.is_taken = False
        self.registered = None
        self.front = 42
        functions = ("RegisterHotKey", "UnregisterHotKey", "VkKeyScanW")
        for name in (*functions, "GetForegroundWindow", "SetForegroundWindow"):
            setattr(self, name, partial(getattr(self, f"_{name}")))

    def _RegisterHotKey(self, window, number, modifiers, key):
        self.registered = None if self.is_taken else (modifiers, key)
        return not self.is_taken

    def _UnregisterHotKey(self, window, number):
        self.registered = None

    def _VkKeyScanW(self, character):
        return {"?": 0x1BF, "/": 0xBF}.get(character, -1)

    def _GetForegroundWindow(self):
        return self.front

    def _SetForegroundWindow(self, window):
        self.front = window


@pytest.fixture
def user32(monkeypatch, qapp):
    user32 = FakeUser32()
    monkeypatch.setattr("ctypes.WinDLL", lambda _: user32, raising=False)
    return user32


@pytest.mark.parametrize(
    ("keys", "registered"),
    [
        ("Ctrl+Shift+Space", (0x4006, 0x20)),
        ("Ctrl+/", (0x4002, 0xBF)),
        ("Ctrl+?", (0x4006, 0xBF)),
    ],
)
def test_windows_registers_the_keys_and_gives_them_back(user32, keys, registered):
    desktop = WindowsDesktop()

    grip = desktop.hold(QKeySequence(keys)[0])
    held = user32.registered
    desktop.release()

    assert (grip, held, user32.registered) == (Grip.HELD, registered, None)


def test_windows_says_that_another_program_has_the_keys(user32):
    user32.is_taken = True

    assert WindowsDesktop().hold(QKeySequence(KEYS)[0]) is Grip.TAKEN


def test_windows_has_no_key_for_some_characters(user32):
    assert WindowsDesktop().hold(QKeySequence("Ctrl+Ö")[0]) is Grip.UNFIT


@pytest.mark.parametrize(("number", "presses"), [(1, 1), (2, 0)])
def test_windows_tells_of_the_press_by_a_message(user32, number, presses):
    desktop = WindowsDesktop()
    told = []
    desktop.pressed.connect(lambda: told.append(True))

    desktop.take(ctypes.addressof(wintypes.MSG(message=0x0312, wParam=number)))

    assert len(told) == presses


def test_windows_gives_the_front_back(user32):
    desktop = WindowsDesktop()

    desktop.note_front()
    user32.front = 7
    desktop.give_front_back()

    assert user32.front == 42


def test_the_code_for_macos_can_be_read_anywhere():
    assert importlib.import_module("app.ui.global_keys.mac").MacDesktop
