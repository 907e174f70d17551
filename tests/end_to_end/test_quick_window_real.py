"""The quick window's keys in a real X server, while another program has the keyboard."""

import json
import sys

import pytest

from tests.end_to_end.desktop import NEEDED, opened, wait_for
from tests.patience import PATIENCE_S

# A program with one field; what is written in it is in a file.
OTHER = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit

application = QApplication([])
field = QLineEdit()
field.setWindowTitle("Elsewhere")
field.textChanged.connect(lambda text: Path(sys.argv[1]).write_text(text))
field.show()
application.exec()
"""
# One that has the keys already.
GREEDY = """
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel
from app.ui.global_keys.platforms import desktop_here

application = QApplication([])
desktop = desktop_here()()
label = QLabel("…")
label.setWindowTitle(desktop.hold(QKeySequence("Ctrl+Shift+Space")[0]).name)
label.show()
application.exec()
"""
SCRIPT = {
    "name": "Brief",
    "chat_template": "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
    "replies": [{"text": "A short answer."}],
}

pytestmark = NEEDED


@pytest.fixture
def desktop(tmp_path):
    with opened(tmp_path, quick_anywhere=True, titles_by_model=False) as desktop:
        yield desktop


@pytest.fixture
def scripted(desktop):
    file = desktop.folder / "script.json"
    file.write_text(json.dumps(SCRIPT))
    return ("--engine", f"scripted:{file}")


@pytest.fixture
def written(desktop):
    """What the other program was written, which has the keyboard."""
    file = desktop.folder / "written"
    desktop.run(sys.executable, "-c", OTHER, str(file))

    def read():
        return file.read_text() if file.exists() else ""

    return read


def open_quick(desktop, keys="ctrl+shift+space"):
    """Doorstep takes the keys a moment after its window is seen."""

    def is_open():
        desktop.press(keys)
        return desktop.windows("Quick question")

    wait_for(is_open)
    wait_for(lambda: desktop.has_focus("Quick question"))


def test_a_question_is_asked_over_another_program_which_has_the_keyboard_again(
    desktop, scripted, written
):
    desktop.start(*scripted)
    desktop.focus("Elsewhere")
    desktop.type("before ")
    wait_for(lambda: written() == "before ")

    open_quick(desktop)
    desktop.write("What is the capital of France?")
    wait_for(lambda: desktop.answers("complete"))
    desktop.press("Escape")
    wait_for(lambda: desktop.has_focus("Elsewhere"))
    desktop.type("after")

    wait_for(lambda: written() == "before after")
    assert not desktop.windows("Quick question")
    assert desktop.answers("complete")[0][2] == "A short answer."


def test_locks_of_the_keyboard_do_not_hide_the_keys(desktop, scripted, written):
    desktop.start(*scripted)
    desktop.focus("Elsewhere")
    desktop.press("Num_Lock")
    desktop.press("Caps_Lock")

    open_quick(desktop)

    assert written() == ""


def test_ctrl_enter_goes_on_in_the_main_window(desktop, scripted, written):
    desktop.start(*scripted)
    desktop.focus("Elsewhere")

    open_quick(desktop)
    desktop.type("Where is Paris?")
    desktop.press("ctrl+Return")
    wait_for(lambda: desktop.answers("complete"))

    wait_for(lambda: not desktop.windows("Quick question"))
    wait_for(lambda: desktop.has_focus("Doorstep"))


def test_a_command_opens_the_quick_window_of_the_program_that_runs(desktop, scripted, written):
    desktop.start(*scripted)
    desktop.focus("Elsewhere")

    second = desktop.start_only("quick", *scripted)

    assert second.wait(PATIENCE_S) == 0
    wait_for(lambda: desktop.has_focus("Quick question"))


def test_the_command_starts_the_program_where_none_runs(desktop, scripted):
    desktop.start_only("quick", *scripted)

    wait_for(lambda: desktop.windows("Quick question"))
    assert desktop.windows("Doorstep")


def test_keys_that_another_program_has_do_not_end_doorstep(desktop, scripted):
    desktop.run(sys.executable, "-c", GREEDY)
    wait_for(lambda: desktop.windows("HELD"))

    program = desktop.start(*scripted)
    log = desktop.paths.logs / "doorstep.log"
    wait_for(lambda: log.exists() and "not held: taken" in log.read_text())
    desktop.write("What is the capital of France?")
    wait_for(lambda: desktop.answers("complete"))

    assert program.poll() is None
