"""``doorstep documents`` as a user meets it: alone, and beside a library that is open."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.library_files import opened, stored, write

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


def test_an_open_library_indexes_what_the_command_adds(tmp_path: Path):
    with opened(tmp_path) as window:
        assert window.indexes_here()

        added = documents(tmp_path, "add", "--wait", write(tmp_path / "harbour.md", HARBOUR))

        assert added.stdout == "harbour.md: indexed, 1 page\n"
        assert len(window.search("tide")) == 1

        documents(tmp_path, "remove", "harbour.md")

        assert window.documents() == []
        assert window.search("tide") == []
