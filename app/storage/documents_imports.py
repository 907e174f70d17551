"""How a file becomes a document: the same bytes are one document, new bytes a new version."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.storage import documents_collections
from app.storage.documents_rows import name_of
from app.storage.driver import sqlite3


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file whose bytes are in the library's folder already."""

    path: Path
    sha256: str
    suffix: str
    size_bytes: int
    mtime_ns: int
    folder_id: int | None = None
    collection_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """Which file of the library's folder belongs to a document."""

    document_id: int
    sha256: str
    suffix: str


def register(db: sqlite3.Connection, file: Incoming) -> int:
    """The document of these bytes, made if there is none; a failed one is tried again."""
    path = os.fsencode(file.path)
    former_id = _document_of(db, path)
    document_id = _same_content(db, file) or _fill_in(db, former_id, file) or _insert(db, file)
    db.execute(
        "INSERT OR REPLACE INTO sources (path, document_id, folder_id, size_bytes, mtime_ns)"
        " VALUES (?, ?, ?, ?, ?)",
        (path, document_id, file.folder_id, file.size_bytes, file.mtime_ns),
    )
    db.execute("UPDATE documents SET path = ?, newer_id = NULL WHERE id = ?", (path, document_id))
    if former_id is not None and former_id != document_id:
        _supersede(db, former_id, document_id)
    if file.collection_id is not None:
        documents_collections.put(db, [document_id], file.collection_id)
    return document_id


def register_failure(
    db: sqlite3.Connection,
    path: Path,
    error: str,
    folder_id: int | None = None,
    size_bytes: int = -1,
    mtime_ns: int = -1,
) -> int:
    """A file that could not be copied: shown with the reason, unless an older copy is there."""
    stored = os.fsencode(path)
    former_id = _document_of(db, stored)
    if former_id is None:
        former_id = db.execute(
            "INSERT INTO documents (name, path, suffix, size_bytes, state, added_at)"
            " VALUES (?, ?, '', 0, 'failed', ?)",
            (name_of(path), stored, time.time()),
        ).lastrowid
    db.execute(
        "INSERT OR REPLACE INTO sources (path, document_id, folder_id, size_bytes, mtime_ns)"
        " VALUES (?, ?, ?, ?, ?)",
        (stored, former_id, folder_id, size_bytes, mtime_ns),
    )
    db.execute(
        "UPDATE documents SET error = ? WHERE id = ? AND state = 'failed'", (error, former_id)
    )
    return int(former_id or 0)


def copy_of(db: sqlite3.Connection, document_id: int) -> StoredCopy:
    return StoredCopy(
        *db.execute(
            "SELECT id, coalesce(sha256, ''), suffix FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
    )


def drop_sources(db: sqlite3.Connection, paths: Sequence[Path]) -> None:
    """Files that are no longer where they were; their documents stay."""
    db.executemany("DELETE FROM sources WHERE path = ?", [(os.fsencode(path),) for path in paths])


def _document_of(db: sqlite3.Connection, path: bytes) -> int | None:
    """What the file was before; also when it was away for a moment, as while an editor saves."""
    row = db.execute(
        "SELECT d.id FROM sources AS s JOIN documents AS d ON d.id = s.document_id"
        " WHERE s.path = ?1 AND d.is_removed = 0"
        " UNION ALL SELECT id FROM documents"
        " WHERE path = ?1 AND newer_id IS NULL AND is_removed = 0",
        (path,),
    ).fetchone()
    return None if row is None else int(row[0])


def _same_content(db: sqlite3.Connection, file: Incoming) -> int | None:
    row = db.execute(
        "SELECT id, state FROM documents WHERE sha256 = ? AND is_removed = 0", (file.sha256,)
    ).fetchone()
    if row is None:
        return None
    if row[1] == "failed":
        _reset_to(db, row[0], file)
    return int(row[0])


def _fill_in(db: sqlite3.Connection, former_id: int | None, file: Incoming) -> int | None:
    """A document that could not be copied the last time."""
    row = db.execute(
        "SELECT 1 FROM documents WHERE id = ? AND sha256 IS NULL", (former_id,)
    ).fetchone()
    if former_id is None or row is None:
        return None
    _reset_to(db, former_id, file)
    return former_id


def _insert(db: sqlite3.Connection, file: Incoming) -> int:
    cursor = db.execute(
        "INSERT INTO documents (sha256, name, path, suffix, size_bytes, state, added_at)"
        " VALUES (?, ?, ?, ?, ?, 'imported', ?)",
        (
            file.sha256,
            name_of(file.path),
            os.fsencode(file.path),
            file.suffix,
            file.size_bytes,
            time.time(),
        ),
    )
    return int(cursor.lastrowid or 0)


def _reset_to(db: sqlite3.Connection, document_id: int, file: Incoming) -> None:
    """Failed documents have no pages, so that the name may become another."""
    db.execute(
        "UPDATE documents SET sha256 = ?, name = ?, suffix = ?, size_bytes = ?,"
        " state = 'imported', error = '', notices = '[]', is_paused = 0 WHERE id = ?",
        (file.sha256, name_of(file.path), file.suffix, file.size_bytes, document_id),
    )


def _supersede(db: sqlite3.Connection, former_id: int, document_id: int) -> None:
    """The file has become another document; the former stays as long as nobody removes it.

    It is still the newest of another file with the same bytes, if there is one.
    """
    db.execute(
        "UPDATE documents SET version = max(version,"
        " 1 + (SELECT version FROM documents WHERE id = ?)) WHERE id = ?",
        (former_id, document_id),
    )
    db.execute(
        "INSERT OR IGNORE INTO collected"
        " SELECT collection_id, ? FROM collected WHERE document_id = ?",
        (document_id, former_id),
    )
    db.execute(
        "UPDATE documents SET newer_id = ? WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM sources WHERE document_id = ?)",
        (document_id, former_id, former_id),
    )


def reset(db: sqlite3.Connection, document_id: int) -> None:
    """Back to the start, after its pages and passages are deleted."""
    db.execute(
        "UPDATE documents SET state = 'imported', pages = 0, pages_done = 0, pages_indexed = 0,"
        " characters = 0, ocr_pages = 0, passages = 0 WHERE id = ?",
        (document_id,),
    )


def hide(db: sqlite3.Connection, ids: Sequence[int]) -> list[StoredCopy]:
    """Out of sight at once, with all older versions; returns what is to be deleted behind.

    The hash is given up: the same bytes may be added anew meanwhile. Files in watched folders are
    remembered as not wanted.
    """
    chosen = ", ".join("?" * len(ids))
    rows = db.execute(
        "WITH RECURSIVE chain (id) AS ("
        f" SELECT id FROM documents WHERE id IN ({chosen})"
        " UNION SELECT d.id FROM documents AS d JOIN chain ON d.newer_id = chain.id)"
        " SELECT d.id, coalesce(d.sha256, ''), d.suffix FROM documents AS d JOIN chain USING (id)"
        " WHERE d.is_removed = 0",
        tuple(ids),
    ).fetchall()
    for document_id, _, _ in rows:
        db.execute(
            "UPDATE documents SET is_removed = 1, sha256 = NULL, newer_id = NULL WHERE id = ?",
            (document_id,),
        )
        db.execute("DELETE FROM collected WHERE document_id = ?", (document_id,))
        db.execute(
            "UPDATE sources SET document_id = NULL WHERE document_id = ? AND folder_id NOT NULL",
            (document_id,),
        )
        db.execute("DELETE FROM sources WHERE document_id = ?", (document_id,))
    return [StoredCopy(*row) for row in rows]


def hidden(db: sqlite3.Connection) -> list[int]:
    """Documents whose removal was interrupted."""
    rows = db.execute("SELECT id FROM documents WHERE is_removed = 1").fetchall()
    return [row[0] for row in rows]


def forget(db: sqlite3.Connection, document_id: int) -> None:
    """The last row of a removed document."""
    db.execute("DELETE FROM documents WHERE id = ? AND is_removed = 1", (document_id,))
