"""The worker process: opens one engine, then steps it until the app goes away.

Frames come on stdin and leave on stdout. The end of stdin means that the app is gone, even when it
was killed, so the process ends at once. Whatever native code prints goes to stderr.
"""

import contextlib
import importlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from app.engine.errors import AppError, ErrorKind, engine_missing, out_of_memory
from app.engine.memory import resident_bytes
from app.engine.protocol import (
    Engine,
    EngineCounters,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    OpenEngine,
    Piece,
    Progress,
    PromptPart,
    SamplingParams,
)
from app.engine.wire import (
    Answer,
    CallResult,
    Cancel,
    CountPrompt,
    CountTokens,
    Embed,
    FromWorker,
    Load,
    LoadFailed,
    Loading,
    ReadCounters,
    Ready,
    Submit,
    WireError,
    read_frame,
    write_frame,
)

log = logging.getLogger(__name__)

_PROBE_WORDS = "The quick brown fox jumps over the lazy dog. " * 8
_LOAD_FAILED = 3  # exit code: the reason was sent as LoadFailed
_LONG_COUNT = 100_000  # characters: counting more takes longer than a command may wait


def main() -> int:
    """Serve the app at the other end of stdin and stdout. Returns the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the app's to handle
    commands, results = _take_over_stdio()
    load = read_frame(commands)
    if not isinstance(load, Load):
        return 0 if load is None else 2
    sender = _Sender(results)
    try:
        engine = _open(load, sender)
    except AppError as error:
        sender.send(LoadFailed(error))
        return _LOAD_FAILED
    if load.is_probe:
        _probe(engine)
        return 0
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    loop = _Loop(engine, inbox, sender)
    threading.Thread(
        target=_read_commands, args=(commands, inbox, engine, sender), name="commands", daemon=True
    ).start()
    sender.send(Ready(engine.info, resident_bytes()))
    loop.run()
    return 0


class _Sender:
    """Writes frames from any thread."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, *messages: FromWorker) -> None:
        with self._lock:
            try:
                write_frame(self._stream, *messages)
            except OSError:
                os._exit(0)  # the app is gone


class _Loop:
    """Steps the engine; the only thread that touches it, but for counting tokens."""

    def __init__(self, engine: Engine, inbox: "queue.SimpleQueue[Any]", sender: _Sender) -> None:
        self._engine = engine
        self._inbox = inbox
        self._sender = sender
        self._live: dict[str, int] = {}  # prompt tokens computed so far, by request
        self._has_put_off = False  # the engine has not been stepped since it was last busy
        self._total = 0
        self._prefilled = 0
        self._generated = 0

    def run(self) -> None:
        while True:
            self._take_commands()
            try:
                events = self._engine.step()
            except Exception as error:
                log.exception("engine step failed")
                self._fail_all(error)
                raise
            for event in events:
                self._count(event)
            if events:
                self._sender.send(*events)
            self._has_put_off = True

    def _take_commands(self) -> None:
        """Handle what has come; waits while nothing is live."""
        while not self._live or not self._inbox.empty():
            if self._has_put_off and self._inbox.empty():
                self._has_put_off = False
                self._engine.step()  # of what could wait until the answers were told
            match self._inbox.get():
                case Submit(request):
                    self._live[request.id] = 0
                    self._total += 1
                    self._engine.submit(request)
                case Cancel(request_id):
                    self._engine.cancel(request_id)
                case ReadCounters(call_id):
                    self._sender.send(Answer(call_id, self._counters()))
                case Embed(call_id, texts):
                    self._sender.send(Answer(call_id, self._embedded(texts)))

    def _embedded(self, texts: tuple[str, ...]) -> CallResult:
        try:
            return tuple(tuple(vector) for vector in self._engine.embed(texts))
        except AppError as error:
            return error

    def _count(self, event: Event) -> None:
        match event:
            case Progress(request_id, done, _, cached):
                computed = max(0, done - cached)
                self._prefilled += computed - self._live.get(request_id, computed)
                self._live[request_id] = computed
            case Piece(_, _, token_count):
                self._generated += token_count
            case Finished(request_id=request_id) | Failed(request_id=request_id):
                self._live.pop(request_id, None)

    def _counters(self) -> EngineCounters:
        return EngineCounters(
            len(self._live), self._total, self._prefilled, self._generated, resident_bytes()
        )

    def _fail_all(self, cause: Exception) -> None:
        said = AppError(
            ErrorKind.INTERNAL,
            "The engine made a mistake",
            f"It reported {type(cause).__name__} and is being restarted. Try again.",
        )
        if isinstance(cause, MemoryError):
            said = out_of_memory("The engine could not go on and is being restarted.")
        for request_id in list(self._live):
            self._sender.send(Failed(request_id, said))


def _read_commands(
    commands: IO[bytes], inbox: "queue.SimpleQueue[Any]", engine: Engine, sender: _Sender
) -> None:
    """Pass commands on; count tokens here, so that a count never waits for a decode.

    Megabytes are counted on a thread of their own: no command waits for that either. Nobody would
    answer any more if one of these threads ended, so the whole process does.
    """
    long_counts: queue.SimpleQueue[CountTokens | CountPrompt] = queue.SimpleQueue()

    def count_long() -> None:
        while True:
            _count(long_counts.get(), engine, sender)

    def read() -> None:
        while (command := read_frame(commands)) is not None:
            if not isinstance(command, CountTokens | CountPrompt):
                inbox.put(command)
            elif _characters(command) > _LONG_COUNT:
                long_counts.put(command)
            else:
                _count(command, engine, sender)
        os._exit(0)

    threading.Thread(target=_or_end, args=(count_long,), name="long counts", daemon=True).start()
    _or_end(read)


def _or_end(work: Callable[[], None]) -> None:
    """The loop of a thread that the worker cannot do without."""
    try:
        work()
    except WireError:
        log.error("unreadable frame from the app")
    except Exception:  # whatever it was, a worker that hears nothing any more must end
        log.exception("a thread of the worker failed")
    os._exit(2)


def _count(command: CountTokens | CountPrompt, engine: Engine, sender: _Sender) -> None:
    value: CallResult
    try:
        if isinstance(command, CountTokens):
            value = engine.count_tokens(command.text)
        else:
            value = engine.count_prompt(command.prompt)
    except MemoryError:
        value = out_of_memory("The text is too long to be counted.")
    sender.send(Answer(command.call_id, value))


def _characters(command: CountTokens | CountPrompt) -> int:
    if isinstance(command, CountTokens):
        return len(command.text)
    return sum(len(part.text) for part in command.prompt)


def _open(load: Load, sender: _Sender) -> Engine:
    try:
        open_engine: OpenEngine | None = getattr(
            importlib.import_module(load.engine), "open_engine", None
        )
        if open_engine is None:
            raise ImportError("it has no open_engine")
        return open_engine(
            Path(load.model), load.options, lambda fraction: sender.send(Loading(fraction))
        )
    except ImportError as error:
        log.error("cannot import %s: %s", load.engine, error)
        raise engine_missing(load.engine) from error


def _probe(engine: Engine) -> None:
    """Run the fast paths once: a batch of prompt tokens, then single tokens."""
    prompt = (PromptPart(_PROBE_WORDS),)
    engine.submit(GenerateRequest("probe", prompt, SamplingParams(temperature=0), max_tokens=4))
    while not any(isinstance(event, Finished | Failed) for event in engine.step()):
        pass
    engine.close()


def _take_over_stdio() -> tuple[IO[bytes], IO[bytes]]:
    """Keep stdin and stdout for frames; let everything else that prints reach stderr."""
    commands = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    with contextlib.suppress(ImportError):
        import msvcrt

        for stream in (commands, results):
            msvcrt.setmode(stream.fileno(), os.O_BINARY)  # type: ignore[attr-defined,unused-ignore]
    return commands, results
