"""What the library hands out about documents, and how it is read from their rows."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from app.documents.values import DocumentState
from app.storage import records
from app.storage.driver import sqlite3

STATES: tuple[DocumentState, ...] = get_args(DocumentState)


@dataclass(frozen=True, slots=True)
class Document:
    """``pages`` is 0 while their number is not known; ``vectors`` counts passages that have one.

    ``newer_id`` is the document that this file has become since, None while it is the newest.
    ``sha256`` is "" for a file that could not be copied. ``added_at``: unix seconds, to show.
    """

    id: int
    name: str
    path: Path
    sha256: str
    kind: str
    size_bytes: int
    state: DocumentState
    pages: int
    pages_done: int
    characters: int
    ocr_pages: int
    passages: int
    vectors: int
    error: str
    notices: tuple[str, ...]
    added_at: float
    version: int
    newer_id: int | None
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Collection:
    id: int
    name: str
    documents: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is in the library, as it was when it was read."""

    path: Path
    document_id: int | None  # None: the user removed the document, so it is not added again
    folder_id: int | None
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Folder:
    id: int
    path: Path
    collection_id: int | None


_COLUMNS = (
    "id, CAST(name AS TEXT), path, coalesce(sha256, ''), kind, size_bytes, state, pages,"
    " pages_done, characters, ocr_pages, passages, error, notices, added_at, version, newer_id,"
    " is_paused"
)


def documents(
    db: sqlite3.Connection,
    where: str = "1",
    values: Sequence[Any] = (),
    *,
    embedder_id: int | None = None,
) -> list[Document]:
    """Oldest first, without those being removed."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE is_removed = 0 AND {where} ORDER BY id",
        tuple(values),
    ).fetchall()
    counts = _vector_counts(db, embedder_id) if embedder_id is not None else {}
    return [_document(row, counts.get(row[0], 0)) for row in rows]


def _vector_counts(db: sqlite3.Connection, embedder_id: int) -> dict[int, int]:
    rows = db.execute(
        "SELECT document_id, passages FROM embedded WHERE embedder_id = ?", (embedder_id,)
    )
    return dict(rows.fetchall())


def _document(row: tuple[Any, ...], vectors: int) -> Document:
    # A damaged word must not hide the others.
    state: DocumentState = next((state for state in STATES if state == row[6]), "failed")
    return Document(
        id=row[0],
        name=row[1],
        path=Path(os.fsdecode(row[2])),
        sha256=row[3],
        kind=row[4],
        size_bytes=row[5],
        state=state,
        pages=row[7],
        pages_done=row[8],
        characters=row[9],
        ocr_pages=row[10],
        passages=row[11],
        vectors=vectors,
        error=row[12],
        notices=tuple(map(str, json.loads(row[13]))),
        added_at=row[14],
        version=row[15],
        newer_id=row[16],
        is_paused=bool(row[17]),
    )


def name_of(path: Path) -> str:
    """How a file is called on the screen and in the index: any bytes become text."""
    return records.one_line(os.fsencode(path.name).decode("utf-8", "replace")) or "unnamed"


def sources(db: sqlite3.Connection, folder_id: int) -> list[Source]:
    rows = db.execute(
        "SELECT path, document_id, folder_id, size_bytes, mtime_ns FROM sources"
        " WHERE folder_id = ?",
        (folder_id,),
    )
    return [_source(row) for row in rows]


def source(db: sqlite3.Connection, path: Path) -> Source | None:
    row = db.execute(
        "SELECT path, document_id, folder_id, size_bytes, mtime_ns FROM sources WHERE path = ?",
        (os.fsencode(path),),
    ).fetchone()
    return None if row is None else _source(row)


def _source(row: tuple[Any, ...]) -> Source:
    return Source(Path(os.fsdecode(row[0])), *row[1:])


def folders(db: sqlite3.Connection) -> list[Folder]:
    rows = db.execute("SELECT id, path, collection_id FROM folders ORDER BY id")
    return [Folder(row[0], Path(os.fsdecode(row[1])), row[2]) for row in rows]


def collections(db: sqlite3.Connection) -> list[Collection]:
    """By name, with how many of their documents are the newest of their file."""
    rows = db.execute(
        "SELECT c.id, c.name, count(d.id) FROM collections AS c"
        " LEFT JOIN collected AS x ON x.collection_id = c.id"
        " LEFT JOIN documents AS d"
        " ON d.id = x.document_id AND d.is_removed = 0 AND d.newer_id IS NULL"
        " GROUP BY c.id ORDER BY c.name COLLATE NOCASE"
    )
    return [Collection(*row) for row in rows]
