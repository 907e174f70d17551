"""States that requests asked to keep: one folder per name, which only its owner removes.

Below the folder of a name each model has one of its own, so that a model that is opened again finds
its state. The folder of a name may be deleted at any time; its state is then computed anew.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import mlx.core as mx

from engine_mlx.snapshots import SnapshotFolder


class KeptStates:
    """All kept states that the open model can use. No budget counts them."""

    def __init__(self, top: Path, identity: str) -> None:
        self._top = top
        self._identity = identity
        self._own = f"mlx-{identity[:24]}"
        self._folders = {path.parent.name: self._open(path) for path in top.glob(f"*/{self._own}")}

    def holds(self, name: str, tokens: Sequence[int]) -> bool:
        """Whether the state of exactly these tokens is on disk under a name."""
        return name in self._folders and self._folders[name].holds(tokens)

    def all(self) -> Iterator[SnapshotFolder]:
        return iter(self._folders.values())

    def write(
        self,
        name: str,
        tokens: Sequence[int],
        arrays: Mapping[str, mx.array],
        facts: Mapping[str, str],
        slack: int,
    ) -> None:
        """Keep one state under a name, in place of the one before it."""
        folder = self._folders.get(name)
        if folder is None:
            folder = self._folders[name] = self._open(self._top / name / self._own)
        folder.write(tokens, arrays, facts, slack)
        if folder.holds(tokens):
            folder.keep_only(tokens)

    def _open(self, folder: Path) -> SnapshotFolder:
        return SnapshotFolder(folder, self._identity, math.inf)
