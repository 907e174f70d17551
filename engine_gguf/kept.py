"""States that requests asked to keep: one folder per name, which only its owner removes.

Below the folder of a name each model has one of its own, so that a model that is opened again finds
its state. Whoever gave the name may delete the folder at any time; the state is then computed anew.
"""

import contextlib
import functools
import hashlib
import logging
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Many
from pathlib import Path

from engine_gguf import state_file
from engine_gguf.batch import Tokens
from engine_gguf.state_file import Description, runs_of, window_of
from engine_gguf.states import State, States

log = logging.getLogger(__name__)

_RUN = 2048  # tokens in one file
_AHEAD = 2  # states copied out that may wait for the disk; one of a large model has 100 MB
_CLOSE_S = 20.0

Jobs = queue.Queue[Callable[[], None] | None]
Found = tuple[Path, Description, int]  # file, what it holds, bytes of the state


class Keeping:
    """The state after ``mark`` tokens of one request, on its way to disk."""

    def __init__(
        self, jobs: Jobs, folder: Path, identity: str, tokens: Tokens, windows: Many[int]
    ) -> None:
        """``windows``: positions that prompts may go on from; empty without window layers."""
        self.mark = len(tokens)
        self.tokens = tokens
        self.written: list[Found] = []  # whole once ``is_done``
        self._jobs = jobs
        self._folder = folder
        self._wanted = list(runs_of(identity, tokens, [*range(0, self.mark, _RUN), self.mark]))
        self._missing = [what for what in self._wanted if not self._is_there(what)]
        found = [window_of(identity, tokens[:end]) for end in windows]
        self._windows = [what for what in found if not self._is_there(what)]
        self._wanted += found
        self._mine: list[Path] = []
        self._is_given_up = False
        self._is_last_asked = False
        self._done = threading.Event()

    @property
    def is_done(self) -> bool:
        """It is on disk, or cannot be: nothing more will happen."""
        return self._done.is_set()

    @property
    def is_copied(self) -> bool:
        """Nothing more is needed of the sequence."""
        return self._is_last_asked

    @property
    def windows(self) -> list[int]:
        """Positions whose window is still to be put, ascending."""
        return [what.end for what in self._windows]

    def put_window(self, end: int, state: State) -> None:
        what = next(what for what in self._windows if what.end == end)
        self._windows.remove(what)
        self._jobs.put(functools.partial(self._write, what, state))

    def copy(self, states: States, sequence: int, held: int, *, is_patient: bool = False) -> None:
        """Copy out what is computed, as long as the disk keeps up (``is_patient``: all of it)."""
        while self._missing and self._missing[0].end <= held and not self._is_given_up:
            if not is_patient and self._jobs.qsize() >= _AHEAD:
                return
            what = self._missing.pop(0)
            state = states.run(sequence, what.start, what.end)
            self._jobs.put(functools.partial(self._write, what, state))
        if not (self._missing or self._windows) or self._is_given_up:
            self._ask_last()

    def give_up(self) -> None:
        """The request ended before its state was there: leave nothing half done."""
        self._is_given_up = True
        self._ask_last()

    def wait(self, timeout_s: float) -> None:
        self._done.wait(timeout_s)

    def _ask_last(self) -> None:
        if not self._is_last_asked:
            self._is_last_asked = True
            self._jobs.put(self._finish)

    def _is_there(self, what: Description) -> bool:
        return state_file.describe(self._folder / what.file_name, what.identity) is not None

    def _write(self, what: Description, state: State) -> None:
        if self._is_given_up:
            return
        path = self._folder / what.file_name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            state_file.write(path, what, state, is_durable=True)
            self._mine.append(path)
        except OSError as error:
            log.warning("state not kept: %s", error.strerror)
            self._is_given_up = True

    def _finish(self) -> None:
        try:
            self._settle()
        except OSError as error:  # somebody deleted the folder in this moment
            log.warning("state not kept: %s", error.strerror)
            self.written.clear()
        finally:
            self._done.set()

    def _settle(self) -> None:
        """Leave one whole state. Without a part of it the rest is of no use to anybody."""
        if all(map(self._is_there, self._wanted)):
            for what in self._wanted:
                path = self._folder / what.file_name
                self.written.append((path, what, path.stat().st_size))
            self._remove_outdated()
        else:
            for path in self._mine:
                state_file.remove(path)
            with contextlib.suppress(OSError):  # the owner's, or not empty
                self._folder.rmdir()
                self._folder.parent.rmdir()

    def _remove_outdated(self) -> None:
        """States of other texts, and those that other settings or another library made."""
        names = {what.file_name for what in self._wanted}
        for path in self._folder.glob("*.state"):
            if path.name not in names:
                state_file.remove(path)
        same_model = self._folder.name.rpartition("-")[0]
        for path in self._folder.parent.glob(f"{same_model}-*"):
            if path != self._folder:
                shutil.rmtree(path, ignore_errors=True)


class KeptStates:
    """All kept states that the open model can use."""

    def __init__(self, folder: Path, identity: str, model: str) -> None:
        """``model`` stands for the file alone, ``identity`` for all that a state depends on."""
        self._top = folder
        self._identity = identity
        self._name = f"gguf-{_short(model)}-{_short(identity)}"
        self._jobs: Jobs = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="kept states", daemon=True)
        self._thread.start()

    def index(self) -> Iterator[Found]:
        """What is there, without the states."""
        for path in self._top.glob(f"*/{self._name}/*.state"):
            found = state_file.describe(path, self._identity)
            if found is not None:
                yield path, *found

    def begin(self, name: str, tokens: Tokens, windows: Many[int]) -> Keeping:
        """Keep the state after these tokens under a name, with the windows at these positions."""
        folder = self._top / name / self._name
        return Keeping(self._jobs, folder, self._identity, tokens, windows)

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(_CLOSE_S)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
