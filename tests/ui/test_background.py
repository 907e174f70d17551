import threading
import time
from functools import partial

import pytest
from PySide6.QtCore import QObject

from app.errors import AppError, ErrorKind
from app.ui.background import Background
from tests.patience import is_soon_enough

FULL = AppError(ErrorKind.DATABASE, "The disk is full", "Free some space.")


@pytest.fixture
def background(qapp):
    background = Background("test", threads=2)
    yield background
    background.close(2)


def test_the_work_leaves_the_gui_thread_and_the_result_comes_back_to_it(background, qtbot):
    threads = []

    background.run(
        lambda: threads.append(threading.current_thread()),
        lambda _: threads.append(threading.current_thread()),
        threads.append,
    )
    qtbot.waitUntil(lambda: len(threads) == 2)

    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_an_error_for_the_user_comes_back_as_a_value(background, qtbot):
    errors = []

    background.run(partial(_fail, FULL), pytest.fail, errors.append)
    qtbot.waitUntil(lambda: errors != [])

    assert errors == [FULL]


def test_a_mistake_of_ours_is_raised_on_the_gui_thread(background, qtbot):
    with qtbot.captureExceptions() as exceptions:
        background.run(partial(_fail, ZeroDivisionError()), pytest.fail, pytest.fail)
        qtbot.waitUntil(lambda: exceptions != [])

    assert exceptions[0][0] is ZeroDivisionError


def test_what_a_call_holds_ends_on_the_gui_thread(qtbot):
    ended, release = [], threading.Event()

    class Held(QObject):
        def __del__(self) -> None:
            ended.append(threading.current_thread())

        def do(self) -> None:
            release.wait(30)

        def take(self, _: object) -> None: ...

    def give(background: Background) -> None:
        held = Held()
        background.run(held.do, held.take, held.take)

    background = Background("test", threads=1)
    give(background)
    release.set()
    qtbot.waitUntil(lambda: ended != [])
    give(background)
    background.close(30)
    del background

    assert ended == [threading.main_thread()] * 2


def test_closing_waits_no_longer_than_the_deadline(qapp):
    def is_in_time():
        background, release = Background("test", threads=1), threading.Event()
        background.run(lambda: release.wait(30), pytest.fail, pytest.fail)
        began = time.monotonic()
        background.close(0.2)
        took_s = time.monotonic() - began
        release.set()
        return took_s < 2

    assert is_soon_enough(is_in_time)


def test_nothing_is_delivered_after_closing(qtbot):
    background, results = Background("test", threads=1), []
    background.run(lambda: 1, results.append, results.append)
    background.close(2)

    qtbot.wait(50)

    assert results == []


def _fail(error):
    raise error
