"""Has diagrams drawn in a process of its own, one after another, from a thread of its own."""

import atexit
import importlib.util
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import BinaryIO, Generic, TypeVar, cast

from app.diagrams.fonts import fonts_for, is_chinese
from app.diagrams.job import DiagramJob, Drawing, encode_job, read_drawing
from app.documents.child import end_child, kill_child, spawn

_START_S = 30.0
_DRAW_S = 10.0
_IDLE_S = 20.0  # then the process ends, and the thread

Made = TypeVar("Made")


@cache
def can_draw() -> bool:
    """Whether the libraries are there; they are not made for every system."""
    return all(importlib.util.find_spec(name) is not None for name in ("merman", "resvg_py"))


class Drawer(Generic[Made]):
    """``develop`` makes of a drawing what is wanted, in the drawer's thread."""

    def __init__(
        self,
        develop: Callable[[Drawing], Made],
        start: Callable[[], "subprocess.Popen[bytes]"] = lambda: spawn("draw"),
        draw_s: float = _DRAW_S,
    ) -> None:
        self._develop, self._start, self._draw_s = develop, start, draw_s
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[DiagramJob, Future[Made | None]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def draw(self, job: DiagramJob) -> "Future[Made | None]":
        """None for what could not be drawn. Any thread; a result that is cancelled costs nothing.

        The files of the fonts are found here: the job names the family of the interface alone.
        """
        result: Future[Made | None] = Future()
        with self._lock:
            self._jobs.put((job, result))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="diagrams", daemon=True)
                self._thread.start()
        return result

    def close(self) -> None:
        """End the process; what is being drawn is not."""
        child = self._child
        if child is not None:
            kill_child(child)

    def _run(self) -> None:
        while True:
            try:
                job, result = self._jobs.get(timeout=_IDLE_S)
            except queue.Empty:
                with self._lock:
                    if not self._jobs.empty():
                        continue
                    self._thread = None
                    child, self._child = self._child, None
                _end(child)  # not under the lock: the window's thread may be about to ask
                return
            if result.set_running_or_notify_cancel():
                result.set_result(self._made(job))

    def _made(self, job: DiagramJob) -> Made | None:
        fonts = fonts_for(job.family, is_chinese=is_chinese(job.source))
        job = replace(job, family=fonts.family, fonts=fonts.files)
        try:
            drawing = self._drawn(job)
        except (OSError, EOFError, ValueError):  # it could not be started, died or was killed
            child, self._child = self._child, None
            _end(child)
            return None
        return self._develop(drawing) if drawing is not None else None

    def _drawn(self, job: DiagramJob) -> Drawing | None:
        child = self._child
        if child is None:
            self._child = child = self._start()
            with _deadline(child, _START_S):
                if _output(child).readline(20) != b"ready\n":
                    raise EOFError
        with _deadline(child, self._draw_s):
            assert child.stdin is not None
            child.stdin.write(encode_job(job))
            child.stdin.flush()
            return read_drawing(_output(child))


def _end(child: "subprocess.Popen[bytes] | None") -> None:
    if child is not None:
        end_child(child)


@contextmanager
def _deadline(child: "subprocess.Popen[bytes]", seconds: float) -> Iterator[None]:
    """Kill the process if what is done here with it takes longer."""
    timer = threading.Timer(seconds, kill_child, (child,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _output(child: "subprocess.Popen[bytes]") -> BinaryIO:
    assert child.stdout is not None
    return cast(BinaryIO, child.stdout)
