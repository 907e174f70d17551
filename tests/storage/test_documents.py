"""The library's rows, one transaction at a time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.values import Box, Page, Place, Word
from app.errors import AppError
from app.storage import (
    documents_collections,
    documents_imports,
    documents_index,
    documents_pages,
    documents_rows,
    documents_steps,
)
from app.storage.documents import DocumentStore
from app.storage.documents_imports import Incoming
from app.storage.driver import connect

SCANNED = Page(2, "tide", "Slide 2", 595.0, 842.0, True, (Word(0, 4, Box(1.0, 2.0, 3.5, 4.0)),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[DocumentStore]:
    with closing(DocumentStore.open(path)) as store:
        store.share()
        yield store


def register(store: DocumentStore, name: str = "a.txt", sha256: str = "a" * 64) -> int:
    incoming = Incoming(Path("/files") / name, sha256, ".txt", 5, 7)
    return store.write(lambda db: documents_imports.register(db, incoming))


def fill(store: DocumentStore, document_id: int, pages: list[Page]) -> None:
    """All the way to indexed, one passage a page."""
    cut = [(Place(document_id, page.number, 0, len(page.text)), page.text, "") for page in pages]
    store.write(lambda db: documents_pages.add(db, document_id, pages))
    store.write(lambda db: documents_steps.finish_text(db, document_id, "text", len(pages), ()))
    store.write(lambda db: documents_pages.add_passages(db, document_id, len(pages), cut))
    store.set_state(document_id, "indexed", before="text ready")


def test_pages_come_back_as_they_were(store: DocumentStore):
    document_id = register(store)
    fill(store, document_id, [Page(1, "港口 \u00ad \U0001f6a2"), SCANNED])

    assert store.pages(document_id) == [Page(1, "港口 \u00ad \U0001f6a2"), SCANNED]
    assert store.pages(document_id, 2) == [SCANNED]


def test_what_is_stored_of_a_page_is_never_stored_twice(store: DocumentStore):
    document_id = register(store)

    first = store.write(lambda db: documents_pages.add(db, document_id, [Page(1, "one")]))
    again = store.write(lambda db: documents_pages.add(db, document_id, [Page(1, "one")]))

    assert (first, again) == (True, False)
    assert store.document(document_id).pages_done == 1


@pytest.mark.parametrize("what", ["pause", "remove"])
def test_a_document_paused_or_removed_takes_no_pages(store: DocumentStore, what: str):
    document_id = register(store)
    if what == "pause":
        store.write(lambda db: documents_steps.set_paused(db, [document_id], is_paused=True))
    else:
        store.write(lambda db: documents_imports.hide(db, [document_id]))

    assert not store.write(lambda db: documents_pages.add(db, document_id, [Page(1, "one")]))


def test_an_unfinished_document_is_next_until_it_is_paused(store: DocumentStore):
    first, second = register(store, "a.txt", "a"), register(store, "b.txt", "b")

    def next_id(busy: list[int]) -> int | None:
        document = store.read(lambda db: documents_steps.next_unfinished(db, busy))
        return None if document is None else document.id

    assert next_id([]) == first
    assert next_id([first]) == second
    store.write(lambda db: documents_steps.set_paused(db, [first], is_paused=True))
    assert next_id([]) == second


def test_an_interrupted_failure_or_reset_is_found_again(store: DocumentStore):
    document_id = register(store)
    fill(store, document_id, [Page(1, "one")])
    store.write(lambda db: db.execute("UPDATE documents SET pages_done = -1"))

    assert store.read(documents_index.disagreements) == [document_id]
    assert store.mend(lambda: False) == [document_id]
    assert store.document(document_id).state == "imported"
    assert store.read(documents_index.disagreements) == []


def test_an_interrupted_removal_is_finished(store: DocumentStore):
    document_id = register(store)
    fill(store, document_id, [Page(1, "one")])
    store.write(lambda db: documents_imports.hide(db, [document_id]))

    store.mend(lambda: False)

    for table in ("documents", "pages", "passages", "passage_search_docsize"):
        (rows,) = store.read(lambda db, t=table: db.execute(f"SELECT count(*) FROM {t}").fetchone())
        assert rows == 0


def test_an_index_of_another_unicode_version_is_made_anew(store: DocumentStore):
    document_id = register(store)
    fill(store, document_id, [Page(1, "tide")])
    store.write(lambda db: db.execute("UPDATE upkeep SET unicode = '1.0'"))
    store.write(lambda db: db.execute("DELETE FROM passage_search"))

    store.mend(lambda: False)

    assert len(store.read(lambda db: documents_index.matches(db, '"tide"', 5))) == 1


def test_a_collection_is_made_once(store: DocumentStore):
    first = store.write(lambda db: documents_collections.create(db, "Law"))
    second = store.write(lambda db: documents_collections.create(db, " Law\n"))

    assert first == second


def test_a_collection_counts_only_the_newest_versions(store: DocumentStore):
    law = store.write(lambda db: documents_collections.create(db, "Law"))
    old = register(store, "a.txt", "a")
    store.write(lambda db: documents_collections.put(db, [old], law))
    register(store, "a.txt", "b")

    (collection,) = store.read(documents_rows.collections)
    assert collection.documents == 1


def test_a_damaged_file_is_refused_by_its_name(path: Path):
    with closing(DocumentStore.open(path)):
        pass
    path.write_bytes(path.read_bytes()[:5_000])

    with pytest.raises(AppError, match="The documents cannot be read"):
        DocumentStore.open(path)


def test_a_newer_file_is_refused_and_left_as_it_is(path: Path):
    with closing(DocumentStore.open(path)):
        pass
    with closing(connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(AppError, match="belong to a newer Doorstep"):
        DocumentStore.open(path)
    assert path.read_bytes()[:100] == before[:100]


def test_what_is_removed_is_overwritten(path: Path):
    with closing(DocumentStore.open(path)) as store:
        document_id = register(store)
        fill(
            store, document_id, [Page(number, f"zyzzyva{number} " * 40) for number in range(1, 90)]
        )
        store.write(lambda db: documents_imports.hide(db, [document_id]))
        store.delete_hidden(document_id)
        store.merge_index(lambda: False)
        store.empty_log()

    assert b"zyva" not in path.read_bytes()
