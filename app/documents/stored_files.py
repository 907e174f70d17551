"""The library's own copies of files, one per content, named by their sha256."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import disk_full, document_unreadable
from app.storage.documents_imports import StoredCopy
from app.storage.driver import app_errors
from app.storage.migration import sync_folder

_CHUNK_BYTES = 1 << 20
_RESERVE_BYTES = 32 << 20  # left free, so that everything else can still be saved
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")
_INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished copy that no document has claimed yet."""

    file: Path
    sha256: str
    suffix: str
    size_bytes: int
    mtime_ns: int


class StoredFiles:
    """All methods may be called from any thread; those of one content not at the same time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, path: Path, *, within: Path | None = None) -> Taken:
        """Copy the file, durably. Raises AppError: not a readable file, gone, no room.

        With ``within`` only a file that really lies in that folder: no link leads out of it.
        """
        try:
            source = os.open(path, _flags(is_link_followed=within is None))
        except (OSError, ValueError) as error:
            raise document_unreadable(path.name, _cause(error)) from error
        with os.fdopen(source, "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise document_unreadable(path.name, "It is not a file.")
            if within is not None and not _lies_within(path, status, within):
                raise document_unreadable(path.name, "A link leads out of the watched folder.")
            with app_errors(self.folder / "new"):
                self._check_room(status.st_size)
                number, name = tempfile.mkstemp(prefix=_INCOMING, dir=self.folder)
            copy = Path(name)
            try:
                sha256, size_bytes = self._copy(opened, number, path.name)
            except BaseException:
                copy.unlink(missing_ok=True)
                raise
        suffix = path.suffix.lower()
        return Taken(
            copy,
            sha256,
            suffix if _SUFFIX.fullmatch(suffix) else "",
            size_bytes,
            status.st_mtime_ns,
        )

    def settle(self, taken: Taken, owner: StoredCopy) -> None:
        """Give the copy its name, or drop it where its document has one already."""
        target = self.path_of(owner)
        if target.exists():
            taken.file.unlink()
            return
        taken.file.replace(target)
        sync_folder(self.folder)

    def path_of(self, copy: StoredCopy) -> Path:
        return self.folder / f"{copy.sha256}{copy.suffix}"

    def delete(self, copy: StoredCopy) -> None:
        if copy.sha256:
            self.path_of(copy).unlink(missing_ok=True)

    def sweep(self, copies: Iterable[StoredCopy]) -> None:
        """Delete what belongs to no document: left by a process that died. Only when alone."""
        known = {self.path_of(copy).name for copy in copies}
        for file in self.folder.iterdir():
            if file.name not in known and file.is_file():
                file.unlink(missing_ok=True)

    def _check_room(self, size_bytes: int) -> None:
        if shutil.disk_usage(self.folder).free < size_bytes + _RESERVE_BYTES:
            raise disk_full(self.folder)

    def _copy(self, opened: BinaryIO, number: int, name: str) -> tuple[str, int]:
        digest, size_bytes = hashlib.sha256(), 0
        with os.fdopen(number, "wb") as copy:
            while True:
                try:
                    chunk = opened.read(_CHUNK_BYTES)
                except OSError as error:  # a drive that was pulled, a share that went away
                    raise document_unreadable(name, _cause(error)) from error
                if not chunk:
                    break
                digest.update(chunk)
                size_bytes += len(chunk)
                with app_errors(self.folder / name):
                    copy.write(chunk)
            with app_errors(self.folder / name):
                copy.flush()
                os.fsync(copy.fileno())
        return digest.hexdigest(), size_bytes


def _lies_within(path: Path, opened: os.stat_result, folder: Path) -> bool:
    """Whether what was opened is what the path means without any link, inside the folder."""
    real = Path(os.path.realpath(path))
    try:
        is_same = os.path.samestat(real.lstat(), opened)
    except OSError:
        return False
    return is_same and real.is_relative_to(os.path.realpath(folder))


def _flags(*, is_link_followed: bool) -> int:
    """Never waiting for a pipe to be written to; the flags are 0 where a system has none."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    return flags if is_link_followed else flags | getattr(os, "O_NOFOLLOW", 0)


def _cause(error: OSError | ValueError) -> str:
    words = getattr(error, "strerror", None) or str(error)
    return f"{words}."
