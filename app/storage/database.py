"""The database file: checked before it is touched, made or migrated in one atomic step."""

import os
from contextlib import closing
from pathlib import Path

from app.errors import data_folder_unusable, database_locked, database_too_new
from app.errors import database_unreadable as unreadable
from app.storage.driver import app_errors, as_app_error, checkpoint, connect, sqlite3
from app.storage.migration import migrate, remove_database, sync_folder
from app.storage.presence import Presence
from app.storage.schema import APPLICATION_ID, CURRENT, Schema

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100  # https://www.sqlite.org/fileformat2.html#the_database_header


class DatabaseFile:
    """A file of ours that passed its checks and has the current schema."""

    def __init__(self, path: Path, presence: Presence) -> None:
        self.path = path
        self._presence = presence

    @classmethod
    def open(cls, path: Path, schema: Schema = CURRENT) -> "DatabaseFile":
        """Make the file, or check and migrate it. A file that is refused is left untouched.

        Raises AppError: newer, foreign, damaged or locked file, unusable folder, full disk.
        """
        if sqlite3.sqlite_version_info < (3, 51, 3):
            raise RuntimeError(f"SQLite {sqlite3.sqlite_version} can corrupt its WAL")
        with app_errors(path):
            presence = Presence.announce(path)
            try:
                _prepare(path, schema, is_alone=presence.is_alone)
            except BaseException:
                presence.end()
                raise
        return cls(path, presence)

    @property
    def is_alone(self) -> bool:
        """Whether no other store, in any process, had the file open when this one opened it."""
        return self._presence.is_alone

    def share(self) -> None:
        """Let other stores in; until then they wait."""
        self._presence.share()

    def writer(self) -> sqlite3.Connection:
        return connect(self.path)

    def reader(self) -> sqlite3.Connection:
        return connect(self.path, is_reader=True)

    def close(self) -> None:
        """The connections must be closed before."""
        self._presence.end()


def _prepare(path: Path, schema: Schema, *, is_alone: bool) -> None:
    if not path.exists():
        if not is_alone:  # somebody removed it under a living store
            raise database_locked(path)
        _create(path, schema)
        return
    version = _read_version(path, schema)
    _check_pages(path)
    if version < schema.version:
        if not is_alone:
            raise database_locked(path)
        migrate(path, version, schema)


def _create(path: Path, schema: Schema) -> None:
    """Build beside the path and rename: a file that bears our name is always whole."""
    fresh = path.with_name(path.name + ".new")
    remove_database(fresh)
    wal = Path(f"{path}-wal")
    if wal.exists():  # of a file that is gone: SQLite would play it into the new one
        wal.replace(f"{path}-wal.orphan")
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(connect(fresh)) as connection:
            connection.executescript(
                f"BEGIN;"
                f"PRAGMA application_id = {APPLICATION_ID};"
                f"PRAGMA user_version = {schema.version};"
                f"{schema.create};"
                f"COMMIT;"
            )
            checkpoint(connection)
        fresh.replace(path)
    except BaseException:
        remove_database(fresh)
        raise
    sync_folder(path.parent)


def _read_version(path: Path, schema: Schema) -> int:
    """The schema version, from the bytes of the header: SQLite itself might write to the file.

    The header is never older than the WAL in this, because files are renamed into place whole.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise data_folder_unusable(path, error.strerror or str(error)) from error
    if not header:
        raise unreadable(path, "it is empty")
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise unreadable(path, "it is not a database, or its beginning is damaged")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise unreadable(path, "it belongs to another program")
    version = int.from_bytes(header[60:64], "big", signed=True)
    if version > schema.version:
        raise database_too_new(path)
    if version < 1:
        raise unreadable(path, "its header is damaged")
    if not _has_wal(path) and path.stat().st_size < _size_bytes(header):
        raise unreadable(path, "its end is missing")
    return version


def _size_bytes(header: bytes) -> int:
    """What the header promises; true while there is no WAL."""
    page_size = int.from_bytes(header[16:18], "big")
    return int.from_bytes(header[28:32], "big") * (65536 if page_size == 1 else page_size)


def _has_wal(path: Path) -> bool:
    return Path(f"{path}-wal").exists()


def _check_pages(path: Path) -> None:
    """Read every page of the tables, writing nothing; 0.1 s per 100,000 messages.

    The search index is left out: checking it takes 15 times as long, and it can be made anew
    from the messages.
    """
    # Without a WAL nobody has the file open, and "immutable" leaves no new files beside it.
    options = "mode=ro" if _has_wal(path) else "immutable=1"
    try:
        with closing(connect(path, options)) as connection:
            tables = connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            ).fetchall()
            faults = [
                fault
                for (table,) in tables
                for (fault,) in connection.execute(f'PRAGMA quick_check("{table}")')
                if fault != "ok"
            ]
    except sqlite3.DatabaseError as error:
        refusal = as_app_error(error, path) or unreadable(path, f"it is damaged ({error})")
        raise refusal from error
    if len(tables) < 2:
        raise unreadable(path, "its tables are missing")
    if faults:
        raise unreadable(path, f"it is damaged ({faults[0].splitlines()[0]})")
