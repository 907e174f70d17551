"""``doorstep ask``: one question, its answer on stdout as it comes, progress on stderr."""

import os
import queue
import sys

from app.chat.messages import Message
from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.engine.protocol import SamplingParams
from app.engine.status import EngineState, EngineStatus
from app.errors import AppError, ErrorKind
from app.start import Start, start_logging


def ask(start: Start, question: str, sampling: SamplingParams, max_tokens: int | None) -> int:
    """Print the answer. Raises AppError when there is none."""
    check_question(question)
    start_logging(start.paths, to_stderr=False)
    engine = start.engine_client(start.worker_spec())
    engine.subscribe(Progress().show_status)
    updates: queue.SimpleQueue[TurnUpdate] = queue.SimpleQueue()
    engine.start()
    try:
        request = TurnRequest((Message.of("user", question),), sampling, max_tokens)
        start_turn(engine, request, updates.put)
        follow(updates, is_printed=True)
        print(flush=True)
        return 0
    except BrokenPipeError:
        leave_pipe()
        return 0
    finally:
        engine.close()


def check_question(question: str) -> None:
    """Raises AppError for one without words."""
    if not question.strip():
        raise AppError(
            ErrorKind.BAD_REQUEST, "The question is empty", 'Write it in quotes: doorstep ask "…".'
        )


def leave_pipe() -> None:
    """Whoever read the answer has enough: nothing more may be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def printable(text: str) -> str:
    """A lone surrogate cannot be printed; a cut character must not end the answer."""
    return text.encode("utf-8", "replace").decode("utf-8")


def follow(
    updates: "queue.SimpleQueue[TurnUpdate]", *, is_printed: bool
) -> tuple[str, TurnFinished]:
    """Wait for the whole answer, and print it as it comes. Raises AppError when it fails."""
    progress = Progress()
    answer = ""
    while True:
        match updates.get():
            case PromptProgress(done, total, _):
                progress.say(f"Reading {done:,} of {total:,} tokens")
            case ReasoningDelta():
                progress.say("Thinking")
            case ContentDelta(text):
                progress.end()
                answer += text
                if is_printed:
                    sys.stdout.write(printable(text))
                    sys.stdout.flush()
            case TurnFinished() as finished:
                progress.end()
                return answer, finished
            case TurnFailed(error):
                progress.end()
                raise error


class Progress:
    """A line on stderr that is written over on a terminal, and said once elsewhere."""

    def __init__(self) -> None:
        self._said = ""
        self._is_terminal = sys.stderr.isatty()

    def show_status(self, status: EngineStatus) -> None:
        if status.state is EngineState.LOADING:
            done = f" {status.load_fraction:.0%}" if status.load_fraction else ""
            self.say(f"Loading the model{done if self._is_terminal else ''}")
        elif status.state is EngineState.READY:
            self.end()
            if status.notice:
                print(status.notice, file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        if text == self._said:
            return
        self._said = text
        end = "" if self._is_terminal else "\n"
        start = "\r\033[K" if self._is_terminal else ""
        print(f"{start}{text}…", end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._said and self._is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        self._said = ""
