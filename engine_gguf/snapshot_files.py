"""The cache of saved states on disk: one folder per identity, kept to a budget of bytes."""

import contextlib
import hashlib
import logging
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

from app.engine.emptied import emptied_at_s, is_emptied_since
from engine_gguf import state_file
from engine_gguf.state_file import Description
from engine_gguf.states import State

log = logging.getLogger(__name__)

_CLOSE_S = 20.0


class SnapshotFiles:
    """Reads at once, writes on a thread of its own."""

    def __init__(self, folder: Path, identity: str, budget_bytes: int) -> None:
        self._top = folder
        self._folder = folder / hashlib.sha256(identity.encode()).hexdigest()[:24]
        self._identity = identity
        self._budget = budget_bytes
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)  # a state can be turned back into the text it was made of
        except OSError as error:  # each write tells of it again; the model answers without
            log.warning("no folder for saved states: %s", error.strerror)
        self._jobs: queue.Queue[tuple[Path, Description, State, float] | None] = queue.Queue()
        self._emptied_at_s = emptied_at_s(folder)
        self._waiting: dict[Path, State] = {}  # asked for, not on disk yet
        self._thread = threading.Thread(target=self._write_all, name="snapshots", daemon=True)
        self._thread.start()

    def index(self) -> Iterator[tuple[Path, Description, int]]:
        """What is there, without the states: file, description, size of the state."""
        for path in self._folder.glob("*.state"):
            found = state_file.describe(path, self._identity)
            if found is None:
                state_file.remove(path)
                continue
            yield path, *found

    def is_emptied_since(self, began_s: float) -> bool:
        """Whether the states of a request that began then, in unix seconds, are not wanted."""
        return is_emptied_since(self._top, began_s)

    def is_emptied_anew(self) -> bool:
        """Whether that happened since this was last asked."""
        before, self._emptied_at_s = self._emptied_at_s, emptied_at_s(self._top)
        return self._emptied_at_s != before

    def write(self, description: Description, state: State, began_s: float) -> Path:
        """Write a state soon. Returns at once, with the file that it will be in."""
        path = self._folder / description.file_name
        self._waiting[path] = state
        self._jobs.put((path, description, state, began_s))
        return path

    def read(self, path: Path) -> State | None:
        """A state; None when it is not there, not whole, or not ours."""
        waiting = self._waiting.get(path)
        return state_file.read(path, self._identity) if waiting is None else waiting

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(_CLOSE_S)

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            path, description, state, began_s = job
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                state_file.write(path, description, state)
                self._keep_to_budget()
            except OSError as error:
                log.warning("state not saved: %s", error.strerror)
            # Only now: whoever empties the cache leaves the mark first, then removes what is there.
            if is_emptied_since(self._top, began_s):
                state_file.remove(path)
            self._waiting.pop(path, None)

    def _keep_to_budget(self) -> None:
        """Remove the files used longest ago, of other models too."""
        files = []
        for path in self._top.glob("*/*.state"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._budget:
                return
            state_file.remove(path)
            total -= size
