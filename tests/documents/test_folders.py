import os
import time
from pathlib import Path

import pytest

from app.documents.folders import Reconciler, files_below
from app.documents.library import Library
from app.documents.stored_files import StoredFiles
from app.errors import AppError
from app.storage.documents_rows import Source
from tests.documents.library_files import PATIENCE_S, found, opened, write


def names(folder: Path) -> list[str]:
    return sorted(str(file.path.relative_to(folder)) for file in files_below(folder))


def reconciled(library: Library) -> None:
    library.reconcile()
    assert library.wait([document.id for document in library.documents()], PATIENCE_S)


def test_files_of_known_kinds_are_found_at_any_depth(tmp_path: Path):
    write(tmp_path / "a.txt", "a")
    write(tmp_path / "below" / "deep" / "b.md", "b")
    write(tmp_path / "c.unknown-kind", "c")

    assert names(tmp_path) == ["a.txt", "below/deep/b.md"]


def test_hidden_and_lock_files_are_left_out(tmp_path: Path):
    for name in (".hidden.txt", "~$open.docx", ".git/a.txt"):
        write(tmp_path / name, "a")

    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(tmp_path: Path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    write(outside / "secret.txt", "secret")
    inside.mkdir()
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe.txt")

    assert names(inside) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_file_that_becomes_a_link_after_the_look_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = write(tmp_path / "secret.txt", "xylophone")
    watched = tmp_path / "watched"
    path = write(watched / "a.txt", "harmless")
    with opened(tmp_path, is_indexing=False) as library:
        library.add_folder(watched)
        look = Reconciler.look

        def look_then_swap(*arguments, **named):
            result = look(*arguments, **named)
            path.unlink(missing_ok=True)
            path.symlink_to(secret)
            return result

        monkeypatch.setattr(Reconciler, "look", look_then_swap)
        library.reconcile()

        (document,) = library.documents()
        assert document.state == "failed"
        assert document.sha256 == ""


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_that_becomes_a_link_after_the_look_is_not_followed(tmp_path: Path):
    watched = tmp_path / "watched"
    write(tmp_path / "outside" / "a.txt", "xylophone")
    watched.mkdir()
    (watched / "below").symlink_to(tmp_path / "outside")

    with pytest.raises(AppError, match="leads out"):
        StoredFiles(tmp_path).take(watched / "below" / "a.txt", within=watched)


def test_a_file_that_could_not_be_read_is_tried_again_only_when_it_changed(tmp_path: Path):
    path = write(tmp_path / "a.txt", "unreadable")
    status = path.lstat()
    known = [Source(path, 1, 1, status.st_size, status.st_mtime_ns)]

    due, _ = Reconciler().look(tmp_path, known)

    assert due == []


def test_a_file_being_written_is_left_until_it_rests(tmp_path: Path):
    now_s = 1_000_000.0
    reconciler = Reconciler(lambda: now_s)
    path = write(tmp_path / "a.txt", "begun")
    os.utime(path, (now_s - 1, now_s - 1))

    first, _ = reconciler.look(tmp_path, [])
    path.write_text("begun and more", encoding="utf-8")
    os.utime(path, (now_s - 0.5, now_s - 0.5))
    second, _ = reconciler.look(tmp_path, [])
    third, _ = reconciler.look(tmp_path, [])

    assert (first, second, [seen.path for seen in third]) == ([], [], [path])


def test_an_old_file_is_read_at_the_first_look(tmp_path: Path):
    path = write(tmp_path / "a.txt", "old")

    due, _ = Reconciler(lambda: time.time() + 60).look(tmp_path, [])

    assert [seen.path for seen in due] == [path]


def test_an_empty_folder_means_that_nothing_is_gone(tmp_path: Path):
    known = [Source(tmp_path / "a.txt", 1, 1, 5, 5)]

    assert Reconciler().look(tmp_path, known) == ([], [])


def test_a_folder_brings_its_files_and_those_to_come(tmp_path: Path):
    watched = tmp_path / "watched"
    write(watched / "a.txt", "The lamp is lit.")
    with opened(tmp_path) as library:
        law = library.create_collection("Law")
        library.add_folder(watched, law)
        reconciled(library)
        write(watched / "b.txt", "The tide is high.")
        reconciled(library)

        assert len(found(library, "lamp")) == 1
        assert len(found(library, "tide")) == 1
        assert len(library.documents(law)) == 2


def test_a_changed_file_of_a_folder_becomes_a_new_version(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    with opened(tmp_path) as library:
        library.add_folder(path.parent)
        reconciled(library)
        (old,) = library.documents()
        write(path, "The lamp has gone out.")
        reconciled(library)

        (new,) = library.documents()
        assert library.document(old.id).newer_id == new.id


def test_a_file_replaced_by_an_editor_becomes_a_new_version(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    write(path.parent / "other.txt", "So that the folder is not empty.")
    with opened(tmp_path) as library:
        library.add_folder(path.parent)
        reconciled(library)
        path.unlink()
        reconciled(library)
        write(path, "The lamp has gone out.")
        reconciled(library)

        assert len(library.documents()) == 2
        assert len(library.documents(with_older=True)) == 3


def test_a_moved_file_is_the_same_document(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    with opened(tmp_path) as library:
        library.add_folder(path.parent)
        reconciled(library)
        path.rename(path.with_name("b.txt"))
        reconciled(library)

        (document,) = library.documents()
        assert document.path.name == "b.txt"


def test_what_the_user_removed_does_not_come_back(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    with opened(tmp_path) as library:
        library.add_folder(path.parent)
        reconciled(library)
        library.remove([library.documents()[0].id])
        reconciled(library)

        assert library.documents() == []


def test_the_documents_of_a_folder_stay_when_it_is_no_longer_watched(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    with opened(tmp_path) as library:
        folder_id = library.add_folder(path.parent)
        reconciled(library)
        library.remove_folder(folder_id)
        write(path.with_name("b.txt"), "The tide is high.")
        reconciled(library)

        assert library.folders() == []
        assert [document.name for document in library.documents()] == ["a.txt"]


def test_a_folder_is_looked_at_by_itself(tmp_path: Path):
    path = write(tmp_path / "watched" / "a.txt", "The lamp is lit.")
    os.utime(path, (1, 1))
    with opened(tmp_path) as library:
        library.add_folder(path.parent)
        end_s = time.monotonic() + PATIENCE_S
        while not found(library, "lamp") and time.monotonic() < end_s:
            time.sleep(0.02)

        assert len(found(library, "lamp")) == 1
