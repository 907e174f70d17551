"""The SQLite library, how connections are opened, and its errors in words.

``pysqlite3`` carries SQLite 3.53: those before 3.51.3, thus the one in the standard library, can
corrupt a WAL file (https://www.sqlite.org/wal.html#walresetbug). sqlite-utils takes the same
library, but importing it costs 0.2 s, so only migrations do.
"""

import errno
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import (
    AppError,
    data_folder_unusable,
    database_locked,
    database_unreadable,
    disk_full,
)

if TYPE_CHECKING:
    import sqlite3  # the same interface, with types
else:
    import pysqlite3 as sqlite3

__all__ = ["app_errors", "as_app_error", "checkpoint", "connect", "is_corruption", "sqlite3"]

BUSY_TIMEOUT_S = 2.0  # only another program can hold the file: there is one writer here
_JOURNAL_SIZE_LIMIT_BYTES = 64 << 20
_NO_SPACE_BYTES = 1 << 20


def connect(path: Path, options: str = "mode=rw", *, is_reader: bool = False) -> sqlite3.Connection:
    """Open an existing file in autocommit; usable from any thread, by one thread at a time.

    ``options`` are those of SQLite's file: URIs. Damaged text decodes with U+FFFD in place of
    raising, so that one bad row does not hide the others.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
    )
    connection.text_factory = _lenient_text
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        if options == "mode=rw":
            _make_durable(connection)
        if is_reader:
            connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _make_durable(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if sys.platform == "darwin":  # there, fsync leaves the data in the drive's own cache
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_SIZE_LIMIT_BYTES}")


def checkpoint(connection: sqlite3.Connection) -> None:
    """Bring everything into the one file. Closing does so, too, but hides a full disk."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lenient_text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


@contextmanager
def app_errors(path: Path) -> Iterator[None]:
    """Turn what the disk, its owner or another program did into an AppError; pass on our bugs."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise (as_app_error(error, path) or error) from error


def as_app_error(error: sqlite3.Error | OSError, path: Path) -> AppError | None:
    """None for what only a bug of ours can cause."""
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return disk_full(path.parent)
        return data_folder_unusable(path.parent, error.strerror or str(error))
    match _primary_code(error):
        case sqlite3.SQLITE_FULL:
            return disk_full(path.parent)
        case sqlite3.SQLITE_IOERR:
            return _input_output_error(error, path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return data_folder_unusable(path.parent, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return database_locked(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return database_unreadable(path, str(error))
        case _:
            return None


def is_corruption(error: sqlite3.Error) -> bool:
    return _primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _primary_code(error: sqlite3.Error) -> int:
    """0 for errors of the Python binding, which carry no code."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _input_output_error(error: sqlite3.Error, path: Path) -> AppError:
    """A full disk shows as an I/O error where shared memory, not the file, did not fit."""
    with suppress(OSError):
        if shutil.disk_usage(path.parent).free < _NO_SPACE_BYTES:
            return disk_full(path.parent)
    return data_folder_unusable(path.parent, str(error))
