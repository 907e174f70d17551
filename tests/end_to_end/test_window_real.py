"""The program as a user has it: real processes, a real X server, real key strokes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

from app.paths import Paths
from app.ui.theme import Theme

ROOT = Path(__file__).parent.parent.parent
DOORSTEP = Path(sys.executable).parent / "doorstep"
SCREENSHOT = ROOT / "docs" / "screenshots" / "first-answer.png"
QUESTION = "What is the capital of France? Answer in one sentence."
WORDS_PER_SECOND = 20
STORY = {
    "replies": [
        {
            "when": "story",
            "unless": "short",
            "text": " ".join(f"word{number}" for number in range(2000)),
            "tokens_per_second": WORDS_PER_SECOND,
        },
        {"text": "A short answer."},
    ]
}
GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
application.primaryScreen().grabWindow(0).save(sys.argv[1])
"""

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed"),
    pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed"),
]


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
        window = wait_for(lambda: self._window_of(process))
        self._xdotool("windowfocus", "--sync", window.split()[-1])
        return process

    def start_only(self, *options):
        command = [DOORSTEP, "--data-dir", self.paths.data, *options]
        self.started.append(subprocess.Popen(command, env=self.environment))
        return self.started[-1]

    def write(self, text):
        self._xdotool("type", "--delay", "8", text)
        self._xdotool("key", "Return")

    def click(self, x, y):
        self._xdotool("mousemove", str(x), str(y), "click", "1")

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

    def _window_of(self, process):
        assert process.poll() is None, "the program ended instead of opening its window"
        return self._xdotool("search", "--onlyvisible", "--name", "Doorstep")

    def _xdotool(self, *arguments):
        return subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True
        ).stdout


@pytest.fixture
def desktop(tmp_path):
    reading, writing = os.pipe()
    arguments = ["-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(["Xvfb", *arguments], pass_fds=[writing]) as server:
        os.close(writing)
        with os.fdopen(reading) as numbers:
            desktop = Desktop(f":{numbers.readline().strip()}", tmp_path)
        desktop.paths.create()
        settings = {"temperature": 0, "theme": "light", "is_welcomed": True}
        desktop.paths.settings.write_text(json.dumps(settings))
        yield desktop
        for process in desktop.started:
            process.terminate()
        for process in desktop.started:
            process.wait(15)
        server.terminate()


@pytest.fixture
def scripted(desktop):
    """The options that make the program tell a long story, slowly."""
    file = desktop.folder / "story.json"
    template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    file.write_text(json.dumps(STORY | {"name": "Storyteller", "chat_template": template}))
    return ("--engine", f"scripted:{file}")


def test_a_question_is_answered_by_the_starter_model(desktop):
    program = desktop.start("--model", "starter")

    desktop.write(QUESTION)
    wait_for(lambda: desktop.answers("complete"), 90)

    assert "Paris" in desktop.answers("complete")[0][2]
    image = _settled(desktop)
    assert _has(image, Theme.load("light").color("user"))
    if os.environ.get("DOORSTEP_SCREENSHOTS") or not SCREENSHOT.exists():
        SCREENSHOT.parent.mkdir(parents=True, exist_ok=True)
        image.save(str(SCREENSHOT))
    program.terminate()
    assert program.wait(15) == 0


def test_a_killed_engine_leaves_window_text_and_a_banner_whose_restart_works(desktop, scripted):
    program = desktop.start(*scripted)
    desktop.write("Tell me a story")
    wait_for(lambda: any("word9" in m[2] for m in desktop.answers("streaming")))

    _worker_of(program).kill()
    wait_for(lambda: desktop.answers("interrupted"))
    theme = Theme.load("light")
    wait_for(lambda: _has(desktop.screenshot(), theme.color("warn_soft")))
    image = _settled(desktop)
    desktop.click(*_button_in(image, theme.color("warn_soft"), theme.color("surface")))
    wait_for(lambda: not _has(desktop.screenshot(), theme.color("warn_soft")))
    desktop.click(640, 742)
    desktop.write("Something short")
    wait_for(lambda: desktop.answers("complete"))

    assert program.poll() is None
    assert "word9" in desktop.answers("interrupted")[0][2]
    assert desktop.answers("complete")[0][2] == "A short answer."


def test_what_was_shown_a_second_before_a_kill_is_there_at_the_next_start(desktop, scripted):
    program = desktop.start(*scripted)
    desktop.write("Tell me a story")
    wait_for(lambda: any("word80" in m[2] for m in desktop.answers("streaming")))
    children = psutil.Process(program.pid).children(recursive=True)
    began_at = desktop.answers("streaming")[0][3]

    produced = (time.time() - began_at) * WORDS_PER_SECOND
    program.kill()
    program.wait(15)
    wait_for(lambda: not any(_is_alive(child) for child in children))
    desktop.start(*scripted)
    wait_for(lambda: desktop.answers("interrupted"))

    stored = desktop.answers("interrupted")[0][2].split()
    assert stored == [f"word{number}" for number in range(len(stored))]
    # Everything up to one second before, less what the pace of a busy machine may lag.
    assert len(stored) >= 0.8 * (produced - WORDS_PER_SECOND)


def test_a_second_start_on_the_same_folder_hands_over_and_exits_with_0(desktop, scripted):
    first = desktop.start(*scripted)

    second = desktop.start_only(*scripted)

    assert second.wait(20) == 0
    assert first.poll() is None


def test_closing_while_an_answer_runs_keeps_it_and_leaves_no_process(desktop, scripted):
    program = desktop.start(*scripted)
    desktop.write("Tell me a story")
    wait_for(lambda: any("word9" in m[2] for m in desktop.answers("streaming")))
    children = psutil.Process(program.pid).children(recursive=True)

    program.terminate()

    assert program.wait(15) == 0
    assert "word9" in desktop.answers("stopped")[0][2]
    assert not any(_is_alive(child) for child in children)


def wait_for(condition, seconds=30.0):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
    return found


def _settled(desktop):
    """The screen once two looks at it are the same; the caret blinks, so not for ever."""
    before = desktop.screenshot()
    for _ in range(10):
        now = desktop.screenshot()
        if now == before:
            break
        before = now
    return before


def _has(image, color):
    """Whether a fair part of the screen has exactly this colour."""
    wanted = color.rgb()
    found = sum(
        image.pixel(x, y) == wanted
        for x in range(0, image.width(), 8)
        for y in range(0, image.height(), 8)
    )
    return found > 40


def _button_in(image, ground, face):
    """The middle of the light button that stands on a coloured banner."""
    banner = [
        (x, y)
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
        if image.pixel(x, y) == ground.rgb()
    ]
    left, right = min(x for x, _ in banner), max(x for x, _ in banner)
    top, bottom = min(y for _, y in banner) + 8, max(y for _, y in banner) - 8
    button = [
        (x, y)
        for x in range(left + 16, right - 16, 2)
        for y in range(top, bottom, 2)
        if image.pixel(x, y) == face.rgb()
    ]
    xs, ys = sorted(x for x, _ in button), sorted(y for _, y in button)
    return (xs[0] + xs[-1]) // 2, (ys[0] + ys[-1]) // 2


def _worker_of(program):
    children = psutil.Process(program.pid).children(recursive=True)
    return next(child for child in children if "worker" in child.cmdline())


def _is_alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _text(parts):
    return "".join(part["text"] for part in json.loads(parts) if part["kind"] == "text")
