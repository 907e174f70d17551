"""The app's side of the socket: starts a worker, talks to it, and starts it again when it dies."""

import collections
import logging
import threading
import time
from collections.abc import Callable, Sequence

from app.engine.backends import Backends, TrialStopped
from app.engine.errors import (
    AppError,
    engine_died,
    engine_not_running,
    keeps_stopping,
)
from app.engine.launch import (
    SAFE_PATH_NOTICE,
    MachineChoices,
    WorkerSpec,
    cause_of_exit,
    spawn,
    stop,
    telling,
    with_backends,
    with_choice,
)
from app.engine.link import WorkerLink
from app.engine.protocol import (
    EngineCounters,
    Event,
    Failed,
    GenerateRequest,
    ModelInfo,
    PromptPart,
)
from app.engine.status import EngineState, EngineStatus, StatusBoard
from app.engine.wire import (
    CallResult,
    Cancel,
    CountPrompt,
    CountTokens,
    Embed,
    Loading,
    ReadCounters,
    Ready,
    ToWorker,
)

log = logging.getLogger(__name__)

MAX_RESTARTS = 3  # … within
RESTART_WINDOW_S = 60.0
PROBE_LIMIT_S = 600.0


class EngineClient:
    """One worker at a time, supervised by a thread of its own.

    A worker that dies is started again, at most 3 times within a minute; requests that were
    running fail with words for the user. Every method may be called from any thread.
    """

    def __init__(
        self, spec: WorkerSpec, choices: MachineChoices, backends: Backends | None = None
    ) -> None:
        self._spec = spec
        self._choices = choices
        self._backends = backends or Backends()
        self._lock = threading.RLock()
        self._turn = threading.RLock()  # one wish to open, restart or unload after the other
        self._board = StatusBoard()
        self._worker: WorkerLink | None = None
        self._deaths: collections.deque[float] = collections.deque(maxlen=MAX_RESTARTS + 1)
        self._is_closed = False
        self._is_ending = False  # somebody waits for the worker and its supervisor to end
        self._supervisor: threading.Thread | None = None
        self._last_words: collections.deque[str] = collections.deque(maxlen=200)

    @property
    def status(self) -> EngineStatus:
        return self._board.now

    @property
    def spec(self) -> WorkerSpec:
        """What is loaded, or will be when it starts."""
        return self._spec

    def subscribe(self, on_status: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Hear of every change, on a thread of the client. Returns the way to stop hearing."""
        return self._board.subscribe(on_status)

    def start(self) -> None:
        """Load the model in a new worker. Returns at once; does nothing when one is running."""
        with self._lock:
            if self._is_closed or (self._supervisor and self._supervisor.is_alive()):
                return
            self._board.change(EngineState.LOADING, model=None, load_fraction=None)
            self._supervisor = threading.Thread(
                target=self._supervise, name="engine-supervisor", daemon=True
            )
            self._supervisor.start()

    def restart(self) -> None:
        """Begin anew because the user asked: end the worker and forget earlier crashes.

        Blocks until the old worker is gone (at most about 5 s).
        """
        with self._turn:
            self.open(self._spec)

    def open(self, spec: WorkerSpec) -> None:
        """Load another model, or the same one with other options, for all who use this client.

        Blocks until the old worker is gone (at most about 5 s).
        """
        with self._turn:
            self._end_worker()
            with self._lock:
                self._spec = spec
                self._deaths.clear()
                self._board.forget()
            self.start()

    def unload(self) -> None:
        """End the worker and free its memory, until it is started again. Blocks as ``open``."""
        with self._turn:
            self._end_worker()
            with self._lock:
                self._deaths.clear()
                self._board.forget()
                self._board.change(EngineState.STOPPED)

    def close(self) -> None:
        """End the worker for good: ask, terminate, kill. Takes at most about 5 s."""
        with self._lock:
            self._is_closed = True
        self._end_worker()
        with self._lock:
            if self.status.state is not EngineState.STOPPED:
                self._board.change(EngineState.STOPPED, model=None)

    def wait_ready(self, timeout_s: float | None = None) -> ModelInfo:
        """The loaded model. Raises AppError when loading fails or takes longer than the limit."""
        return self._board.wait_ready(timeout_s)

    def submit(self, request: GenerateRequest, on_event: Callable[[Event], None]) -> None:
        """Start a request; its events come on a thread of the client, the last one ends it."""
        with self._lock:
            worker = self._worker
            if worker is not None and self.status.state is EngineState.READY:
                worker.submit(request, on_event)
                return
            error = self.status.error or engine_not_running()
        on_event(Failed(request.id, error))

    def cancel(self, request_id: str) -> None:
        """End a request within one step. Never blocks; unknown ids are ignored."""
        worker = self._worker
        if worker is not None:
            worker.send(Cancel(request_id))

    def count_tokens(self, text: str, timeout_s: float = 30) -> int:
        """Tokens of plain text; does not wait for running answers. Raises AppError."""
        value = self._call(lambda call_id: CountTokens(call_id, text), timeout_s)
        assert isinstance(value, int)
        return value

    def count_prompt(self, prompt: tuple[PromptPart, ...], timeout_s: float = 30) -> int:
        """Tokens of a whole prompt, as a request would have them. Raises AppError."""
        value = self._call(lambda call_id: CountPrompt(call_id, prompt), timeout_s)
        assert isinstance(value, int)
        return value

    def embed(self, texts: Sequence[str], timeout_s: float = 120) -> list[list[float]]:
        """One vector of length 1 per text; waits for running answers. Raises AppError."""
        value = self._call(lambda call_id: Embed(call_id, tuple(texts)), timeout_s)
        assert isinstance(value, tuple)
        return [list(vector) for vector in value]

    @property
    def lost_backends(self) -> tuple[str, ...]:
        """Names of the GPU backends that are not used because a trial of them crashed."""
        return tuple(one.name for one in self._backends.all() if one.state == "crashed")

    def try_backends_again(self) -> None:
        """Forget what trials found, and begin anew. Blocks as ``restart`` does."""
        with self._turn:
            self._backends.try_again()
            self.restart()

    def warn(self, sentence: str) -> None:
        """Show the user a sentence about the loaded model."""
        self._board.notice(sentence)

    def counters(self, timeout_s: float = 5) -> EngineCounters:
        """What the worker has done; waits for at most one step of it. Raises AppError."""
        value = self._call(ReadCounters, timeout_s)
        assert isinstance(value, EngineCounters)
        return value

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, for tests and reports."""
        worker = self._worker
        return worker.process.pid if worker else None

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines that the engine logged: library messages, never prompts."""
        return tuple(self._last_words)

    def _call(self, make: Callable[[int], ToWorker], timeout_s: float) -> CallResult:
        worker = self._worker
        if worker is None or self.status.state is not EngineState.READY:
            raise self.status.error or engine_not_running()
        value = worker.call(make, timeout_s)
        if isinstance(value, AppError):
            raise value
        return value

    def _end_worker(self) -> None:
        with self._lock:
            self._is_ending = True
            worker, supervisor = self._worker, self._supervisor
            if worker is not None:
                worker.is_wanted = False
        self._backends.stop_trial()
        if worker is not None:
            stop(worker.process)
        if supervisor is not None and supervisor is not threading.current_thread():
            supervisor.join(5)
        with self._lock:
            self._is_ending = False
            self._supervisor = None

    def _supervise(self) -> None:
        """Run workers until one ends on purpose, cannot load, or dies too often."""
        while self._run_worker():
            pass

    def _run_worker(self) -> bool:
        """Run one worker to its end. True if another one should follow."""
        try:
            spec = self._probed()
            worker = self._begin(spec, self._on_message)
        except TrialStopped:
            return False
        except OSError as error:
            self._fail(engine_died(f"It cannot be started: {error.strerror}."))
            return False
        worker.serve()
        return self._after(worker, spec)

    def _begin(
        self, spec: WorkerSpec, on_message: Callable[[object], None], *, is_probe: bool = False
    ) -> WorkerLink:
        """Start a worker, so that close() can end it. Raises TrialStopped if nobody wants it."""
        with self._lock:
            if self._is_closed or self._is_ending:
                raise TrialStopped
            process = spawn(spec, is_probe=is_probe)
            self._last_words.clear()  # why the one before it ended was told
            worker = self._worker = WorkerLink(process, on_message, self._last_words)
        return worker

    def _after(self, worker: WorkerLink, spec: WorkerSpec) -> bool:
        """Tell everybody that the worker is gone, and decide what follows."""
        code = worker.process.wait()
        with self._lock:
            self._worker = None
            was_loading = self.status.state is EngineState.LOADING
        if worker.load_error is not None:
            log.error(
                "%s; the engine said: %s", worker.load_error.title, " / ".join(self._last_words)
            )
            self._fail(worker.load_error)
            worker.fail_all(worker.load_error)
            return False
        if not worker.is_wanted:
            worker.fail_all(engine_not_running())
            self._board.change(EngineState.STOPPED, model=None)
            return False
        log.error("engine worker ended with code %s", code)
        is_fast = spec.options.use_extra_buffers and spec.needs_probe
        if was_loading and not self._give_up_backends(spec) and is_fast:
            self._choices.remember(spec, False)
        error = engine_died(cause_of_exit(code, last_words=telling(self._last_words)))
        may_restart = self._may_restart(error)
        # Only now, so that whoever hears of the failure finds a status that fits it.
        worker.fail_all(error)
        return may_restart

    def _may_restart(self, error: AppError) -> bool:
        now = time.monotonic()
        self._deaths.append(now)
        recent = [at for at in self._deaths if now - at < RESTART_WINDOW_S]
        with self._lock:
            crashes = self.status.crashes + 1
            if self._is_closed:
                return False
            if len(recent) > MAX_RESTARTS:
                self._board.change(
                    EngineState.FAILED,
                    error=keeps_stopping(error, MAX_RESTARTS),
                    crashes=crashes,
                    model=None,
                )
                return False
            self._board.change(EngineState.LOADING, error=error, crashes=crashes, model=None)
        return True

    def _probed(self) -> WorkerSpec:
        """The spec with the path that works here; tries the fast one in a child on first use."""
        spec, notice = self._backends.prepared(self._spec)
        if notice:
            self._board.change(EngineState.LOADING, notice=notice)
        if not spec.needs_probe or not spec.options.use_extra_buffers:
            return spec
        known = self._choices.use_extra_buffers(spec)
        if known is None:
            known = self._probe(spec)
            if not known and self._give_up_backends(spec):
                spec = with_backends(spec, ())
                known = self._probe(spec)
        return with_choice(spec, known)

    def _give_up_backends(self, spec: WorkerSpec) -> bool:
        """Go on without GPUs after a crash while loading; False where none were used."""
        if not spec.options.backends:
            return False
        self._board.change(
            EngineState.LOADING, notice=self._backends.give_up(spec.options.backends)
        )
        return True

    def _probe(self, spec: WorkerSpec) -> bool:
        worker = self._begin(spec, lambda _: None, is_probe=True)
        timer = threading.Timer(PROBE_LIMIT_S, worker.process.kill)
        timer.start()
        worker.serve()
        code = worker.process.wait()
        timer.cancel()
        with self._lock:
            self._worker = None
        if worker.load_error is not None or not worker.is_wanted or code >= 0:
            if code == 0:
                self._choices.remember(spec, True)
            return True  # the real load will say what is wrong
        log.warning("fast path died while probing: %s", cause_of_exit(code))
        self._choices.remember(spec, False)
        self._board.change(EngineState.LOADING, notice=SAFE_PATH_NOTICE)
        return False

    def _on_message(self, message: object) -> None:
        """Status messages of the worker, on its reader thread."""
        match message:
            case Loading(fraction):
                self._board.change(EngineState.LOADING, load_fraction=fraction)
            case Ready(model, memory_bytes):
                notice = self.status.notice or " ".join(model.notices) or None
                self._board.change(
                    EngineState.READY, model=model, memory_bytes=memory_bytes, notice=notice
                )

    def _fail(self, error: AppError) -> None:
        self._board.change(EngineState.FAILED, error=error, model=None)
