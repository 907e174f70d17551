"""Collections of the library: named, emptied, deleted and brought back."""

from pathlib import Path

import pytest

from app.documents.library import Library
from tests.documents.library_files import PATIENCE_S, add, opened, write


def names(library: Library) -> list[tuple[str, int]]:
    return [(found.name, found.documents) for found in library.collections()]


def two(library: Library, folder: Path) -> list[int]:
    return add(library, write(folder / "a.md", "The tide."), write(folder / "b.md", "The lamp."))


def test_a_collection_has_the_name_it_was_given_last(tmp_path: Path):
    with opened(tmp_path) as library:
        law = library.create_collection("Law")

        assert library.rename_collection(law, "  Case\nlaw ")
        assert names(library) == [("Case law", 0)]


def test_no_two_collections_have_one_name(tmp_path: Path):
    with opened(tmp_path) as library:
        law, art = library.create_collection("Law"), library.create_collection("Art")

        assert not library.rename_collection(art, "Law")
        assert library.rename_collection(law, "Law")
        assert names(library) == [("Art", 0), ("Law", 0)]


def test_a_collection_that_is_not_there_is_neither_renamed_nor_deleted(tmp_path: Path):
    with opened(tmp_path) as library:
        with pytest.raises(LookupError):
            library.rename_collection(9, "Law")
        with pytest.raises(LookupError):
            library.delete_collection(9)


def test_a_document_taken_out_of_a_collection_stays_in_the_library(tmp_path: Path):
    with opened(tmp_path) as library:
        ids = two(library, tmp_path)
        law = library.create_collection("Law")
        library.put(ids, law)

        library.take_out(ids[:1], law)

        assert [document.id for document in library.documents(law)] == ids[1:]
        assert len(library.documents()) == 2


def test_a_deleted_collection_comes_back_with_what_was_in_it(tmp_path: Path):
    (tmp_path / "papers").mkdir()
    with opened(tmp_path) as library:
        ids = two(library, tmp_path)
        law = library.create_collection("Law")
        library.put(ids, law)
        library.add_folder(tmp_path / "papers", law)

        deleted = library.delete_collection(law)

        assert names(library) == []
        assert [folder.collection_id for folder in library.folders()] == [None]
        assert library.restore_collection(deleted) == law
        assert names(library) == [("Law", 2)]
        assert [folder.collection_id for folder in library.folders()] == [law]


def test_what_was_removed_meanwhile_does_not_come_back_with_its_collection(tmp_path: Path):
    with opened(tmp_path) as library:
        ids = two(library, tmp_path)
        law = library.create_collection("Law")
        library.put(ids, law)
        deleted = library.delete_collection(law)
        library.remove(ids[:1])

        library.restore_collection(deleted)

        assert names(library) == [("Law", 1)]


def test_a_collection_comes_back_into_one_that_was_made_with_its_name(tmp_path: Path):
    with opened(tmp_path) as library:
        ids = two(library, tmp_path)
        law = library.create_collection("Law")
        library.put(ids[:1], law)
        deleted = library.delete_collection(law)
        again = library.create_collection("Law")
        library.put(ids[1:], again)

        assert library.restore_collection(deleted) == again
        assert names(library) == [("Law", 2)]


def test_a_new_file_goes_into_the_collection_of_its_folder_after_it_came_back(tmp_path: Path):
    (tmp_path / "papers").mkdir()
    with opened(tmp_path) as library:
        law = library.create_collection("Law")
        library.add_folder(tmp_path / "papers", law)
        library.restore_collection(library.delete_collection(law))
        write(tmp_path / "papers" / "new.md", "The tide.")
        library.reconcile()
        ids = [document.id for document in library.documents()]
        assert library.wait(ids, PATIENCE_S)

        assert [document.name for document in library.documents(law)] == ["new.md"]
