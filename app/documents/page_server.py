"""Pictures, boxes and characters of one PDF's pages, from a process that has the file open."""

import itertools
import json
import logging
import subprocess
import threading
import time
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.documents.child import cause_of_death, end_child, start_child
from app.documents.job import Job, Limits, encode_line
from app.documents.values import Box
from app.errors import AppError, document_unreadable

log = logging.getLogger(__name__)

ANSWER_S = 30.0
MAX_STARTS = 4  # … within
STARTS_WINDOW_S = 60.0
_MAX_LINE_BYTES = 64 << 20
_MAX_PICTURE_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as pixels of 4 bytes: blue, green, red, unused (``QImage.Format_RGB32``)."""

    width: int
    height: int
    stride: int  # bytes from one row to the next
    data: bytes
    scale: float  # pixels per point; smaller than asked for where the picture would be too large


@dataclass(slots=True)
class _Waiting:
    """A question without an answer yet; asked once more if the process dies over it."""

    request: dict[str, Any]
    future: "Future[Any]"
    tries: int = 1


class PageServer:
    """One per open PDF. Every method may be called from any thread and blocks for at most 30 s,
    except ``submit_picture``, which never does. Raises AppError naming the file.

    The process is started with the first question, again when it dies, and ends with ``close`` or
    with the app. Characters are counted as in ``Page.text``; points are those of the page as
    shown, from its top left corner.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        limits = Limits()
        self._job = Job("serve", str(path.absolute()), name or path.name, limits)
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._ids = itertools.count(1)
        self._starts: list[float] = []
        self._is_closed = False

    def page_sizes(self) -> list[tuple[float, float]]:
        """Width and height of every page in points, as shown."""
        return [(float(width), float(height)) for width, height in self._ask(ask="sizes")]

    def submit_picture(
        self, number: int, scale: float, *, is_urgent: bool = True
    ) -> "Future[Picture]":
        """Ask for a page's picture at ``scale`` pixels per point; never blocks.

        Cancel the future to withdraw the question. Its callbacks run on a thread of the server.
        """
        ask = "picture" if is_urgent else "thumbnail"
        return self._submit({"ask": ask, "page": number, "scale": scale})

    def picture(self, number: int, scale: float) -> Picture:
        found = self._result(self.submit_picture(number, scale))
        assert isinstance(found, Picture)
        return found

    def text(self, number: int) -> str:
        return str(self._ask(ask="text", page=number))

    def boxes(self, number: int, start: int, end: int) -> list[Box]:
        """Where characters ``start`` to ``end`` stand, one box per line."""
        found = self._ask(ask="boxes", page=number, start=start, end=end)
        return [Box(*(float(edge) for edge in edges)) for edges in found]

    def character_at(self, number: int, x: float, y: float) -> int | None:
        found = self._ask(ask="character", page=number, at=[x, y])
        return None if found is None else int(found)

    def selection(
        self, number: int, x0: float, y0: float, x1: float, y1: float
    ) -> tuple[int, int] | None:
        """Characters from one point to another in the order of the text."""
        found = self._ask(ask="selection", page=number, at=[x0, y0, x1, y1])
        return None if found is None else (int(found[0]), int(found[1]))

    def close(self) -> None:
        """End the process; questions without an answer are cancelled."""
        with self._lock:
            self._is_closed = True
            process, self._process = self._process, None
            waiting, self._waiting = list(self._waiting.values()), {}
        for question in waiting:
            if question.future.cancel():
                question.future.set_running_or_notify_cancel()  # wakes who waits for several
        if process is not None:
            end_child(process)

    @property
    def pid(self) -> int | None:
        """Process id, for tests and reports."""
        process = self._process
        return process.pid if process else None

    def _ask(self, **request: Any) -> Any:  # noqa: ANN401 - JSON, checked by each caller
        return self._result(self._submit(request))

    def _result(self, future: "Future[Any]") -> Any:  # noqa: ANN401
        try:
            return future.result(ANSWER_S)
        except TimeoutError as error:
            future.cancel()
            raise self._unreadable("It takes too long to open this page.") from error
        except CancelledError as error:
            raise self._unreadable("It has been closed.") from error

    def _submit(self, request: dict[str, Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        with self._lock:
            if self._is_closed:
                future.set_exception(self._unreadable("It has been closed."))
                return future
            identity = next(self._ids)
            self._waiting[identity] = _Waiting(request, future)
            try:
                self._send(identity, request)
            except AppError as error:
                del self._waiting[identity]
                future.set_exception(error)
                return future
        future.add_done_callback(lambda done: self._withdraw(identity, done))
        return future

    def _send(self, identity: int, request: dict[str, Any]) -> None:
        """Called with the lock held. A pipe that is broken is noticed by the reading thread."""
        process = self._process or self._start()
        assert process.stdin is not None
        with suppress(OSError, ValueError):
            process.stdin.write(encode_line({"id": identity, **request}))
            process.stdin.flush()

    def _start(self) -> subprocess.Popen[bytes]:
        now = time.monotonic()
        self._starts = [start for start in self._starts if now - start < STARTS_WINDOW_S]
        if len(self._starts) >= MAX_STARTS:
            raise self._unreadable("Showing it failed several times. Open it again later.")
        self._starts.append(now)
        try:
            process = start_child(self._job)
        except OSError as error:
            raise self._unreadable(f"It could not be opened ({error.strerror}).") from error
        self._process = process
        threading.Thread(
            target=self._listen, args=(process,), name="page-server", daemon=True
        ).start()
        return process

    def _withdraw(self, identity: int, future: "Future[Any]") -> None:
        if not future.cancelled():
            return
        with self._lock:
            if self._waiting.pop(identity, None) is not None and self._process is not None:
                self._send(identity, {"ask": "cancel"})

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Runs on a thread of its own until the process ends."""
        cause = ""
        try:
            while not cause:
                cause = self._read_answer(process)
        except (OSError, ValueError, KeyError, TypeError):  # closed here, or nonsense from there
            cause = ""
        with self._lock:
            is_ours, is_closed = self._process is process, self._is_closed
            if is_ours:
                self._process = None
        end_child(process)
        if is_ours and not is_closed:
            cause_of_end = "" if cause == _GONE else cause
            self._ask_again(cause_of_end, cause_of_death(process.returncode))

    def _read_answer(self, process: subprocess.Popen[bytes]) -> str:
        """Take in one answer. Returns why there will be no more, else ""."""
        assert process.stdout is not None
        line = process.stdout.readline(_MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            return _GONE
        untrusted: dict[str, Any] = json.loads(line)
        if "id" not in untrusted:
            return str(untrusted["error"])
        size = int(untrusted["bytes"])
        if not 0 <= size <= _MAX_PICTURE_BYTES:
            return _GONE
        body = process.stdout.read(size) if size else b""
        if len(body) < size:
            return _GONE
        with self._lock:
            question = self._waiting.pop(int(untrusted["id"]), None)
        if question is not None and question.future.set_running_or_notify_cancel():
            self._settle(question.future, untrusted, body)
        return ""

    def _settle(self, future: "Future[Any]", untrusted: dict[str, Any], body: bytes) -> None:
        if "error" in untrusted:
            future.set_exception(self._unreadable(str(untrusted["error"])))
        elif "width" in untrusted:
            width, height, stride = (int(untrusted[key]) for key in ("width", "height", "stride"))
            future.set_result(Picture(width, height, stride, body, float(untrusted["scale"])))
        else:
            future.set_result(untrusted["value"])

    def _ask_again(self, error: str, death: str) -> None:
        """The process is gone: ask a new one what was not answered, each question once more."""
        if not error:
            log.warning("a page server ended: %s", death)
        with self._lock:
            for identity, question in list(self._waiting.items()):
                question.tries += 1
                try:
                    if error or question.tries > 2:
                        raise self._unreadable(error or death)
                    self._send(identity, question.request)
                except AppError as failure:
                    del self._waiting[identity]
                    if question.future.set_running_or_notify_cancel():
                        question.future.set_exception(failure)

    def _unreadable(self, cause: str) -> AppError:
        return document_unreadable(self._job.name, cause)


_GONE = "gone"
