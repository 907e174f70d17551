"""The library against kill -9, a full disk, and files that are not what they seem."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.library import Library
from app.errors import AppError
from app.storage.driver import connect
from tests.documents.library_files import PATIENCE_S, add, found, opened, paths_below, stored, write

REPOSITORY = Path(__file__).parents[2]

# Adds files, or removes and adds them again, and says what it is at.
CHILD = """
import sys, time
from pathlib import Path
from app.documents.library import Library
from app.paths import Paths

library = Library.open(Paths.under(Path(sys.argv[1]) / "data"))
print("open", flush=True)
files = sorted((Path(sys.argv[1]) / "files").iterdir())
if sys.argv[2] == "remove":
    library.remove([document.id for document in library.documents()])
    print("removed", flush=True)
for file in files:
    print("added", *library.add([file]), flush=True)
seen, begun = {}, set()
while True:
    for document in library.documents():
        if seen.get(document.id) != document.state:
            seen[document.id] = document.state
            print("state", document.id, document.state, flush=True)
        if document.pages_done and document.id not in begun:
            begun.add(document.id)
            print("pages", document.id, document.pages_done, flush=True)
    time.sleep(0.001)
"""


def run_and_kill(folder: Path, task: str, when: str, after_s: float) -> list[str]:
    """Kill it so long after the line that begins so; returns all lines."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), task],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    lines = []
    with child:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line.rstrip())
            if line.startswith(when):
                break
        time.sleep(after_s)
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().splitlines()
    return lines


def check_agreement(folder: Path, library: Library, files: int) -> None:
    """Every file is there once and whole, and rows, index and stored copies say the same."""
    documents = library.documents(with_older=True)
    assert len(documents) == files
    for document in documents:
        assert document.state == "indexed"
        assert document.pages == document.pages_done == len(library.pages(document.id))
        assert library.stored_file(document.id).exists()
        (hit,) = library.search(f"marker{document.name.removesuffix('.txt')}")
        assert hit.place.document_id == document.id
    assert len(stored(folder)) == files
    with closing(connect(paths_below(folder).documents_database)) as db:
        for table, column in (("pages", "pages_done"), ("passages", "passages")):
            (rows,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
            (said,) = db.execute(f"SELECT sum({column}) FROM documents").fetchone()
            assert rows == said
        (indexed,) = db.execute("SELECT count(*) FROM passage_search_docsize").fetchone()
        assert indexed == rows
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def make_files(folder: Path, count: int, lines: int) -> None:
    for number in range(count):
        text = "\n\n".join(f"Line {line} of file {number}." for line in range(lines))
        write(folder / "files" / f"{number}.txt", f"marker{number} begins.\n\n{text}")


posix = pytest.mark.skipif(os.name == "nt", reason="SIGKILL, links and limits of POSIX")


@posix
@pytest.mark.parametrize(
    ("task", "when"),
    [
        ("add", "open"),
        ("add", "added"),
        ("add", "state 1 imported"),
        ("add", "pages 2"),
        ("add", "state 1 text ready"),
        ("add", "state 1 indexed"),
        ("remove", "open"),
        ("remove", "removed"),
    ],
)
def test_kill_9_at_any_state_leaves_a_library_that_agrees(tmp_path: Path, task: str, when: str):
    rng = random.Random(when)
    make_files(tmp_path, 3, 15_000)
    paths_below(tmp_path)
    if task == "remove":
        with opened(tmp_path) as library:
            add(library, *sorted((tmp_path / "files").iterdir()))

    for _ in range(2):
        run_and_kill(tmp_path, task, when, rng.uniform(0, 0.25))

    with opened(tmp_path) as library:
        add(library, *sorted((tmp_path / "files").iterdir()))
        check_agreement(tmp_path, library, files=3)


@posix
def test_a_killed_import_goes_on_from_the_last_stored_page(tmp_path: Path):
    make_files(tmp_path, 1, 120_000)
    paths_below(tmp_path)
    run_and_kill(tmp_path, "add", "pages 1", 0.0)
    with closing(connect(paths_below(tmp_path).documents_database)) as db:
        state, stored_pages = db.execute("SELECT state, pages_done FROM documents").fetchone()
        ids = {row[0] for row in db.execute("SELECT id FROM pages")}

    with opened(tmp_path) as library:
        assert library.wait([1], PATIENCE_S)
        check_agreement(tmp_path, library, files=1)

    assert state in ("imported", "text ready")
    assert stored_pages == len(ids) > 0
    with closing(connect(paths_below(tmp_path).documents_database)) as db:
        assert ids <= {row[0] for row in db.execute("SELECT id FROM pages")}


LIMITED = """
import resource, sys, time
from pathlib import Path
from app.documents.library import Library
from app.errors import AppError
from app.paths import Paths

folder = Path(sys.argv[1])
library = Library.open(Paths.under(folder / "data"))
(first,) = library.add([folder / "files" / "0.txt"])
library.wait([first])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    (second,) = library.add([folder / "files" / "1.txt"])
    end_s = time.monotonic() + 60
    while library.problem is None and not library.wait([second], 0.1):
        assert time.monotonic() < end_s
    print(library.problem.title)
    print("whole" if library.document(second).state == "indexed" else "unfinished")
except AppError as error:
    print(error.title)
    print("not added")
print(len(library.search("marker0")), len(library.search("marker1")))
library.close()
"""


@posix
@pytest.mark.parametrize(
    ("limit_bytes", "second"), [(300_000, "not added"), (1_500_000, "unfinished")]
)
def test_a_write_that_fails_is_said_and_leaves_nothing_half(
    tmp_path: Path, limit_bytes: int, second: str
):
    make_files(tmp_path, 1, 100)
    text = "\n\n".join(f"{os.urandom(30).hex()} is line {line}." for line in range(12_000))
    write(tmp_path / "files" / "1.txt", f"marker1 begins.\n\n{text}")
    paths_below(tmp_path)

    said = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path), str(limit_bytes)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
        timeout=120,
    )

    assert said.stdout.splitlines() == ["The data folder cannot be used", second, "1 0"]
    with opened(tmp_path) as library:  # now it may write again
        add(library, *sorted((tmp_path / "files").iterdir()))
        check_agreement(tmp_path, library, files=2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("mounting a file system needs root on Linux")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path, left_bytes: int) -> Path:
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free - left_bytes))
    return filler


def test_a_file_that_does_not_fit_on_the_disk_is_not_added(small_disk: Path, tmp_path: Path):
    make_files(small_disk, 1, 100)
    big = tmp_path / "big.txt"
    big.write_bytes(b"word " * 10_000_000)
    with opened(small_disk) as library:
        add(library, small_disk / "files" / "0.txt")
        with pytest.raises(AppError, match="The disk is full"):
            library.add([big])

        check_agreement(small_disk, library, files=1)


def test_indexing_waits_while_the_disk_is_full_and_then_goes_on(small_disk: Path):
    text = "\n\n".join(f"{os.urandom(30).hex()} is line {line}." for line in range(12_000))
    file = write(small_disk / "files" / "0.txt", f"marker0 begins.\n\n{text}")
    with opened(small_disk, is_indexing=False) as library:
        (document_id,) = library.add([file])
    filler = fill(small_disk, 400_000)

    with opened(small_disk) as library:
        end_s = time.monotonic() + PATIENCE_S
        while library.problem is None and time.monotonic() < end_s:
            time.sleep(0.01)
        assert library.problem is not None
        assert library.problem.title == "The disk is full"
        assert library.search("marker0") == []
        filler.unlink()

        assert library.wait([document_id], PATIENCE_S)
        assert library.problem is None
        check_agreement(small_disk, library, files=1)


@posix
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path):
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with opened(tmp_path) as library:
        (document_id,) = add(library, pipe)

        assert "not a file" in library.document(document_id).error


@posix
def test_names_of_any_bytes_are_taken(tmp_path: Path):
    path = Path(
        os.fsdecode(
            os.fsencode(tmp_path) + b"/../" + os.fsencode(tmp_path.name) + b"/\xff\n\xe4.txt"
        )
    )
    write(path, "The lamp is lit.")
    with opened(tmp_path) as library:
        (document_id,) = add(library, path)

        document = library.document(document_id)
        assert document.name == "\ufffd \ufffd.txt"
        assert document.path.exists()
        assert ".." not in document.path.parts
        assert len(found(library, "lamp")) == 1


def test_a_suffix_never_leads_out_of_the_folder(tmp_path: Path):
    path = write(tmp_path / "a.txt;..%2f", "The lamp is lit.")
    with opened(tmp_path) as library:
        (document_id,) = add(library, path)

        assert library.stored_file(document_id).name == library.document(document_id).sha256


def test_a_copy_that_vanished_is_said(tmp_path: Path):
    with opened(tmp_path, is_indexing=False) as library:
        (document_id,) = library.add([write(tmp_path / "a.txt", "The lamp is lit.")])
        library.stored_file(document_id).unlink()
    with opened(tmp_path) as library:
        assert library.wait([document_id], PATIENCE_S)

        assert library.document(document_id).state == "failed"
        assert "a.txt" in library.document(document_id).error


def test_a_bug_in_one_document_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from app.documents import indexer

    extract = indexer.extract

    def confused(path: Path, *arguments, **named):
        if named["name"] == "bad.txt":
            raise ZeroDivisionError
        return extract(path, *arguments, **named)

    monkeypatch.setattr(indexer, "extract", confused)
    with opened(tmp_path) as library:
        bad, good = add(
            library, write(tmp_path / "bad.txt", "One."), write(tmp_path / "good.txt", "Two.")
        )

        assert library.document(bad).state == "failed"
        assert library.document(good).state == "indexed"
    assert "ZeroDivisionError" in caplog.text
