"""The program as a user has it: real processes, a real X server, real key strokes."""

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from app.ui.theme import Theme
from tests.end_to_end.desktop import NEEDED, opened, wait_for
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
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
pytestmark = NEEDED


@pytest.fixture
def desktop(tmp_path):
    with opened(tmp_path) as desktop:
        yield desktop


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
    assert program.wait(PATIENCE_S) == 0


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
    wait_for(lambda: any("word160" in m[2] for m in desktop.answers("streaming")), 60)
    children = psutil.Process(program.pid).children(recursive=True)
    began_at = desktop.answers("streaming")[0][3]

    produced = (time.time() - began_at) * WORDS_PER_SECOND
    program.kill()
    program.wait(PATIENCE_S)
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

    assert second.wait(PATIENCE_S) == 0
    assert first.poll() is None


def test_closing_while_an_answer_runs_keeps_it_and_leaves_no_process(desktop, scripted):
    program = desktop.start(*scripted)
    desktop.write("Tell me a story")
    wait_for(lambda: any("word9" in m[2] for m in desktop.answers("streaming")))
    children = psutil.Process(program.pid).children(recursive=True)

    program.terminate()

    assert program.wait(PATIENCE_S) == 0
    assert "word9" in desktop.answers("stopped")[0][2]
    assert not any(_is_alive(child) for child in children)


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
