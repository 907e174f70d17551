"""Saved states by the tokens that led to them: in memory up to a budget, and on disk.

A run is the state of some tokens of a text; runs follow each other like the links of a chain, and
texts that begin alike share their first links. A window is what sliding-window layers need besides
for going on from one position. Both are found by a digest over the tokens before them, which also
covers the identity of model, settings and library: a state from elsewhere is never found.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine_gguf import state_file
from engine_gguf.batch import Tokens
from engine_gguf.kept import KeptStates
from engine_gguf.sequences import shared
from engine_gguf.snapshot_files import SnapshotFiles
from engine_gguf.state_file import Description, digests, runs_of, window_of
from engine_gguf.states import State


@dataclass(slots=True, eq=False)
class Snapshot:
    """One state; ``state`` None means that it is on disk only, ``file`` None that it is not."""

    what: Description
    size_bytes: int
    state: State | None = None
    file: Path | None = None
    is_kept: bool = False  # because a request asked for it: no budget counts it
    is_rest: bool = False  # a few tokens behind a chain, not worth a file
    session: str = ""  # the conversation that needs it
    used_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Origin:
    """The request that a state comes from: its named conversation, and when it began (unix)."""

    session: str
    began_s: float


class Snapshots:
    """All saved states that fit the model as it is open now."""

    def __init__(
        self,
        identity: str,
        memory_bytes: int,
        files: SnapshotFiles | None,
        kept: KeptStates | None = None,
    ) -> None:
        self._identity = identity
        self._budget = memory_bytes
        self._files = files
        self._runs: dict[bytes, list[Snapshot]] = {}  # by parent
        self._windows: dict[bytes, Snapshot] = {}
        self._in_memory = 0
        for path, what, size in files.index() if files else ():
            self._add(Snapshot(what, size, file=path))
        for path, what, size in kept.index() if kept else ():
            self.add_kept(path, what, size)

    def chain(self, tokens: Tokens, *, with_rest: bool = True) -> tuple[list[Snapshot], int]:
        """Runs that follow each other along these tokens, and how many tokens they cover.

        The last one may agree only in part. A rest is not there to be followed by more.
        """
        best: tuple[Snapshot, ...] = ()
        most, start = 0, next(digests(self._identity, tokens, [0]))
        ahead, seen = [(best, 0, start)], {start}
        while ahead:
            found, covered, parent = ahead.pop()
            for run in self._runs.get(parent, ()):
                agreed = covered + shared(run.what.tokens, tokens[covered:])
                if agreed == covered or (run.is_rest and not with_rest):
                    continue
                if agreed > most:
                    best, most = (*found, run), agreed
                if agreed == run.what.end and run.what.digest not in seen:
                    seen.add(run.what.digest)
                    ahead.append(((*found, run), agreed, run.what.digest))
        return list(best), most

    def window(self, tokens: Tokens) -> Snapshot | None:
        """The window at the last position within these tokens that there is one for."""
        ends = {one.what.end for one in self._windows.values() if one.what.end <= len(tokens)}
        best = None
        for digest in digests(self._identity, tokens, sorted(ends)):
            best = self._windows.get(digest, best)
        return best

    def add_runs(
        self, tokens: Tokens, cuts: Iterator[tuple[int, State]], start: int, origin: Origin
    ) -> None:
        """Save runs from ``start`` on: each ends at a cut. ``start`` is where a chain ends."""
        ends = [(end, state) for end, state in cuts]
        positions = [start, *(end for end, _ in ends)]
        for what, (_, state) in zip(runs_of(self._identity, tokens, positions), ends, strict=True):
            self._keep(what, state, origin)

    def add_rest(self, tokens: Tokens, state: State, start: int, session: str) -> None:
        """Hold the last tokens of a text in memory alone; ``start`` is where a chain ends."""
        what = next(runs_of(self._identity, tokens, [start, len(tokens)]))
        snapshot = Snapshot(what, len(state), session=session, is_rest=True)
        self._add(snapshot)
        self._hold(snapshot, state)

    def add_window(self, tokens: Tokens, state: State, origin: Origin) -> None:
        """Save the window for going on from the end of these tokens."""
        what = window_of(self._identity, tokens)
        if what.digest not in self._windows:
            self._keep(what, state, origin)

    def add_kept(self, file: Path, what: Description, size_bytes: int) -> None:
        """A state that is on disk because a request asked for it."""
        for old in self._same(what):
            self._forget(old)
        self._add(Snapshot(what, size_bytes, file=file, is_kept=True))

    def read(self, snapshot: Snapshot) -> State | None:
        """The state itself; None when it is gone or its file is damaged, and it is forgotten."""
        snapshot.used_at = time.monotonic()
        if snapshot.state is not None:
            return snapshot.state
        state = None
        if snapshot.file is not None and snapshot.is_kept:
            state = state_file.read(snapshot.file, self._identity)
        elif snapshot.file is not None and self._files is not None:
            state = self._files.read(snapshot.file)
        if state is None:
            self._forget(snapshot)
        elif not snapshot.is_kept:  # the system caches files; the budget is for what has none
            self._hold(snapshot, state)
        return state

    def close(self) -> None:
        """Let what is being written come to its end."""
        if self._files:
            self._files.close()

    def forget_emptied(self) -> bool:
        """Forget all but what requests asked to keep when the cache on disk was emptied."""
        if self._files is None or not self._files.is_emptied_anew():
            return False
        for snapshot in [one for one in self._every() if not one.is_kept]:
            self._forget(snapshot)
        return True

    def _keep(self, what: Description, state: State, origin: Origin) -> None:
        if self._files and self._files.is_emptied_since(origin.began_s):
            return
        snapshot = Snapshot(what, len(state), session=origin.session)
        self._add(snapshot)
        if self._files:
            snapshot.file = self._files.write(what, state, origin.began_s)
        self._hold(snapshot, state)

    def _add(self, snapshot: Snapshot) -> None:
        if snapshot.what.kind == "window":
            self._windows[snapshot.what.digest] = snapshot
        else:
            self._runs.setdefault(snapshot.what.parent, []).append(snapshot)

    def _same(self, what: Description) -> list[Snapshot]:
        if what.kind == "window":
            return [self._windows[what.digest]] if what.digest in self._windows else []
        return [run for run in self._runs.get(what.parent, ()) if run.what.digest == what.digest]

    def _forget(self, snapshot: Snapshot) -> None:
        if snapshot.state is not None:
            self._in_memory -= snapshot.size_bytes
            snapshot.state = None
        if snapshot.what.kind == "window":
            self._windows.pop(snapshot.what.digest, None)
        elif snapshot in self._runs.get(snapshot.what.parent, []):
            self._runs[snapshot.what.parent].remove(snapshot)

    def _hold(self, snapshot: Snapshot, state: State) -> None:
        """Keep a state in memory, giving up others when there are too many: first those that no
        named conversation needs, and of them those used longest ago.
        """
        snapshot.state = state
        self._in_memory += len(state)
        if self._in_memory <= self._budget:
            return
        held = [one for one in self._every() if one.state is not None]
        for old in sorted(held, key=lambda one: (one.session != "", one.used_at)):
            if old.file is None:
                self._forget(old)
            else:
                self._in_memory -= old.size_bytes
                old.state = None
            if self._in_memory <= self._budget:
                return

    def _every(self) -> list[Snapshot]:
        return [one for runs in self._runs.values() for one in runs] + list(self._windows.values())
