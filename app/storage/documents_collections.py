"""Collections of documents and the folders that are watched, as rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.storage import records
from app.storage.driver import sqlite3


@dataclass(frozen=True, slots=True)
class DeletedCollection:
    """What ``restore`` makes it of again."""

    id: int
    name: str
    document_ids: tuple[int, ...]
    folder_ids: tuple[int, ...]  # watched for it


def create(db: sqlite3.Connection, name: str) -> int:
    """The one of this name if there is one already."""
    name = records.one_line(name)
    db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))
    (id_,) = db.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
    return int(id_)


def rename(db: sqlite3.Connection, collection_id: int, name: str) -> bool:
    """False, and nothing happens, where another has the name."""
    cursor = db.execute(
        "UPDATE OR IGNORE collections SET name = ? WHERE id = ?",
        (records.one_line(name), collection_id),
    )
    if cursor.rowcount != 1 and not _exists(db, collection_id):
        raise LookupError(f"no collection {collection_id}")
    return cursor.rowcount == 1


def _exists(db: sqlite3.Connection, collection_id: int) -> bool:
    row = db.execute("SELECT 1 FROM collections WHERE id = ?", (collection_id,)).fetchone()
    return row is not None


def delete(db: sqlite3.Connection, collection_id: int) -> DeletedCollection:
    """Its documents stay, its folders are still watched."""
    row = db.execute("SELECT name FROM collections WHERE id = ?", (collection_id,)).fetchone()
    if row is None:
        raise LookupError(f"no collection {collection_id}")
    folders = db.execute("SELECT id FROM folders WHERE collection_id = ?", (collection_id,))
    deleted = DeletedCollection(
        collection_id,
        row[0],
        tuple(sorted(members(db, collection_id))),
        tuple(folder_id for (folder_id,) in folders.fetchall()),
    )
    db.execute("DELETE FROM collections WHERE id = ?", (collection_id,))
    return deleted


def restore(db: sqlite3.Connection, deleted: DeletedCollection) -> int:
    """As it was, but for what was removed meanwhile; into one that has its name by now."""
    db.execute(
        "INSERT OR IGNORE INTO collections (id, name) VALUES (?, ?)", (deleted.id, deleted.name)
    )
    collection_id = create(db, deleted.name)
    put(db, deleted.document_ids, collection_id)
    db.executemany(
        "UPDATE folders SET collection_id = ? WHERE id = ? AND collection_id IS NULL",
        [(collection_id, folder_id) for folder_id in deleted.folder_ids],
    )
    return collection_id


def members(db: sqlite3.Connection, collection_id: int) -> set[int]:
    rows = db.execute("SELECT document_id FROM collected WHERE collection_id = ?", (collection_id,))
    return {document_id for (document_id,) in rows}


def put(db: sqlite3.Connection, ids: Sequence[int], collection_id: int) -> None:
    """What another process removed meanwhile, collection or document, is left out."""
    db.executemany(
        "INSERT OR IGNORE INTO collected SELECT c.id, d.id FROM collections AS c"
        " JOIN documents AS d ON d.id = ? AND d.is_removed = 0 WHERE c.id = ?",
        [(document_id, collection_id) for document_id in ids],
    )


def take_out(db: sqlite3.Connection, ids: Sequence[int], collection_id: int) -> None:
    db.executemany(
        "DELETE FROM collected WHERE collection_id = ? AND document_id = ?",
        [(collection_id, document_id) for document_id in ids],
    )


def add_folder(db: sqlite3.Connection, path: Path, collection_id: int | None) -> int:
    stored = os.fsencode(path)
    db.execute("INSERT OR IGNORE INTO folders (path) VALUES (?)", (stored,))
    if collection_id is not None:
        db.execute("UPDATE folders SET collection_id = ? WHERE path = ?", (collection_id, stored))
    (id_,) = db.execute("SELECT id FROM folders WHERE path = ?", (stored,)).fetchone()
    return int(id_)


def remove_folder(db: sqlite3.Connection, folder_id: int) -> None:
    db.execute("DELETE FROM sources WHERE folder_id = ? AND document_id IS NULL", (folder_id,))
    db.execute("DELETE FROM folders WHERE id = ?", (folder_id,))
