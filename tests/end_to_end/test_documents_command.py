"""``doorstep documents`` as a user meets it: alone, and beside a library that is open."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.library_files import PATIENCE_S, opened, stored, write

ENVIRONMENT = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
HARBOUR = "The keeper measures the tide every morning."


def documents(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "app", "--data-dir", str(folder / "data"), "documents"),
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        env=ENVIRONMENT,
        check=False,
    )


def listed(folder: Path) -> list[dict[str, object]]:
    return json.loads(documents(folder, "list", "--json").stdout)


def test_an_added_file_is_listed_found_and_removed(tmp_path: Path):
    added = documents(tmp_path, "add", write(tmp_path / "harbour.md", HARBOUR))
    found = documents(tmp_path, "search", "who measures the tides?")
    in_list = documents(tmp_path, "list")
    removed = documents(tmp_path, "remove", "harbour.md")

    assert (added.returncode, added.stdout) == (0, "harbour.md: indexed, 1 page\n")
    assert found.stdout == f"harbour.md, page 1\n    {HARBOUR}\n"
    assert "indexed" in in_list.stdout
    assert removed.stdout == "harbour.md: removed\n"
    assert listed(tmp_path) == []
    assert stored(tmp_path) == []
    assert documents(tmp_path, "search", "tides").returncode == 1


def test_a_folder_is_read_and_watched(tmp_path: Path):
    write(tmp_path / "papers" / "a.md", HARBOUR)
    write(tmp_path / "papers" / "below" / "b.txt", "The lamp is lit.")

    added = documents(tmp_path, "add", tmp_path / "papers")

    assert added.returncode == 0
    assert "watched from now on" in added.stdout
    assert {row["name"] for row in listed(tmp_path)} == {"a.md", "b.txt"}


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(tmp_path: Path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(500))
    good = write(tmp_path / "good.txt", HARBOUR)

    added = documents(tmp_path, "add", broken, tmp_path / "missing.txt", good)

    assert added.returncode == 1
    assert "broken.pdf: " in added.stderr
    assert "missing.txt" in added.stderr
    assert "Traceback" not in added.stderr
    assert added.stdout == "good.txt: indexed, 1 page\n"


def test_a_collection_is_made_and_searched(tmp_path: Path):
    documents(tmp_path, "add", "--collection", "Law", write(tmp_path / "law.txt", HARBOUR))
    documents(tmp_path, "add", write(tmp_path / "other.txt", HARBOUR + " Always."))

    found = documents(tmp_path, "search", "tide", "--collection", "Law", "--json")

    assert [row["document"] for row in json.loads(found.stdout)] == ["law.txt"]
    assert documents(tmp_path, "list", "--collection", "Nothing").returncode == 1


@pytest.mark.parametrize("arguments", [["remove", "nothing.md"], ["remove", "99"]])
def test_what_is_not_there_cannot_be_removed(tmp_path: Path, arguments: list[str]):
    refused = documents(tmp_path, *arguments)

    assert refused.returncode == 1
    assert "There is no document" in refused.stderr


def test_collections_are_listed_renamed_and_deleted(tmp_path: Path):
    documents(tmp_path, "add", "--collection", "Law", write(tmp_path / "law.txt", HARBOUR))

    listed_first = documents(tmp_path, "collections")
    renamed = documents(tmp_path, "collections", "rename", "Law", "Case law")
    as_json = json.loads(documents(tmp_path, "collections", "--json").stdout)
    deleted = documents(tmp_path, "collections", "delete", "Case law")

    assert listed_first.stdout == "    1  Law\n"
    assert renamed.stdout == "Law: called Case law from now on\n"
    assert [(row["name"], row["documents"]) for row in as_json] == [("Case law", 1)]
    assert deleted.stdout == "Case law: deleted; its documents stay\n"
    assert [row["name"] for row in listed(tmp_path)] == ["law.txt"]


def test_a_document_is_taken_out_of_its_collection(tmp_path: Path):
    files = write(tmp_path / "law.txt", HARBOUR), write(tmp_path / "art.txt", "The lamp is lit.")
    documents(tmp_path, "add", "--collection", "Law", *files)

    taken = documents(tmp_path, "collections", "take-out", "Law", "art.txt")
    again = documents(tmp_path, "collections", "take-out", "Law", "art.txt")

    assert taken.stdout == "art.txt: taken out of Law\n"
    assert "no document 'art.txt' in this collection" in again.stderr
    assert "art.txt" not in documents(tmp_path, "list", "--collection", "Law").stdout
    assert len(listed(tmp_path)) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rename", "Art", "Law"], "There is already a collection called 'Law'."),
        (["rename", "Art", " "], "A collection needs a name."),
        (["rename", "Nothing", "Else"], "There is no collection called 'Nothing'."),
        (["delete", "Nothing"], "There is no collection called 'Nothing'."),
    ],
)
def test_a_change_of_collections_that_cannot_be_is_refused(
    tmp_path: Path, arguments: list[str], words: str
):
    with opened(tmp_path) as library:
        library.create_collection("Art")
        library.create_collection("Law")

    refused = documents(tmp_path, "collections", *arguments)

    assert refused.returncode == 1
    assert words in refused.stderr
    assert documents(tmp_path, "collections").stdout == "    0  Art\n    0  Law\n"


def test_a_paused_document_is_left_alone(tmp_path: Path):
    with opened(tmp_path, is_indexing=False) as library:
        library.add([write(tmp_path / "harbour.md", HARBOUR)])

    paused = documents(tmp_path, "pause", "harbour.md")
    in_list = documents(tmp_path, "list")
    documents(tmp_path, "add", write(tmp_path / "lamp.txt", "The lamp is lit."))

    assert paused.stdout == "harbour.md: paused\n"
    assert "  paused  " in in_list.stdout
    assert [row["state"] for row in listed(tmp_path)] == ["imported", "indexed"]


def test_a_paused_document_goes_on_in_the_process_that_reads(tmp_path: Path):
    path = write(tmp_path / "harbour.md", HARBOUR)
    with opened(tmp_path, is_indexing=False) as library:
        library.pause(library.add([path]))
    with opened(tmp_path) as window:
        assert window.indexes_here()

        resumed = documents(tmp_path, "resume", "harbour.md")

        assert resumed.stdout.startswith("harbour.md: ")
        assert window.wait([1], PATIENCE_S)
        assert window.document(1).state == "indexed"


def test_where_nobody_else_reads_resume_reads_to_the_end(tmp_path: Path):
    with opened(tmp_path, is_indexing=False) as library:
        library.pause(library.add([write(tmp_path / "harbour.md", HARBOUR)]))

    resumed = documents(tmp_path, "resume", "harbour.md")

    assert resumed.stdout == "harbour.md: indexed, 1 page\n"


def test_a_folder_is_no_longer_watched_and_its_documents_stay(tmp_path: Path):
    write(tmp_path / "papers" / "a.md", HARBOUR)
    documents(tmp_path, "add", tmp_path / "papers")

    ended = documents(tmp_path, "unwatch", tmp_path / "papers")
    again = documents(tmp_path, "unwatch", tmp_path / "papers")
    write(tmp_path / "papers" / "b.md", "The lamp is lit.")
    documents(tmp_path, "add", write(tmp_path / "c.md", "The bell rings."))

    assert ended.stdout == f"{tmp_path / 'papers'}: no longer watched; its documents stay\n"
    assert (again.returncode, "is not watched" in again.stderr) == (1, True)
    assert {row["name"] for row in listed(tmp_path)} == {"a.md", "c.md"}


def test_an_open_library_indexes_what_the_command_adds(tmp_path: Path):
    with opened(tmp_path) as window:
        assert window.indexes_here()

        added = documents(tmp_path, "add", "--wait", write(tmp_path / "harbour.md", HARBOUR))

        assert added.stdout == "harbour.md: indexed, 1 page\n"
        assert len(window.search("tide")) == 1

        documents(tmp_path, "remove", "harbour.md")

        assert window.documents() == []
        assert window.search("tide") == []
