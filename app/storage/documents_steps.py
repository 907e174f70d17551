"""The steps of a document from imported to indexed, as its row tells them."""

import json
from collections.abc import Collection, Sequence

from app.storage import documents_rows
from app.storage.documents_rows import Document
from app.storage.driver import sqlite3


def next_unfinished(db: sqlite3.Connection, busy: Collection[int]) -> Document | None:
    """The oldest document with work to do that nobody works on; text comes before the index."""
    chosen = ", ".join("?" * len(busy))
    rows = db.execute(
        "SELECT id FROM documents WHERE state IN ('imported', 'text ready') AND is_paused = 0"
        f" AND is_removed = 0 AND sha256 NOT NULL AND pages_done >= 0 AND id NOT IN ({chosen})"
        " ORDER BY id LIMIT 1",
        tuple(busy),
    ).fetchall()
    found = documents_rows.documents(db, "id = ?", rows[0]) if rows else []
    return found[0] if found else None


def finish_text(
    db: sqlite3.Connection,
    document_id: int,
    kind: str,
    pages_total: int,
    notices: Sequence[str],
) -> bool:
    """All pages are stored. False when the document was paused or removed."""
    cursor = db.execute(
        "UPDATE documents SET state = 'text ready', kind = ?, pages = max(?, pages_done),"
        " notices = ? WHERE id = ? AND is_removed = 0 AND is_paused = 0 AND state = 'imported'",
        (kind, pages_total, json.dumps(list(notices)), document_id),
    )
    return cursor.rowcount == 1


def pages_indexed(db: sqlite3.Connection, document_id: int) -> int:
    """0 for a document that was removed meanwhile: it has no pages either."""
    row = db.execute("SELECT pages_indexed FROM documents WHERE id = ?", (document_id,)).fetchone()
    return 0 if row is None else int(row[0])


def set_paused(db: sqlite3.Connection, ids: Sequence[int], *, is_paused: bool) -> None:
    db.executemany(
        "UPDATE documents SET is_paused = ? WHERE id = ? AND state IN ('imported', 'text ready')",
        [(is_paused, document_id) for document_id in ids],
    )


def is_failed(db: sqlite3.Connection, document_id: int) -> bool:
    row = db.execute("SELECT state FROM documents WHERE id = ?", (document_id,)).fetchone()
    return row is not None and row[0] == "failed"


def is_stored(db: sqlite3.Connection, sha256: str) -> bool:
    """Whether any document that is not being removed has these bytes."""
    row = db.execute(
        "SELECT 1 FROM documents WHERE sha256 = ? AND state <> 'failed'", (sha256,)
    ).fetchone()
    return row is not None
