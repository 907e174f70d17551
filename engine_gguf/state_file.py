"""One saved state as a file: what it is, the tokens that led to it, and the state; all hashed."""

import contextlib
import hashlib
import itertools
import json
import logging
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine_gguf.batch import Tokens
from engine_gguf.states import State

log = logging.getLogger(__name__)

Kind = Literal["run", "window"]

_MAGIC = b"DSTATE03"
_MAX_HEADER = 64 * 1024
_HEAD = struct.Struct("<8sI32s")  # magic, bytes of the header, hash of header and tokens


@dataclass(frozen=True, slots=True)
class Description:
    """Which state it is; ``digest`` covers identity and all tokens before ``end``."""

    identity: str
    kind: Kind
    parent: bytes  # digest of the tokens before ``start``
    digest: bytes
    start: int
    end: int
    tokens: Tokens  # of a run; none for a window

    @property
    def file_name(self) -> str:
        return f"{self.digest.hex()}-{self.kind}.state"


def runs_of(identity: str, tokens: Tokens, positions: Sequence[int]) -> Iterator[Description]:
    """The runs between positions, which ascend."""
    known = list(digests(identity, tokens, positions))
    for index, (start, end) in enumerate(itertools.pairwise(positions)):
        run = tokens[start:end].copy()
        yield Description(identity, "run", known[index], known[index + 1], start, end, run)


def window_of(identity: str, tokens: Tokens) -> Description:
    """The window for going on from the end of these tokens."""
    end = len(tokens)
    digest = next(digests(identity, tokens, [end]))
    return Description(identity, "window", digest, digest, end, end, tokens[:0])


def digests(identity: str, tokens: Tokens, positions: Sequence[int]) -> Iterator[bytes]:
    """A digest of the tokens before each position; positions ascend."""
    running = hashlib.blake2b(identity.encode(), digest_size=20)
    done = 0
    for position in positions:
        running.update(tokens[done:position].tobytes())
        done = position
        yield running.digest()


def write(path: Path, description: Description, state: State, *, is_durable: bool = False) -> None:
    """Write to a temporary name first: a half-written file never has its name. Raises OSError."""
    header = {
        "identity": description.identity,
        "kind": description.kind,
        "parent": description.parent.hex(),
        "digest": description.digest.hex(),
        "start": description.start,
        "end": description.end,
        "tokens": len(description.tokens),
        "size": len(state),
        "sha256": hashlib.sha256(state.data).hexdigest(),
    }
    packed = json.dumps(header).encode()
    tokens = description.tokens.tobytes()
    digest = hashlib.sha256(packed + tokens).digest()
    partial = path.with_suffix(".partial")
    with open(partial, "wb", opener=_private) as file:
        file.write(_HEAD.pack(_MAGIC, len(packed), digest) + packed + tokens)
        file.write(state.data)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())
    os.replace(partial, path)


def describe(path: Path, identity: str) -> tuple[Description, int] | None:
    """What a file holds and the size of its state; None when it is not whole, or not ours."""
    found = _read_header(path, identity)
    return found and (found[0], found[1])


def read(path: Path, identity: str) -> State | None:
    """The state in a file; None when it is not there, not whole, damaged, or not ours."""
    found = _read_header(path, identity)
    if found is None:
        return None
    _, size, offset, digest = found
    try:
        with path.open("rb") as file:
            file.seek(offset)
            state = np.fromfile(file, dtype=np.uint8, count=size)
        os.utime(path)
    except OSError as error:
        log.warning("saved state not readable: %s", error.strerror)
        return None
    if hashlib.sha256(state.data).hexdigest() != digest:
        log.warning("saved state %s is damaged and was removed", path.name)
        remove(path)
        return None
    return state


def remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _read_header(path: Path, identity: str) -> tuple[Description, int, int, str] | None:
    """Description, size of the state, where it begins, and its hash."""
    try:
        with path.open("rb") as file:
            magic, size, digest = _HEAD.unpack(file.read(_HEAD.size))
            if magic != _MAGIC or size > _MAX_HEADER:
                return None
            packed = file.read(size)
            untrusted = json.loads(packed)
            if untrusted["identity"] != identity:
                log.warning("saved state of another model or version refused")
                return None
            untrusted_tokens = file.read(4 * untrusted["tokens"])
            if hashlib.sha256(packed + untrusted_tokens).digest() != digest:
                log.warning("saved state %s is damaged", path.name)
                return None
            tokens = np.frombuffer(untrusted_tokens, dtype=np.int32)
            offset = file.tell()
        if path.stat().st_size != offset + untrusted["size"]:
            return None
        description = Description(
            identity,
            "window" if untrusted["kind"] == "window" else "run",
            bytes.fromhex(untrusted["parent"]),
            bytes.fromhex(untrusted["digest"]),
            int(untrusted["start"]),
            int(untrusted["end"]),
            tokens,
        )
        return description, int(untrusted["size"]), offset, str(untrusted["sha256"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error):
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
