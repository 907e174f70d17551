"""Saved states as files: one folder per identity, one file per state, checked when read."""

import contextlib
import hashlib
import json
import logging
import os
import queue
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine_gguf.batch import Tokens
from engine_gguf.states import State

if TYPE_CHECKING:
    from engine_gguf.snapshots import Kind, Snapshot

log = logging.getLogger(__name__)

_MAGIC = b"DSTATE02"
_MAX_HEADER = 64 * 1024
_CLOSE_S = 20.0


class SnapshotFiles:
    """Reads at once, writes on a thread of its own. A half-written file never has its name."""

    def __init__(self, folder: Path, identity: str, budget_bytes: int) -> None:
        self._top = folder
        self._folder = folder / hashlib.sha256(identity.encode()).hexdigest()[:24]
        self._identity = identity
        self._budget = budget_bytes
        self._folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            folder.chmod(0o700)  # a state can be turned back into the text it was made of
        self._jobs: queue.Queue[tuple[str, bytes, State] | None] = queue.Queue()
        self._waiting: dict[str, State] = {}  # asked for, not on disk yet
        self._thread = threading.Thread(target=self._write_all, name="snapshots", daemon=True)
        self._thread.start()

    def index(self) -> "Iterator[Snapshot]":
        """What is there, without the states."""
        from engine_gguf.snapshots import Snapshot

        for path in self._folder.glob("*.state"):
            found = self._read_header(path)
            if found is None:
                _remove(path)
                continue
            header, tokens, _ = found
            yield Snapshot(
                header["kind"],
                bytes.fromhex(header["parent"]),
                bytes.fromhex(header["digest"]),
                header["start"],
                header["end"],
                tokens,
                header["size"],
                is_on_disk=True,
            )

    def write(
        self,
        digest: bytes,
        kind: "Kind",
        parent: bytes,
        span: tuple[int, int],
        tokens: Tokens,
        state: State,
    ) -> None:
        """Write a state soon. Returns at once."""
        header = {
            "identity": self._identity,
            "kind": kind,
            "parent": parent.hex(),
            "digest": digest.hex(),
            "start": span[0],
            "end": span[1],
            "tokens": len(tokens),
            "size": len(state),
        }
        name = _name(digest, kind)
        self._waiting[name] = state
        self._jobs.put((name, json.dumps(header).encode() + b"\n" + tokens.tobytes(), state))

    def read(self, digest: bytes, kind: "Kind") -> State | None:
        """A state; None when it is not there, not whole, or not ours."""
        name = _name(digest, kind)
        waiting = self._waiting.get(name)
        if waiting is not None:
            return waiting
        path = self._folder / name
        found = self._read_header(path)
        if found is None:
            return None
        header, _, offset = found
        try:
            with path.open("rb") as file:
                file.seek(offset)
                state = np.fromfile(file, dtype=np.uint8, count=header["size"])
            os.utime(path)
        except OSError as error:
            log.warning("saved state not readable: %s", error.strerror)
            return None
        if hashlib.sha256(state.data).hexdigest() != header["sha256"]:
            log.warning("saved state %s is damaged and was removed", name)
            _remove(path)
            return None
        return state

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(_CLOSE_S)

    def _read_header(self, path: Path) -> tuple[dict[str, Any], Tokens, int] | None:
        """Header, tokens, and where the state begins."""
        try:
            with path.open("rb") as file:
                start = file.read(len(_MAGIC) + 4)
                if start[:-4] != _MAGIC:
                    return None
                size = struct.unpack("<I", start[-4:])[0]
                if size > _MAX_HEADER:
                    return None
                untrusted = json.loads(file.read(size))
                if untrusted["identity"] != self._identity:
                    log.warning("saved state of another model or version refused")
                    return None
                tokens = np.frombuffer(file.read(4 * untrusted["tokens"]), dtype=np.int32)
                offset = file.tell()
            is_whole = path.stat().st_size == offset + untrusted["size"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (untrusted, tokens, offset) if is_whole else None

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            name, description, state = job
            try:
                self._write(name, description, state)
                self._keep_to_budget()
            except OSError as error:
                log.warning("state not saved: %s", error.strerror)
            self._waiting.pop(name, None)

    def _write(self, name: str, description: bytes, state: State) -> None:
        text, _, tokens = description.partition(b"\n")
        header = json.loads(text) | {"sha256": hashlib.sha256(state.data).hexdigest()}
        packed = json.dumps(header).encode()
        partial = self._folder / f"{name}.partial"
        with open(partial, "wb", opener=_private) as file:
            file.write(_MAGIC + struct.pack("<I", len(packed)) + packed + tokens)
            state.tofile(file)
        os.replace(partial, self._folder / name)

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
            _remove(path)
            total -= size


def _name(digest: bytes, kind: "Kind") -> str:
    return f"{digest.hex()}-{kind}.state"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
