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
from engine_mlx.kv_cache import SLACK_TOKENS, CacheState
from engine_mlx.snapshots import SnapshotFolder, common_length
from engine_mlx.trunk import Mark, State, StepState, Trunk

MAX_MARKS = 12  # per sequence: the first, which every chat shares, and the newest
MAX_KEPT = 32  # sequences in memory; each is compared with every prompt
MIN_DISK_TOKENS = 64  # a shorter prefix is computed sooner than read


@dataclass(slots=True)
class Kept:
    """A sequence's state and the tokens it is of; ``is_live`` while it is still growing."""

    tokens: Sequence[int]
    state: State
    chain: ChainState
    marks: list[Mark]
    is_live: bool = False
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

    def __init__(self, trunk: Trunk, memory_bytes: int, folder: SnapshotFolder | None) -> None:
        self._trunk = trunk
        self._budget = memory_bytes
        self._folder = folder
        self._kept: list[Kept] = []
        self._clock = itertools.count(1)

    def take(self, prompt: Sequence[int], live: Iterable[Kept]) -> Found:
        """The best state for a prompt; at least its last token is left to compute."""
        wanted = prompt[:-1]
        best: tuple[int, Kept | None, Mark | None] = (0, None, None)
        for kept in [*self._kept, *live]:
            position, mark = _reachable(kept, common_length(kept.tokens, wanted))
            if position > best[0]:
                best = (position, kept, mark)
        if self._folder is not None:
            position, path = self._folder.longest(wanted)
            if path is not None and position > max(best[0], MIN_DISK_TOKENS):
                loaded = self._load(position, path)
                if loaded is not None:
                    return loaded
        position, found, mark = best
        if found is None:
            state = self._trunk.new_state()
            return Found(0, state, ChainState(self._trunk.heads, self._trunk.window), [])
        return self._continue(position, found, mark)

    def keep(self, kept: Kept) -> None:
        """Keep the state of a sequence that has ended, and its newest marks on disk."""
        kept.marks = _chosen(kept.marks)
        kept.used = next(self._clock)
        self._save(kept)
        self._kept.append(kept)
        while self._kept and (len(self._kept) > MAX_KEPT or self._size() > self._budget):
            self._kept.remove(min(self._kept, key=lambda held: held.used))

    def _size(self) -> int:
        return sum(kept.size_bytes for kept in self._kept)

    def _continue(self, position: int, kept: Kept, mark: Mark | None) -> Found:
        """Move the state when more of it is kept than lost, else copy what is shared."""
        is_moved = not kept.is_live and kept.state.offset - position <= position
        kept.used = next(self._clock)
        hidden = mark.hidden if mark is not None else kept.chain.hidden
        chain = kept.chain.at(position, hidden)
        marks = [old for old in kept.marks if old.position <= position]
        state = kept.state.at(position, mark, is_moved=is_moved)
        if is_moved:
            self._kept.remove(kept)
        return Found(position, state, chain, marks)

    def _save(self, kept: Kept) -> None:
        if self._folder is None or not isinstance(kept.state, StepState):
            return
        for mark in {id(mark): mark for mark in [*kept.marks[:1], *kept.marks[-1:]]}.values():
            tokens = kept.tokens[: mark.position]
            if mark.position < MIN_DISK_TOKENS or self._folder.holds(tokens):
                continue
            arrays: dict[str, mx.array] = {}
            starts: list[str] = []
            for number, state in enumerate(kept.state.frozen(mark)):
                starts.append(str(state.start))
                arrays |= {f"{number}.{name}": part for name, part in state.arrays.items()}
            facts = {"starts": ",".join(starts)}
            if mark.hidden.arrays():
                arrays["hidden"] = mark.hidden.take(mark.hidden.start, mark.hidden.end)
            self._folder.write(tokens, arrays, facts, SLACK_TOKENS)

    def _load(self, position: int, path: Path) -> Found | None:
        assert self._folder is not None
        read = self._folder.read(path)
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
