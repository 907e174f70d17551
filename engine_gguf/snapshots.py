"""Saved states by the tokens that led to them: in memory up to a budget, and on disk.

A run is the state of some tokens of a text; runs follow each other like the links of a chain, and
texts that begin alike share their first links. A window is what sliding-window layers need besides
for going on from one position. Both are found by a digest over the tokens before them, which also
covers the identity of model, settings and library: a state from elsewhere is never found.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine_gguf.batch import Tokens
from engine_gguf.sequences import shared
from engine_gguf.snapshot_files import SnapshotFiles
from engine_gguf.states import State

Kind = Literal["run", "window"]


@dataclass(slots=True, eq=False)
class Snapshot:
    """One state; ``state`` None means that it is on disk only."""

    kind: Kind
    parent: bytes  # digest of the tokens before ``start``
    digest: bytes  # … before ``end``
    start: int
    end: int
    tokens: Tokens  # of the run; none for a window
    size_bytes: int
    state: State | None = None
    is_on_disk: bool = False
    used_at: float = field(default_factory=time.monotonic)


class Snapshots:
    """All saved states that fit the model as it is open now."""

    def __init__(self, identity: str, memory_bytes: int, files: SnapshotFiles | None) -> None:
        self._identity = identity.encode()
        self._budget = memory_bytes
        self._files = files
        self._runs: dict[bytes, list[Snapshot]] = {}  # by parent
        self._windows: dict[bytes, Snapshot] = {}
        self._in_memory = 0
        for snapshot in files.index() if files else ():
            self._add(snapshot)

    def chain(self, tokens: Tokens) -> tuple[list[Snapshot], int]:
        """Runs that follow each other along these tokens, and how many tokens they cover.

        The last one may agree only in part.
        """
        found: list[Snapshot] = []
        covered, digest = 0, self._root()
        while True:
            best, most = None, 0
            for run in self._runs.get(digest, ()):
                agreed = shared(run.tokens, tokens[covered:])
                if agreed > most:
                    best, most = run, agreed
            if best is None:
                return found, covered
            found.append(best)
            covered += most
            if most < len(best.tokens):
                return found, covered
            digest = best.digest

    def window(self, tokens: Tokens) -> Snapshot | None:
        """The window at the last position within these tokens that there is one for."""
        positions = sorted({one.end for one in self._windows.values() if one.end <= len(tokens)})
        best = None
        for digest in self._digests(tokens, positions):
            best = self._windows.get(digest, best)
        return best

    def add_runs(self, tokens: Tokens, cuts: Iterator[tuple[int, State]], start: int) -> None:
        """Save runs from ``start`` on: each ends at a cut. ``start`` is where a chain ends."""
        ends = [(end, state) for end, state in cuts]
        positions = [start, *(end for end, _ in ends)]
        digests = list(self._digests(tokens, positions))
        for index, (end, state) in enumerate(ends):
            begin = positions[index]
            run = tokens[begin:end].copy()
            self._keep(
                Snapshot("run", digests[index], digests[index + 1], begin, end, run, 0), state
            )

    def add_window(self, tokens: Tokens, state: State) -> None:
        """Save the window for going on from the end of these tokens."""
        digest = next(self._digests(tokens, [len(tokens)]))
        if digest not in self._windows:
            end = len(tokens)
            self._keep(Snapshot("window", digest, digest, end, end, tokens[:0], 0), state)

    def read(self, snapshot: Snapshot) -> State | None:
        """The state itself; None when it is gone or its file is damaged, and it is forgotten."""
        snapshot.used_at = time.monotonic()
        if snapshot.state is not None:
            return snapshot.state
        state = self._files.read(snapshot.digest, snapshot.kind) if self._files else None
        if state is None:
            self._forget(snapshot)
            return None
        self._hold(snapshot, state)
        return state

    def close(self) -> None:
        """Let what is being written come to its end."""
        if self._files:
            self._files.close()

    def _keep(self, snapshot: Snapshot, state: State) -> None:
        snapshot.size_bytes = len(state)
        self._add(snapshot)
        if self._files:
            self._files.write(
                snapshot.digest,
                snapshot.kind,
                snapshot.parent,
                (snapshot.start, snapshot.end),
                snapshot.tokens,
                state,
            )
            snapshot.is_on_disk = True
        self._hold(snapshot, state)

    def _add(self, snapshot: Snapshot) -> None:
        if snapshot.kind == "window":
            self._windows[snapshot.digest] = snapshot
        else:
            self._runs.setdefault(snapshot.parent, []).append(snapshot)

    def _forget(self, snapshot: Snapshot) -> None:
        if snapshot.kind == "window":
            self._windows.pop(snapshot.digest, None)
        elif snapshot in self._runs.get(snapshot.parent, []):
            self._runs[snapshot.parent].remove(snapshot)

    def _hold(self, snapshot: Snapshot, state: State) -> None:
        """Keep a state in memory, giving up those used longest ago when there are too many."""
        snapshot.state = state
        self._in_memory += len(state)
        if self._in_memory <= self._budget:
            return
        held = [one for one in self._every() if one.state is not None]
        for old in sorted(held, key=lambda one: one.used_at):
            self._in_memory -= old.size_bytes
            old.state = None
            if not old.is_on_disk:
                self._forget(old)
            if self._in_memory <= self._budget:
                return

    def _every(self) -> list[Snapshot]:
        return [one for runs in self._runs.values() for one in runs] + list(self._windows.values())

    def _root(self) -> bytes:
        return next(self._digests(np.zeros(0, dtype=np.int32), [0]))

    def _digests(self, tokens: Tokens, positions: list[int]) -> Iterator[bytes]:
        """A digest of the tokens before each position; positions ascend."""
        running = hashlib.blake2b(self._identity, digest_size=20)
        done = 0
        for position in positions:
            running.update(tokens[done:position].tobytes())
            done = position
            yield running.digest()
