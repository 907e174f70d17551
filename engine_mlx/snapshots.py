"""Prefix states on disk: safetensors files that are used only where everything fits exactly.

A file belongs to one identity (weights, config, template, KV type, engine version) and one run of
tokens, and its data carries a checksum: a state that does not fit is refused, never guessed.
"""

import contextlib
import hashlib
import json
import logging
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np

from app.engine.emptied import is_emptied_since
from engine_mlx.shards import Header, ShardError, read_header

log = logging.getLogger(__name__)

SUFFIX = ".state.safetensors"
_DTYPES = {
    "BF16": mx.bfloat16,
    "F16": mx.float16,
    "F32": mx.float32,
    "U32": mx.uint32,
    "I32": mx.int32,
}
_NAMES = {str(dtype): name for name, dtype in _DTYPES.items()}


@dataclass(slots=True)
class _Entry:
    """One file: the tokens whose state it holds, and its size."""

    path: Path
    tokens: list[int]
    size_bytes: int
    slack: int  # the state can be taken back by so many tokens
    used_at: float


class SnapshotFolder:
    """States of one model, least recently used deleted first. One thread uses it."""

    def __init__(self, folder: Path, identity: str, budget_bytes: float) -> None:
        """Opens the folder; files of other identities are never read but count in the budget."""
        self._folder = folder
        self._identity = identity
        self._budget = budget_bytes
        self._entries: dict[Path, _Entry] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = sorted(folder.glob(f"*{SUFFIX}"))
            for abandoned in folder.glob("*.partial"):
                abandoned.unlink()
        except OSError as error:
            log.warning("prefix states cannot be kept: %s", type(error).__name__)
            found = []
        for path in found:
            self._add(path)

    def longest(self, tokens: Sequence[int]) -> tuple[int, Path | None]:
        """How many of these tokens a file here holds the state of, and which file."""
        best, found = 0, None
        for entry in self._entries.values():
            common = common_length(entry.tokens, tokens)
            if common > best and len(entry.tokens) - common <= entry.slack:
                best, found = common, entry.path
        return best, found

    def holds(self, tokens: Sequence[int]) -> bool:
        path = self._path(tokens)
        return path in self._entries and path.is_file()

    def is_emptied_since(self, began_s: float) -> bool:
        return is_emptied_since(self._folder, began_s)

    def drop(self, path: Path) -> None:
        """Do not offer this file again; it stays where it is."""
        self._entries.pop(path, None)

    def keep_only(self, tokens: Sequence[int]) -> None:
        """Delete all other states here."""
        for path in [path for path in self._entries if path != self._path(tokens)]:
            self._delete(path)

    def read(self, path: Path) -> tuple[Mapping[str, mx.array], Mapping[str, str]] | None:
        """Arrays and facts of a file; None, and the file is gone, when it is damaged."""
        try:
            header = read_header(path)
            data = path.read_bytes()[header.data_start :]
            if header.metadata.get("crc32") != str(zlib.crc32(data)):
                raise ShardError("its checksum does not fit")
            os.utime(path)
            self._entries[path].used_at = path.stat().st_mtime
        except (OSError, ShardError) as error:
            log.warning("a prefix state cannot be used: %s", type(error).__name__)
            self._delete(path)
            return None
        return _arrays(header, data), header.metadata

    def write(
        self,
        tokens: Sequence[int],
        arrays: Mapping[str, mx.array],
        facts: Mapping[str, str],
        slack: int,
    ) -> None:
        """Keep a state. Failing to, for example on a full disk, is logged and nothing else."""
        path = self._path(tokens)
        parts = {"tokens": mx.array(list(tokens), dtype=mx.int32), **arrays}
        size = sum(int(array.nbytes) for array in parts.values())
        if self.holds(tokens) or size > self._budget:
            return
        self._make_room(size)
        facts = {**facts, "identity": self._identity, "slack": str(slack)}
        partial = path.with_suffix(".partial")
        try:
            # Whoever owns the folder may have deleted it.
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(partial, parts, facts)
            partial.replace(path)
        except OSError as error:
            log.warning("a prefix state was not written: %s", type(error).__name__)
            with contextlib.suppress(OSError):
                partial.unlink()
            return
        self._add(path)

    def _path(self, tokens: Sequence[int]) -> Path:
        digest = hashlib.sha256(self._identity.encode())
        digest.update(np.asarray(tokens, dtype=np.int32).tobytes())
        return self._folder / f"{digest.hexdigest()[:32]}{SUFFIX}"

    def _add(self, path: Path) -> None:
        """Take a file in if it is whole and of this identity."""
        try:
            header = read_header(path)
            stat = path.stat()
            if header.metadata.get("identity") != self._identity:
                self._entries[path] = _Entry(path, [], stat.st_size, 0, stat.st_mtime)
                return
            place = header.tensors["tokens"]
            with path.open("rb") as file:
                file.seek(header.data_start + place.begin)
                tokens = np.frombuffer(file.read(place.end - place.begin), np.int32).tolist()
            slack = int(header.metadata["slack"])
        except (OSError, ShardError, KeyError, ValueError) as error:
            log.warning("a prefix state is not usable: %s", type(error).__name__)
            return
        self._entries[path] = _Entry(path, tokens, stat.st_size, slack, stat.st_mtime)

    def _make_room(self, size: int) -> None:
        while self._entries and self._size() + size > self._budget:
            self._delete(min(self._entries.values(), key=lambda entry: entry.used_at).path)

    def _size(self) -> int:
        return sum(entry.size_bytes for entry in self._entries.values())

    def _delete(self, path: Path) -> None:
        self._entries.pop(path, None)
        with contextlib.suppress(OSError):
            path.unlink()


def common_length(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two runs share from the beginning."""
    size = min(len(a), len(b))
    differing = np.flatnonzero(np.asarray(a[:size]) != np.asarray(b[:size]))
    return int(differing[0]) if len(differing) else size


def _write(path: Path, arrays: Mapping[str, mx.array], facts: Mapping[str, str]) -> None:
    """A safetensors file with a checksum of its data in the header."""
    header: dict[str, Any] = {}
    blocks: list[memoryview] = []
    at = crc = 0
    mx.eval(list(arrays.values()))
    for name, array in arrays.items():
        block = np.array(array.reshape(-1).view(mx.uint8)).data
        end = at + block.nbytes
        header[name] = {
            "dtype": _NAMES[str(array.dtype)],
            "shape": list(array.shape),
            "data_offsets": [at, end],
        }
        at, crc = end, zlib.crc32(block, crc)
        blocks.append(block)
    header["__metadata__"] = {**facts, "crc32": str(crc)}
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _arrays(header: Header, data: bytes) -> dict[str, mx.array]:
    found = {}
    for name, info in header.tensors.items():
        raw = mx.array(np.frombuffer(data, np.uint8, info.end - info.begin, info.begin))
        found[name] = raw.view(_DTYPES[info.dtype]).reshape(info.shape)
    return found
