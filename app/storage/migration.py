"""Bring a database to the current schema: on a verified copy, then one atomic swap."""

import os
import shutil
import sys
from contextlib import closing, suppress
from pathlib import Path

from app.errors import database_unreadable
from app.storage.driver import checkpoint, connect, sqlite3
from app.storage.schema import Schema

KEPT_COPIES = 3


def migrate(path: Path, version: int, schema: Schema) -> None:
    """The caller is the only store. Whatever fails, the file keeps its contents and its version.

    The former file stays beside it as ``NAME.vVERSION.SERIAL``; the last three are kept.
    """
    _fold_in_wal(path)
    copy = path.with_name(path.name + ".migrating")
    remove_database(copy)
    try:
        shutil.copy2(path, copy)
        with closing(connect(copy)) as connection:
            rows_before = _row_counts(connection)
            for step in range(version, schema.version):
                _run_step(connection, step, schema)
            _verify(connection, rows_before, path)
            checkpoint(connection)
        _sync(copy)
        _keep(path, version)
        copy.replace(path)
    except BaseException:
        remove_database(copy)
        raise
    sync_folder(path.parent)


def remove_database(path: Path) -> None:
    """Remove a file of ours that never became the database, with what SQLite put beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows does so by itself."""
    if sys.platform != "win32":
        _sync(folder)


def _fold_in_wal(path: Path) -> None:
    """Leave everything in the one file. Raises "locked" while any other program has it open."""
    with closing(connect(path)) as connection:
        checkpoint(connection)
        connection.execute("PRAGMA journal_mode = DELETE")


def _run_step(connection: sqlite3.Connection, step: int, schema: Schema) -> None:
    from sqlite_utils import Database  # here only: see app.storage.driver

    connection.execute("PRAGMA foreign_keys = OFF")  # tables may have to be made anew
    connection.execute("BEGIN IMMEDIATE")
    schema.migrations[step](Database(connection))
    connection.execute(f"PRAGMA user_version = {step + 1}")
    connection.execute("COMMIT")


def _verify(connection: sqlite3.Connection, rows_before: dict[str, int], path: Path) -> None:
    """Every table has as many rows as before; references and pages are sound."""
    rows = _row_counts(connection)
    lost = [name for name, count in rows_before.items() if rows.get(name) != count]
    if lost:
        raise database_unreadable(path, f"updating it would change the rows of {lost[0]}")
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise database_unreadable(path, "updating it would break references")
    (fault,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if fault != "ok":
        raise database_unreadable(path, f"updating it failed ({fault})")


def _row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Of ordinary tables: those behind a search index may change."""
    tables = connection.execute(
        "SELECT name FROM pragma_table_list"
        " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in tables
    }


def _keep(path: Path, version: int) -> None:
    """Give the old file a second name before the new one takes the first; drop the oldest."""
    copies = kept_copies(path)
    serial = _serial(copies[-1]) + 1 if copies else 1
    kept = path.with_name(f"{path.name}.v{version}.{serial}")
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
        _sync(kept)
    for old in [*copies, kept][:-KEPT_COPIES]:
        old.unlink()


def kept_copies(path: Path) -> list[Path]:
    """The files as they were before each migration, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.v*.*"), key=_serial)


def _serial(copy: Path) -> int:
    with suppress(ValueError):
        return int(copy.suffix[1:])
    return 0


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
