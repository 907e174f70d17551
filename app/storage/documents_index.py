"""The index of passages: words in FTS5 and vectors per model; how it is searched and mended."""

import unicodedata
from collections.abc import Sequence

from app.storage import documents_pages
from app.storage.documents_schema import CREATE_PASSAGE_SEARCH
from app.storage.driver import sqlite3

_HEADING_WEIGHT = 0.6
_MERGE_PAGES = 200  # of the index, per transaction: some 20 ms
_REPAIR_CHUNK = 200

VISIBLE = "d.state = 'indexed' AND d.is_removed = 0"


def matches(db: sqlite3.Connection, expression: str, limit: int) -> list[tuple[int, float]]:
    """Passage ids, best first, with their bm25 (the larger the better)."""
    rows = db.execute(
        "SELECT rowid, -bm25(passage_search, 1.0, ?) AS score FROM passage_search"
        " WHERE passage_search MATCH ? ORDER BY score DESC LIMIT ?",
        (_HEADING_WEIGHT, expression, limit),
    )
    return [(row[0], row[1]) for row in rows]


def matches_within(
    db: sqlite3.Connection, expression: str, limit: int, document_ids: Sequence[int]
) -> list[tuple[int, float]]:
    """The same for few documents: their passages stand close together in the index."""
    chosen = ", ".join("?" * len(document_ids))
    first, last = db.execute(
        f"SELECT min(id), max(id) FROM passages WHERE document_id IN ({chosen})",
        tuple(document_ids),
    ).fetchone()
    rows = db.execute(
        "SELECT s.rowid, -bm25(passage_search, 1.0, ?) AS score FROM passage_search AS s"
        " CROSS JOIN passages AS p ON p.id = s.rowid"
        " WHERE passage_search MATCH ? AND s.rowid BETWEEN ? AND ?"
        f" AND p.document_id IN ({chosen}) ORDER BY score DESC LIMIT ?",
        (_HEADING_WEIGHT, expression, first or 0, last or 0, *document_ids, limit),
    )
    return [(row[0], row[1]) for row in rows]


def count(db: sqlite3.Connection, expression: str, most: int) -> int:
    """How many passages match, counted up to ``most``."""
    (found,) = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM passage_search WHERE passage_search MATCH ? LIMIT ?)",
        (expression, most),
    ).fetchone()
    return int(found)


def passage_count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])


def newest_passage(db: sqlite3.Connection) -> int:
    """Its id; at once, where counting takes milliseconds."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0])


def visible_documents(
    db: sqlite3.Connection, document_ids: Sequence[int] | None, collection_id: int | None
) -> dict[int, int]:
    """Which of the documents can be searched, with their passages.

    Without a choice of single documents: the newest of each file.
    """
    values: list[int] = []
    sql = f"SELECT d.id, d.passages FROM documents AS d WHERE {VISIBLE}"
    if document_ids is None:
        sql += " AND d.newer_id IS NULL"
    else:
        sql += f" AND d.id IN ({', '.join('?' * len(document_ids))})"
        values += document_ids
    if collection_id is not None:
        sql += " AND d.id IN (SELECT document_id FROM collected WHERE collection_id = ?)"
        values.append(collection_id)
    return dict(db.execute(sql, values).fetchall())


def documents_of(db: sqlite3.Connection, passage_ids: Sequence[int]) -> dict[int, int]:
    chosen = ", ".join("?" * len(passage_ids))
    rows = db.execute(
        f"SELECT id, document_id FROM passages WHERE id IN ({chosen})", tuple(passage_ids)
    )
    return dict(rows.fetchall())


# --- vectors


def embedder(db: sqlite3.Connection, name: str) -> tuple[int, bool | None]:
    """The number of a model, and whether it knows Chinese (None: not probed yet)."""
    db.execute("INSERT OR IGNORE INTO embedders (name) VALUES (?)", (name,))
    row = db.execute("SELECT id, knows_chinese FROM embedders WHERE name = ?", (name,)).fetchone()
    return int(row[0]), None if row[1] is None else bool(row[1])


def set_probe(db: sqlite3.Connection, embedder_id: int, knows_chinese: bool) -> None:
    db.execute("UPDATE embedders SET knows_chinese = ? WHERE id = ?", (knows_chinese, embedder_id))


def without_vector(db: sqlite3.Connection, embedder_id: int, limit: int) -> list[int]:
    """Passages of one document that a model has not seen; the newest versions come first."""
    row = db.execute(
        f"SELECT d.id FROM documents AS d WHERE {VISIBLE} AND d.passages > coalesce("
        " (SELECT passages FROM embedded WHERE embedder_id = ? AND document_id = d.id), 0)"
        " ORDER BY d.newer_id IS NOT NULL, d.id LIMIT 1",
        (embedder_id,),
    ).fetchone()
    if row is None:
        return []
    rows = db.execute(
        "SELECT p.id FROM passages AS p LEFT JOIN vectors AS v"
        " ON v.passage_id = p.id AND v.embedder_id = ?"
        " WHERE p.document_id = ? AND v.id IS NULL ORDER BY p.id LIMIT ?",
        (embedder_id, row[0], limit),
    )
    return [passage_id for (passage_id,) in rows]


def add_vectors(
    db: sqlite3.Connection, embedder_id: int, vectors: Sequence[tuple[int, bytes]]
) -> set[int]:
    """Store (passage, vector); returns the documents. Passages removed meanwhile are left out."""
    documents = documents_of(db, [passage_id for passage_id, _ in vectors])
    for passage_id, vector in vectors:
        if passage_id not in documents:
            continue
        db.execute(
            "INSERT OR IGNORE INTO vectors (embedder_id, passage_id, vector) VALUES (?, ?, ?)",
            (embedder_id, passage_id, vector),
        )
    for document_id in set(documents.values()):
        db.execute(
            "INSERT OR REPLACE INTO embedded SELECT ?1, ?2, count(*) FROM passages AS p"
            " JOIN vectors AS v ON v.passage_id = p.id AND v.embedder_id = ?1"
            " WHERE p.document_id = ?2",
            (embedder_id, document_id),
        )
    return set(documents.values())


def vectors_after(
    db: sqlite3.Connection, embedder_id: int, last_id: int, most: int
) -> list[tuple[int, int, int, bytes]]:
    """(id, passage, document, vector) of those stored since ``last_id``."""
    return db.execute(
        "SELECT v.id, v.passage_id, p.document_id, v.vector FROM vectors AS v"
        " JOIN passages AS p ON p.id = v.passage_id"
        " WHERE v.embedder_id = ? AND v.id > ? ORDER BY v.id LIMIT ?",
        (embedder_id, last_id, most),
    ).fetchall()


def delete_former(db: sqlite3.Connection, embedder_id: int, most: int) -> bool:
    """Delete up to ``most`` vectors of other models; True while there may be more.

    How many a document has left is right after each step: a former model that comes back goes on
    from there.
    """
    row = db.execute(
        "SELECT embedder_id, document_id FROM embedded WHERE embedder_id <> ? LIMIT 1",
        (embedder_id,),
    ).fetchone()
    if row is None:
        return False
    deleted = db.execute(
        "DELETE FROM vectors WHERE id IN (SELECT v.id FROM passages AS p"
        " JOIN vectors AS v ON v.passage_id = p.id AND v.embedder_id = ?"
        " WHERE p.document_id = ? LIMIT ?)",
        (*row, most),
    ).rowcount
    if deleted < most:
        db.execute("DELETE FROM embedded WHERE embedder_id = ? AND document_id = ?", row)
    else:
        db.execute(
            "UPDATE embedded SET passages = passages - ? WHERE embedder_id = ? AND document_id = ?",
            (deleted, *row),
        )
    return True


# --- upkeep


def disagreements(db: sqlite3.Connection) -> list[int]:
    """Documents whose rows are not what they say of themselves: they are read anew."""
    rows = db.execute(
        "SELECT d.id FROM documents AS d WHERE d.is_removed = 0 AND ("
        " d.pages_done <> (SELECT count(*) FROM pages WHERE document_id = d.id)"
        " OR d.passages <> (SELECT count(*) FROM passages WHERE document_id = d.id)"
        " OR d.pages_indexed > d.pages_done)"
    ).fetchall()
    return [row[0] for row in rows]


def is_index_sound(db: sqlite3.Connection) -> bool:
    """Whether every passage, and nothing else, is in the index, split as it is split today."""
    (unicode,) = db.execute("SELECT unicode FROM upkeep").fetchone()
    (indexed,) = db.execute("SELECT count(*) FROM passage_search_docsize").fetchone()
    return unicode in ("", unicodedata.unidata_version) and indexed == passage_count(db)


def ask_for_repair(db: sqlite3.Connection) -> None:
    db.execute("UPDATE upkeep SET repaired_to = 0")


def needs_repair(db: sqlite3.Connection) -> bool:
    (repaired_to,) = db.execute("SELECT repaired_to FROM upkeep").fetchone()
    return repaired_to is not None


def repair_step(db: sqlite3.Connection) -> bool:
    """Make the index anew, some passages per transaction; True while there is more to do."""
    (repaired_to,) = db.execute("SELECT repaired_to FROM upkeep").fetchone()
    if repaired_to is None:
        return False
    if repaired_to == 0:
        db.execute("DROP TABLE passage_search")
        db.execute(CREATE_PASSAGE_SEARCH)
        db.execute("UPDATE upkeep SET unicode = ?", (unicodedata.unidata_version,))
    rows = db.execute(
        "SELECT p.id, p.page, p.start, p.end, d.name, g.label, g.text FROM passages AS p"
        " JOIN documents AS d ON d.id = p.document_id"
        " JOIN pages AS g ON g.document_id = p.document_id AND g.number = p.page"
        " WHERE p.id > ? ORDER BY p.id LIMIT ?",
        (repaired_to, _REPAIR_CHUNK),
    ).fetchall()
    for passage_id, _, start, end, name, label, stored in rows:
        text = documents_pages.unpacked(stored)[start:end]
        documents_pages.index(db, passage_id, text, documents_pages.heading_of(name, label))
    is_last = len(rows) < _REPAIR_CHUNK
    db.execute("UPDATE upkeep SET repaired_to = ?", (None if is_last else rows[-1][0],))
    return not is_last


def mark_unicode(db: sqlite3.Connection) -> None:
    db.execute("UPDATE upkeep SET unicode = ? WHERE unicode = ''", (unicodedata.unidata_version,))


def is_merge_due(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT is_merge_due FROM upkeep").fetchone()[0])


def merge_step(db: sqlite3.Connection, *, is_first: bool) -> bool:
    """Rewrite a part of the index without the words of removed passages; True while more is left.

    A negative number starts to merge everything into one; SQLite says that nothing was left to
    do by changing less than two rows (https://www.sqlite.org/fts5.html#the_merge_command).
    """
    before = db.total_changes
    db.execute(
        "INSERT INTO passage_search (passage_search, rank) VALUES ('merge', ?)",
        (-_MERGE_PAGES if is_first else _MERGE_PAGES,),
    )
    if db.total_changes - before >= 2:
        return True
    db.execute("UPDATE upkeep SET is_merge_due = 0")
    return False
