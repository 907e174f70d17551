"""A screen of its own for the program as a user has it: a real X server, real key strokes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.paths import Paths
from tests.patience import PATIENCE_S

DOORSTEP = Path(sys.executable).parent / "doorstep"
NEEDED = [
    pytest.mark.window,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed"),
    pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed"),
]
GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
application.primaryScreen().grabWindow(0).save(sys.argv[1])
"""


class Desktop:
    """A screen of its own, with the windows of one data folder on it."""

    def __init__(self, display, folder):
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.folder = folder
        self.paths = Paths.under(folder / "data")
        self.started = []

    def start(self, *options):
        """Open the window and give it the focus, which without a window manager nobody does."""
        process = self.start_only(*options)
        wait_for(lambda: self._has_window(process))
        self.focus("Doorstep")
        return process

    def start_only(self, *options):
        return self.run(DOORSTEP, "--data-dir", self.paths.data, *options)

    def run(self, *command):
        """Any program, with this screen."""
        self.started.append(subprocess.Popen(command, env=self.environment))
        return self.started[-1]

    def type(self, text):
        self._xdotool("type", "--delay", "8", text)

    def press(self, keys):
        self._xdotool("key", keys)

    def write(self, text):
        self.type(text)
        self.press("Return")

    def focus(self, name):
        """Give the keyboard to the window of this name, once it is there and takes it."""

        def is_given():
            self._xdotool("windowfocus", wait_for(lambda: self.windows(name))[-1])
            return self.has_focus(name)

        wait_for(is_given)

    def windows(self, name):
        """Those that are seen and called so."""
        return self._xdotool("search", "--onlyvisible", "--name", name).split()

    def click(self, x, y):
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def has_focus(self, name):
        return any(
            f"{window}\n" == self._xdotool("getwindowfocus") for window in self.windows(name)
        )

    def screenshot(self):
        path = self.folder / "screen.png"
        subprocess.run([sys.executable, "-c", GRAB, path], env=self.environment, check=True)
        return QImage(str(path))

    def messages(self):
        """Role, state, text and time of what is on disk, read without the program."""
        if not self.paths.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.paths.database}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT role, state, parts, created_at FROM messages ORDER BY id")
            return [(role, state, _text(parts), at) for role, state, parts, at in rows]

    def answers(self, *states):
        return [m for m in self.messages() if m[0] == "assistant" and m[1] in states]

    def _has_window(self, process):
        assert process.poll() is None, "the program ended instead of opening its window"
        return self.windows("Doorstep")

    def _xdotool(self, *arguments):
        return subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True
        ).stdout


@contextmanager
def opened(folder: Path, **settings: object) -> Iterator[Desktop]:
    """A desktop whose programs are ended with it."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    # Without -noreset it begins anew when the only program leaves, and refuses who comes just then.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", *screen]
    with subprocess.Popen(command, pass_fds=[writing]) as server:
        os.close(writing)
        with os.fdopen(reading) as numbers:
            desktop = Desktop(f":{numbers.readline().strip()}", folder)
        desktop.paths.create()
        usual = {"temperature": 0, "theme": "light", "is_welcomed": True}
        desktop.paths.settings.write_text(json.dumps(usual | settings))
        try:
            yield desktop
        finally:
            for process in desktop.started:
                process.terminate()
            for process in desktop.started:
                process.wait(PATIENCE_S)
            server.terminate()


def wait_for(condition, seconds=PATIENCE_S):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
    return found


def _text(parts):
    return "".join(part["text"] for part in json.loads(parts) if part["kind"] == "text")
