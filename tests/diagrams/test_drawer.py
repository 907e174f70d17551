"""The process that draws: replaced when it dies, ended when it hangs, without files or network."""

import subprocess
import sys
import threading

import pytest

from app.diagrams.drawer import Drawer, can_draw
from app.diagrams.job import LONGEST, encode_job, kind_of
from app.documents.child import end_child, spawn

pytestmark = pytest.mark.skipif(not can_draw(), reason="the libraries are not made for this system")

_WAIT_S = 60.0
_ENCLOSED = """
from app.diagrams import child, mermaid
from app.diagrams.job import Drawing
import ctypes, os
def draw(job):
    libc = ctypes.CDLL(None, use_errno=True)
    sockets = libc.socket(2, 1, 0)
    try:
        os.system("true")
        started = "started"
    except PermissionError:
        started = "refused"
    return Drawing(f"{sockets} {started}".encode(), 1, 1)
mermaid.draw = draw
child.main()
"""


_HANGING = """
import re
from app.diagrams import child, mermaid
child.DRAW_S = 0.2
mermaid.draw = lambda job: re.match("(a+)+b", "a" * 60)
child.main()
"""


def _python(code: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=sys.platform != "win32",
    )


@pytest.fixture
def make_drawer():
    made = []

    def make(start=None, **kwargs):
        started = []

        def counted():
            started.append(start() if start else spawn("draw"))
            return started[-1]

        drawer = Drawer(lambda drawing: drawing, counted, **kwargs)
        made.append(started)
        return drawer, started

    yield make
    for started in made:
        for process in started:
            end_child(process)


def test_a_diagram_is_drawn_by_a_process_that_goes_on(make_drawer, make_job):
    drawer, started = make_drawer()

    first = drawer.draw(make_job()).result(_WAIT_S)
    second = drawer.draw(make_job("flowchart TD\n A --")).result(_WAIT_S)
    third = drawer.draw(make_job("flowchart TD\n A --> B")).result(_WAIT_S)

    assert first.png.startswith(b"\x89PNG")
    assert second is None
    assert third.png.startswith(b"\x89PNG")
    assert len(started) == 1


def test_a_process_that_dies_is_replaced(make_drawer, make_job):
    drawer, started = make_drawer()
    drawer.draw(make_job()).result(_WAIT_S)
    started[0].kill()
    started[0].wait()

    lost = drawer.draw(make_job()).result(_WAIT_S)
    found = drawer.draw(make_job()).result(_WAIT_S)

    assert lost is None
    assert found is not None
    assert len(started) == 2


def test_a_process_that_hangs_is_ended(make_drawer, make_job):
    hang = "import time; print('ready', flush=True); time.sleep(1000)"
    drawer, started = make_drawer(lambda: _python(hang), draw_s=0.5)

    assert drawer.draw(make_job()).result(_WAIT_S) is None
    assert started[0].poll() is not None


def test_a_process_that_hangs_ends_though_the_app_is_gone(make_job):
    process = _python(_HANGING)  # in code that lets no other thread of it run
    try:
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(encode_job(make_job()))
        process.stdin.flush()

        assert process.wait(_WAIT_S) == 1
    finally:
        end_child(process)


@pytest.mark.parametrize(
    "answer",
    [
        *("no answer", "99999999999 1 1", "-5 1 1", "9 1 1\\nshort", "x", "3 nan 1\\npng"),
        *("3 1 inf\\npng", "3 0 1\\npng", "3 1 -1\\npng"),
    ],
)
def test_an_answer_that_is_none_is_no_picture(answer, make_drawer, make_job):
    code = f"print('ready', flush=True); input(); print('{answer}', flush=True)"
    drawer, _ = make_drawer(lambda: _python(code))

    assert drawer.draw(make_job()).result(_WAIT_S) is None


def test_a_process_that_cannot_start_draws_nothing(make_drawer, make_job):
    drawer, _ = make_drawer(lambda: _python("raise SystemExit(3)"))

    assert drawer.draw(make_job()).result(_WAIT_S) is None


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is told to refuse on Linux only")
def test_the_process_has_no_network_and_starts_no_programs(make_drawer, make_job):
    drawer, _ = make_drawer(lambda: _python(_ENCLOSED))

    assert drawer.draw(make_job()).result(_WAIT_S).png == b"-1 refused"


def test_what_nobody_waits_for_is_not_drawn(make_drawer, make_job):
    held = threading.Event()
    drawer, _ = make_drawer(lambda: spawn("draw") if held.wait(_WAIT_S) else None)
    waiting = [drawer.draw(make_job()) for _ in range(3)]

    is_cancelled = waiting[2].cancel()
    held.set()

    assert waiting[0].result(_WAIT_S) is not None
    assert waiting[1].result(_WAIT_S) is not None
    assert is_cancelled


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("flowchart TD\nA", "flowchart"),
        ("%% a comment\n\nsequenceDiagram\n", "sequenceDiagram"),
        ('%%{init: {"theme": "dark"}}%%\nstateDiagram-v2\n', "stateDiagram-v2"),
        ("---\ntitle: T\n---\npie\n", "pie"),
        ("", ""),
    ],
)
def test_the_kind_is_the_first_word_that_says_something(source, kind):
    assert kind_of(source) == kind


def test_the_kind_is_looked_for_at_the_beginning_alone():
    """A comment that seems to begin a setting is followed to where the text ends."""
    assert kind_of("%%{\n" * (LONGEST // 4) + "pie\n") == ""
