"""One worker process as the app sees it: its pipes, its requests, the calls waiting for it."""

import collections
import logging
import queue
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.engine.errors import AppError, ErrorKind, bad_request, engine_not_running
from app.engine.protocol import (
    Event,
    Failed,
    Finished,
    GenerateRequest,
    Piece,
    Progress,
)
from app.engine.wire import (
    Answer,
    CallResult,
    CountPrompt,
    CountTokens,
    Embed,
    LoadFailed,
    Submit,
    ToWorker,
    WireError,
    read_frame,
    write_frame,
)

log = logging.getLogger(__name__)


class WorkerLink:
    """One worker process: its pipes, the requests running in it, the calls waiting for it."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        on_message: Callable[[object], None],
        last_words: "collections.deque[str]",
    ) -> None:
        self.process = process
        self.is_wanted = True
        self.load_error: AppError | None = None
        self._on_message = on_message
        self._last_words = last_words
        self._lock = threading.Lock()
        self._running: dict[str, Callable[[Event], None]] = {}
        self._calls: dict[int, Future[CallResult]] = {}
        self._next_call = 0
        self._is_over = False
        self._outbox: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()

    def serve(self) -> None:
        """Read what the worker sends until it ends. Blocks."""
        threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for target, name in ((self._write, "engine-writer"), (self._listen, "engine-log"))
        ]
        for thread in threads:
            thread.start()
        assert self.process.stdout is not None
        try:
            while (message := read_frame(self.process.stdout)) is not None:
                self._dispatch(message)
        except WireError as error:
            log.error("unreadable frame from the worker: %s", error)
            self.process.kill()
        self._outbox.put(None)
        self.process.wait()
        for thread in threads:
            thread.join(2)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def send(self, message: ToWorker) -> None:
        self._outbox.put(message)

    def submit(self, request: GenerateRequest, on_event: Callable[[Event], None]) -> None:
        with self._lock:
            if not self._is_over:
                self._running[request.id] = on_event
                self._outbox.put(Submit(request))
                return
        on_event(Failed(request.id, engine_not_running()))

    def call(self, make: Callable[[int], ToWorker], timeout_s: float) -> CallResult:
        future: Future[CallResult] = Future()
        with self._lock:
            if self._is_over:
                raise engine_not_running()
            self._next_call += 1
            call_id = self._next_call
            self._calls[call_id] = future
        self._outbox.put(make(call_id))
        try:
            return future.result(timeout_s)
        except TimeoutError:
            raise _busy() from None
        finally:
            with self._lock:
                self._calls.pop(call_id, None)

    def fail_all(self, error: AppError) -> None:
        """The worker is gone: end every request and call with this error."""
        with self._lock:
            self._is_over = True
            running, self._running = self._running, {}
            calls, self._calls = self._calls, {}
        for request_id, on_event in running.items():
            on_event(Failed(request_id, error))
        for future in calls.values():
            future.set_exception(error)

    def _dispatch(self, message: object) -> None:
        match message:
            case Progress() | Piece():
                on_event = self._running.get(message.request_id)
                if on_event is not None:
                    on_event(message)
            case Finished() | Failed():
                with self._lock:
                    on_event = self._running.pop(message.request_id, None)
                if on_event is not None:
                    on_event(message)
            case Answer(call_id, value):
                with self._lock:
                    future = self._calls.get(call_id)
                if future is not None:
                    future.set_result(value)
            case LoadFailed(error):
                self.load_error = error
            case _:
                self._on_message(message)

    def _write(self) -> None:
        assert self.process.stdin is not None
        try:
            while (message := self._outbox.get()) is not None:
                try:
                    write_frame(self.process.stdin, message)
                except WireError:
                    self._refuse(message)
        except (OSError, ValueError):
            log.debug("worker went away while being written to")
        try:
            self.process.stdin.close()
        except OSError:
            log.debug("stdin of the worker was broken")

    def _refuse(self, message: ToWorker) -> None:
        """Larger than any frame: end what it began, with words."""
        error = bad_request("The text is larger than the engine can be given. Shorten it.")
        log.error("a message was too large for the worker")
        if isinstance(message, Submit):
            self._dispatch(Failed(message.request.id, error))
        elif isinstance(message, CountTokens | CountPrompt | Embed):
            self._dispatch(Answer(message.call_id, error))

    def _listen(self) -> None:
        """Keep the last lines that the engine printed, each cut to a sane length."""
        assert self.process.stderr is not None
        for untrusted_line in self.process.stderr:
            line = untrusted_line[:2000].decode("utf-8", "replace").rstrip()
            self._last_words.append(line)
            log.debug("engine: %s", line)


def _busy() -> AppError:
    return AppError(
        ErrorKind.ENGINE_BUSY, "The engine did not answer in time", "Try again in a moment."
    )
