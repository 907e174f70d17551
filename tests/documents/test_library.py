import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.library import Library
from app.storage.driver import connect
from tests.documents.library_files import PATIENCE_S, add, found, opened, paths_below, stored, write
from tests.patience import until

HARBOUR = "# Harbour\n\nThe keeper measures the tide every morning.\n"


def test_an_added_file_is_found_by_its_words(tmp_path: Path):
    with opened(tmp_path) as library:
        (document_id,) = add(library, write(tmp_path / "harbour.md", HARBOUR))

        (passage,) = library.search("who measures the tides?")

        page = library.page(document_id, passage.place.page)
        assert passage.text == page.text[passage.place.start : passage.place.end]
        assert passage.place.document_id == document_id
        assert library.document(document_id).state == "indexed"


def test_chinese_words_are_found(tmp_path: Path):
    with opened(tmp_path) as library:
        add(library, write(tmp_path / "a.txt", "打开设置，选择代理服务器，然后保存。"))

        assert len(found(library, "如何选择代理服务器？")) == 1


def test_a_word_broken_at_a_line_end_is_found(tmp_path: Path):
    with opened(tmp_path) as library:
        add(library, write(tmp_path / "a.txt", "The light\u00adhouse stands."))

        assert len(found(library, "lighthouse")) == 1


def test_the_name_of_a_document_is_searched_too(tmp_path: Path):
    with opened(tmp_path) as library:
        add(library, write(tmp_path / "tariff_2026.txt", "Nothing but figures."))

        assert found(library, "tariff") == ["Nothing but figures."]


def test_the_same_content_is_stored_once(tmp_path: Path):
    with opened(tmp_path) as library:
        (first,) = add(library, write(tmp_path / "a.md", HARBOUR))
        (second,) = add(library, write(tmp_path / "b.txt", HARBOUR))

        assert first == second
        assert len(library.documents()) == 1
    assert len(stored(tmp_path)) == 1


def test_the_copy_stays_readable_when_the_file_is_gone(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        (document_id,) = add(library, path)
        path.unlink()

        assert library.stored_file(document_id).read_text(encoding="utf-8") == HARBOUR


def test_a_changed_file_becomes_a_new_version_and_the_old_one_stays(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        (old,) = add(library, path)
        (new,) = add(library, write(path, "The keeper has gone fishing."))

        assert library.document(old).newer_id == new
        assert library.document(new).version == 2
        assert [document.id for document in library.documents()] == [new]
        assert "measures the tide" in library.page(old, 1).text
        assert found(library, "tide") == []
        assert len(found(library, "tide", [old])) == 1


def test_a_file_that_changes_back_is_its_old_document_again(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        (old,) = add(library, path)
        (new,) = add(library, write(path, "Something else."))
        (again,) = add(library, write(path, HARBOUR))

        assert again == old
        assert library.document(old).newer_id is None
        assert library.document(old).version == 3
        assert library.document(new).newer_id == old


def test_a_version_that_another_file_still_has_is_not_old(tmp_path: Path):
    one, two = write(tmp_path / "one.md", HARBOUR), write(tmp_path / "two.md", HARBOUR)
    with opened(tmp_path) as library:
        (shared,) = set(add(library, one, two))
        add(library, write(two, "Changed."))

        assert library.document(shared).newer_id is None


def test_a_removed_document_leaves_nothing_behind(tmp_path: Path):
    secret = "xylophonic" + "quandary"
    with opened(tmp_path) as library:
        (document_id,) = add(library, write(tmp_path / "a.md", f"The {secret} is here. " * 500))
        add(library, write(tmp_path / "b.md", HARBOUR))
        removed: list[tuple[int, str]] = []
        library.on_removed(removed.extend)
        sha256 = library.document(document_id).sha256

        library.remove([document_id])

        assert removed == [(document_id, sha256)]
        assert found(library, secret) == []
        with pytest.raises(LookupError):
            library.document(document_id)
    assert len(stored(tmp_path)) == 1
    raw = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("documents.sqlite3*"))
    assert secret.encode() not in raw
    assert b"quandari" not in raw  # as the index holds it


def test_removing_a_document_removes_its_older_versions(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        add(library, path)
        (new,) = add(library, write(path, "Something else."))

        library.remove([new])

        assert library.documents(with_older=True) == []
    assert stored(tmp_path) == []


def test_what_was_removed_can_be_added_again(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        (first,) = add(library, path)
        library.remove([first])
        (second,) = add(library, path)

        assert second != first
        assert len(found(library, "tide")) == 1


def test_a_file_that_cannot_be_read_says_why_and_the_others_go_on(tmp_path: Path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(2_000))
    with opened(tmp_path) as library:
        bad, missing, good = add(
            library, broken, tmp_path / "missing.txt", write(tmp_path / "a.md", HARBOUR)
        )

        assert library.document(bad).state == "failed"
        assert "broken.pdf" in library.document(bad).error
        assert "missing.txt" in library.document(missing).error
        assert library.document(good).state == "indexed"
    assert len(stored(tmp_path)) == 1


def test_a_failed_file_is_tried_again_when_it_is_added_again(tmp_path: Path):
    path = tmp_path / "late.txt"
    with opened(tmp_path) as library:
        (failed,) = add(library, path)
        (again,) = add(library, write(path, HARBOUR))

        assert again == failed
        assert library.document(again).state == "indexed"
        assert library.document(again).error == ""


def test_a_paused_document_stops_and_goes_on_from_its_page(tmp_path: Path):
    path = write(tmp_path / "long.txt", "\n\n".join(f"Line {n} of many." for n in range(200_000)))
    with opened(tmp_path) as library:
        started = threading.Event()
        unsubscribe = library.subscribe(lambda _: started.set())
        (document_id,) = library.add([path])
        while library.document(document_id).pages_done == 0:
            started.wait(PATIENCE_S)
            started.clear()
        unsubscribe()
        library.pause([document_id])
        paused = library.document(document_id)

        assert paused.is_paused
        assert paused.state != "indexed"
        assert library.search("line") == []

        library.resume([document_id])
        assert library.wait([document_id], PATIENCE_S)
        assert library.document(document_id).state == "indexed"
        numbers = [page.number for page in library.pages(document_id)]
        assert numbers == list(range(1, library.document(document_id).pages + 1))


def test_a_document_is_paused_and_resumed_by_a_library_that_does_not_read_it(tmp_path: Path):
    path = write(tmp_path / "long.txt", "\n\n".join(f"Line {n} of many." for n in range(200_000)))
    with opened(tmp_path) as reading, opened(tmp_path, is_indexing=False) as other:
        assert reading.indexes_here()
        (document_id,) = other.add([path])
        until(lambda: reading.document(document_id).pages_done > 0)
        other.pause([document_id])
        paused = reading.document(document_id)

        assert paused.is_paused
        assert paused.state != "indexed"

        other.resume([document_id])
        assert other.wait([document_id], PATIENCE_S)
        document = reading.document(document_id)
        assert document.state == "indexed"
        numbers = [page.number for page in reading.pages(document_id)]
        assert numbers == list(range(1, document.pages + 1))


def test_nothing_of_a_document_is_seen_before_it_is_whole(tmp_path: Path):
    path = write(tmp_path / "long.txt", "\n\n".join(f"Line {n} of many." for n in range(50_000)))
    with opened(tmp_path) as library:
        (document_id,) = library.add([path])
        while library.document(document_id).state != "indexed":
            pages, hits = library.pages(document_id), library.search("line")
            document = library.document(document_id)
            assert pages == [] or document.state != "imported"
            assert hits == [] or document.state == "indexed"

        assert library.search("line") != []


def test_collections_say_where_to_search(tmp_path: Path):
    with opened(tmp_path) as library:
        first, _ = add(
            library, write(tmp_path / "a.md", HARBOUR), write(tmp_path / "b.md", HARBOUR + "More.")
        )
        law = library.create_collection("Law")
        library.put([first], law)

        assert [document.id for document in library.documents(law)] == [first]
        hits = library.search("tide", collection_id=law)
        assert {hit.place.document_id for hit in hits} == {first}
        library.delete_collection(law)
        assert library.collections() == []
        assert len(library.documents()) == 2


def test_a_new_version_is_in_the_collections_of_the_old_one(tmp_path: Path):
    path = write(tmp_path / "a.md", HARBOUR)
    with opened(tmp_path) as library:
        law = library.create_collection("Law")
        library.wait(library.add([path], law), PATIENCE_S)
        (new,) = add(library, write(path, "Something else."))

        assert [document.id for document in library.documents(law)] == [new]


def test_changes_are_told_at_most_ten_times_a_second(tmp_path: Path):
    with opened(tmp_path) as library:
        told: list[float] = []
        library.subscribe(lambda _: told.append(time.monotonic()))
        add(library, *[write(tmp_path / f"{n}.txt", f"File {n}.") for n in range(30)])

    assert len(told) >= 2
    assert min(b - a for a, b in itertools.pairwise(told)) >= 0.099


def test_a_subscriber_that_fails_does_not_keep_the_others_from_being_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    def gone(_: frozenset[int]) -> None:
        raise RuntimeError("Signal source has been deleted")

    with opened(tmp_path) as library:
        told = threading.Event()
        library.subscribe(gone)
        library.subscribe(lambda _: told.set())
        add(library, write(tmp_path / "a.md", HARBOUR))

        assert told.wait(PATIENCE_S)
    assert "came too late for a widget" in caplog.text


def test_the_work_goes_on_after_a_close(tmp_path: Path):
    path = write(tmp_path / "long.txt", "\n\n".join(f"Line {n} of many." for n in range(100_000)))
    with opened(tmp_path) as library:
        (document_id,) = library.add([path])

    with opened(tmp_path) as library:
        assert library.wait([document_id], PATIENCE_S)
        assert library.document(document_id).state == "indexed"


def test_what_one_process_adds_another_indexes(tmp_path: Path):
    with opened(tmp_path) as window, opened(tmp_path) as tool:
        assert library_is_active(window)
        told = threading.Event()
        window.subscribe(lambda _: told.set())
        ids = tool.add([write(tmp_path / "a.md", HARBOUR)])

        assert tool.wait(ids, PATIENCE_S)
        assert told.wait(PATIENCE_S)
        assert not tool.is_indexing
        assert len(found(window, "tide")) == 1


def test_the_same_content_added_at_the_same_time_is_stored_once(tmp_path: Path):
    files = [write(tmp_path / f"{number}.md", HARBOUR) for number in range(16)]
    with opened(tmp_path) as window, opened(tmp_path) as tool, ThreadPoolExecutor(8) as threads:
        ids = list(
            threads.map(lambda at: (window, tool)[at % 2].add([files[at]])[0], range(len(files)))
        )

        assert len(set(ids)) == 1
        assert tool.wait(ids, PATIENCE_S)
    assert len(stored(tmp_path)) == 1


def test_a_document_removed_elsewhere_while_it_is_read_leaves_nothing(tmp_path: Path):
    path = write(tmp_path / "long.txt", "\n\n".join(f"Line {n} of many." for n in range(100_000)))
    with opened(tmp_path) as window, opened(tmp_path) as tool:
        assert library_is_active(window)
        (document_id,) = tool.add([path])
        while tool.document(document_id).pages_done == 0:
            time.sleep(0.005)
        tool.remove([document_id])
        (other,) = tool.add([write(tmp_path / "a.md", HARBOUR)])

        assert tool.wait([other], PATIENCE_S)
        assert [document.id for document in window.documents()] == [other]
        assert window.search("many") == []
    with closing(connect(paths_below(tmp_path).documents_database)) as db:
        assert db.execute("SELECT DISTINCT document_id FROM pages").fetchall() == [(other,)]


def test_the_next_takes_over_when_the_one_that_indexes_ends(tmp_path: Path):
    first = Library.open(paths_below(tmp_path))
    assert library_is_active(first)
    with opened(tmp_path) as second:
        first.close()
        ids = second.add([write(tmp_path / "a.md", HARBOUR)])

        assert second.wait(ids, PATIENCE_S)


def test_a_damaged_index_is_made_anew_at_the_next_start(tmp_path: Path):
    with opened(tmp_path) as library:
        add(library, write(tmp_path / "a.md", HARBOUR))
    with closing(connect(paths_below(tmp_path).documents_database)) as db:
        db.execute("DELETE FROM passage_search")

    with opened(tmp_path) as library:
        ids = add(library, write(tmp_path / "b.md", "The lamp is lit."))

        assert len(found(library, "tide")) == 1
        assert len(found(library, "lamp", ids)) == 1


def test_a_document_that_lost_pages_is_read_anew(tmp_path: Path):
    with opened(tmp_path) as library:
        (document_id,) = add(library, write(tmp_path / "a.md", HARBOUR))
    with closing(connect(paths_below(tmp_path).documents_database)) as db:
        db.execute("DELETE FROM pages")

    with opened(tmp_path) as library:
        assert library_is_active(library)
        assert library.wait([document_id], PATIENCE_S)

        assert "tide" in library.page(document_id, 1).text


def test_a_stray_file_is_swept_away(tmp_path: Path):
    stray = paths_below(tmp_path).documents / ".incoming-died"
    stray.parent.mkdir()
    stray.write_bytes(b"half")

    with opened(tmp_path):
        assert not stray.exists()


def library_is_active(library: Library) -> bool:
    end_s = time.monotonic() + PATIENCE_S
    while not library.is_indexing and time.monotonic() < end_s:
        time.sleep(0.01)
    return library.is_indexing
