"""Prefix reuse: the longest state of a prompt's beginning that is still there.

It may be in a running sequence, in one that has ended and is kept in memory, or on disk. Windows
can be taken back only a little, so sequences leave marks where later prompts are likely to agree.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlx.core as mx

from engine_mlx.drafting import ChainState, RowBuffer
from engine_mlx.kept import KeptStates
from engine_mlx.kv_cache import SLACK_TOKENS, CacheState
from engine_mlx.snapshots import SnapshotFolder, common_length
from engine_mlx.trunk import Mark, State, StepState, Trunk

MAX_MARKS = 12  # per sequence: the first, which every chat shares, and the newest
MAX_KEPT = 32  # sequences in memory; each is compared with every prompt
MIN_DISK_TOKENS = 64  # a shorter prefix is computed sooner than read


@dataclass(slots=True, eq=False)
class Kept:
    """A sequence's state and the tokens it is of; ``is_live`` while it is still growing."""

    tokens: Sequence[int]
    state: State
    chain: ChainState
    marks: list[Mark]
    is_live: bool = False
    session: str = ""  # the conversation that it belongs to
    began_s: float = 0.0  # when its request did, in unix seconds
    used: int = 0

    @property
    def size_bytes(self) -> int:
        return self.state.size_bytes + sum(mark.size_bytes for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Found:
    """Where to continue from."""

    position: int
    state: State
    chain: ChainState
    marks: list[Mark]


class PrefixCache:
    """States that later prompts may begin with, within a budget of memory and of disk."""

    def __init__(
        self,
        trunk: Trunk,
        memory_bytes: int,
        folder: SnapshotFolder | None,
        kept: KeptStates | None = None,
    ) -> None:
        """``folder``: the cache on disk; ``kept``: states that requests asked to keep."""
        self._trunk = trunk
        self._budget = memory_bytes
        self._folder = folder
        self._on_request = kept
        self._kept: list[Kept] = []
        self._unsaved: list[Kept] = []
        self._clock = itertools.count(1)

    def take(self, wanted: Sequence[int], live: Iterable[Kept], session: str = "") -> Found:
        """The best state for a run of tokens, for a request of this session."""
        best: tuple[int, Kept | None, Mark | None] = (0, None, None)
        for kept in [*self._kept, *live]:
            position, mark = _reachable(kept, common_length(kept.tokens, wanted))
            if position > best[0]:
                best = (position, kept, mark)
        loaded = self._from_disk(wanted, best[0])
        if loaded is not None:
            return loaded
        position, found, mark = best
        if found is None:
            state = self._trunk.new_state()
            return Found(0, state, ChainState(self._trunk.heads, self._trunk.window), [])
        return self._continue(position, found, mark, session)

    def keep(self, kept: Kept) -> None:
        """Keep the state of a sequence that has ended; ``save`` writes it to disk later."""
        kept.marks = _chosen(kept.marks)
        kept.used = next(self._clock)
        self._kept.append(kept)
        if self._folder is not None:
            self._unsaved.append(kept)
        while self._kept and (len(self._kept) > MAX_KEPT or self._size() > self._budget):
            self._forget(min(self._kept, key=lambda held: _worth(held, kept.session)))

    def save(self) -> None:
        """Write to disk what was put off until nobody waits for an answer."""
        while self._unsaved:
            self._save(self._unsaved[0])

    def wants(self, name: str, tokens: Sequence[int]) -> bool:
        """Whether the state of these tokens is yet to be kept under a name."""
        return self._on_request is not None and not self._on_request.holds(name, tokens)

    def write(self, name: str, tokens: Sequence[int], state: State, marks: Iterable[Mark]) -> None:
        """Write the state after exactly these tokens under a name that a request gave."""
        mark = next((mark for mark in marks if mark.position == len(tokens)), None)
        if self._on_request is None or mark is None or not isinstance(state, StepState):
            return
        self._on_request.write(name, tokens, *_frozen(state, mark), SLACK_TOKENS)

    def _size(self) -> int:
        return sum(kept.size_bytes for kept in self._kept)

    def _forget(self, kept: Kept) -> None:
        self._kept.remove(kept)
        self._save(kept)

    def _continue(self, position: int, kept: Kept, mark: Mark | None, session: str) -> Found:
        """Move the state when more of it is kept than lost, else copy what is shared."""
        is_mine = kept.session in ("", session)
        is_moved = is_mine and not kept.is_live and kept.state.offset - position <= position
        kept.used = next(self._clock)
        hidden = mark.hidden if mark is not None else kept.chain.hidden
        chain = kept.chain.at(position, hidden)
        marks = [old for old in kept.marks if old.position <= position]
        if is_moved:
            self._forget(kept)
        state = kept.state.at(position, mark, is_moved=is_moved)
        return Found(position, state, chain, marks)

    def _save(self, kept: Kept) -> None:
        if kept not in self._unsaved:
            return
        self._unsaved.remove(kept)
        if self._folder is None or not isinstance(kept.state, StepState):
            return
        if self._folder.is_emptied_since(kept.began_s):
            return
        for mark in {id(mark): mark for mark in [*kept.marks[:1], *kept.marks[-1:]]}.values():
            tokens = kept.tokens[: mark.position]
            if mark.position >= MIN_DISK_TOKENS and not self._folder.holds(tokens):
                self._folder.write(tokens, *_frozen(kept.state, mark), SLACK_TOKENS)

    def _from_disk(self, wanted: Sequence[int], known: int) -> Found | None:
        """A state on disk that reaches further than ``known`` tokens."""
        folders = [self._folder] if self._folder is not None else []
        folders += self._on_request.all() if self._on_request is not None else ()
        while True:
            found = [(*folder.longest(wanted), folder) for folder in folders]
            position, path, folder = max(found, key=lambda one: one[0], default=(0, None, None))
            if path is None or folder is None or position <= max(known, MIN_DISK_TOKENS):
                return None
            loaded = self._load(position, path, folder)
            if loaded is not None:
                return loaded
            folder.drop(path)

    def _load(self, position: int, path: Path, folder: SnapshotFolder) -> Found | None:
        read = folder.read(path)
        if read is None:
            return None
        arrays, facts = dict(read[0]), read[1]
        end = arrays.pop("tokens").shape[0]
        hidden = RowBuffer()
        if "hidden" in arrays:
            rows = arrays.pop("hidden")
            hidden.append(end - rows.shape[0], rows, rows.shape[0])
        parts: dict[int, dict[str, mx.array]] = {}
        for name, array in arrays.items():
            number, part = name.split(".")
            parts.setdefault(int(number), {})[part] = array
        state = self._trunk.new_state()
        assert isinstance(state, StepState)
        starts = [int(start) for start in facts["starts"].split(",")]
        state.thaw(
            [CacheState(end, start, parts[number]) for number, start in enumerate(starts)], end
        )
        if not state.can_rewind(end - position):
            return None
        state.rewind(end - position)
        chain = ChainState(self._trunk.heads, self._trunk.window).at(position, hidden)
        return Found(position, state, chain, [])


def _frozen(state: StepState, mark: Mark) -> tuple[dict[str, mx.array], dict[str, str]]:
    """Arrays and facts of a state at a mark, for a file."""
    arrays: dict[str, mx.array] = {}
    starts: list[str] = []
    for number, cache in enumerate(state.frozen(mark)):
        starts.append(str(cache.start))
        arrays |= {f"{number}.{name}": part for name, part in cache.arrays.items()}
    if mark.hidden.arrays():
        arrays["hidden"] = mark.hidden.take(mark.hidden.start, mark.hidden.end)
    return arrays, {"starts": ",".join(starts)}


def _worth(kept: Kept, session: str) -> tuple[bool, bool, int]:
    """What goes first for a request of this session: unnamed states, then its own, the oldest."""
    return kept.session not in ("", session), kept.session != "", kept.used


def _reachable(kept: Kept, common: int) -> tuple[int, Mark | None]:
    """The furthest position, at most ``common``, that a kept sequence can give the state of."""
    common = min(common, kept.state.offset)
    if kept.state.reaches(common, None):
        return common, None
    best: tuple[int, Mark | None] = (0, None)
    for mark in kept.marks:
        position = min(common, mark.position)
        if position > best[0] and kept.state.reaches(position, mark):
            best = (position, mark)
    return best


def _chosen(marks: list[Mark]) -> list[Mark]:
    """The first mark and the newest ones, in order and without doubles."""
    found = sorted({mark.position: mark for mark in marks}.values(), key=lambda mark: mark.position)
    return found if len(found) <= MAX_MARKS else found[:1] + found[-MAX_MARKS + 1 :]
