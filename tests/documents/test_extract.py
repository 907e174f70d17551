"""The process that reads a document: watched, bounded, without a network, replaced if need be."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.documents.extract import extract, name_pages
from app.documents.job import Limits, decode_page, encode_page, fit_text
from app.documents.values import Box, Page, Word
from app.errors import AppError
from tests.documents.pdf_files import many_pages
from tests.patience import PATIENCE_S

KILLED_PAGE = 40
ENCLOSE = (
    "from app.documents.sandbox import enclose; from app.documents.job import Limits;"
    "enclose(Limits())"
)


def _children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return sorted(filter(_is_extractor, found), key=psutil.Process.create_time)


def _is_extractor(process: psutil.Process) -> bool:
    try:
        return "extract" in process.cmdline()
    except psutil.NoSuchProcess:  # it has come to its end, and is not waited for yet
        return False


def _kill_at(number: int, pages: list[Page]):
    def on_page(page: Page) -> None:
        pages.append(page)
        # The oldest reads, unless it is done; a younger one waits for the next file.
        if page.number == number and (running := _children()):
            running[0].kill()

    return on_page


def test_a_killed_process_is_replaced_after_the_page_it_died_over(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(5_000))
    pages: list[Page] = []

    found = extract(path, _kill_at(KILLED_PAGE, pages))

    lost = [page.number for page in pages if not page.text]
    assert [page.number for page in pages] == list(range(1, 5_001))
    assert len(lost) == 1
    assert found.notices == (f"Page {lost[0]:,} could not be read.",)


def test_a_killed_process_of_another_format_leaves_what_was_read(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("A line of text.\n" * 1_000_000)
    pages: list[Page] = []

    found = extract(path, _kill_at(3, pages))

    assert [page.number for page in pages] == list(range(1, found.pages + 1))
    assert "ended by the system" in found.notices[0]


def test_no_process_is_left_but_the_one_that_waits_for_the_next_file(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(50))

    for _ in range(3):
        extract(path, lambda page: None)
        with pytest.raises(ZeroDivisionError):
            extract(path, lambda page: 1 // 0)

    assert len(_children()) == 1


def test_a_waiting_process_that_was_killed_is_not_missed(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(50))
    extract(path, lambda page: None)

    for child in _children():
        child.kill()
        child.wait(PATIENCE_S)

    assert extract(path, lambda page: None).pages == 50


def test_the_process_ends_with_the_app(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(50))
    code = (
        "import sys, time; from pathlib import Path; from app.documents.page_server import "
        f"PageServer; s = PageServer(Path({str(path)!r})); s.page_sizes();"
        "print(s.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        child = psutil.Process(int(app.stdout.readline()))
        app.kill()

    assert psutil.wait_procs([child], timeout=PATIENCE_S)[1] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a socket of another kind is tried there")
@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
    ],
)
def test_the_process_may_neither_reach_a_network_nor_start_a_program(attempt: str):
    code = f"{ENCLOSE}; {attempt}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "PermissionError" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the system call is refused on Linux only")
def test_the_kernel_refuses_sockets_to_libraries_too():
    code = (
        f"{ENCLOSE}; import ctypes; libc = ctypes.CDLL(None, use_errno=True);"
        f"found = libc.socket({int(socket.AF_INET)}, {int(socket.SOCK_STREAM)}, 0);"
        "print(found, ctypes.get_errno())"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["-1", "13"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are known on Unix only")
def test_the_process_can_write_no_file(tmp_path: Path):
    code = (
        f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {ENCLOSE};"
        f"open({str(tmp_path / 'new')!r}, 'w').write('x')"
    )

    subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert not (tmp_path / "new").exists() or (tmp_path / "new").stat().st_size == 0


def test_the_app_loads_none_of_the_libraries_that_open_files(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(2))
    code = (
        "import sys; from pathlib import Path; from app.documents.extract import extract;"
        "from app.documents.page_server import PageServer;"
        f"extract(Path({str(path)!r}), lambda page: None); s = PageServer(Path({str(path)!r}));"
        "s.picture(1, 1); s.close();"
        "print([m for m in ('pypdfium2', 'rapidocr', 'python_calamine', 'selectolax', 'cv2',"
        "'defusedxml', 'striprtf', 'onnxruntime', 'numpy') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read it all")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("text")
    path.chmod(0)

    with pytest.raises(AppError, match=r"a\.txt: You may not read it"):
        extract(path, lambda page: None)


def test_a_page_survives_the_pipe():
    page = Page(
        3, "中文 and\ttext\n", "Slide 3", 595.0, 842.0, True, (Word(0, 2, Box(1, 2, 3, 4)),)
    )

    line = encode_page(page)

    assert decode_page(json.loads(line)) == page


@pytest.mark.parametrize("kind", [ValueError, KeyError, TypeError, OSError])
def test_what_the_receiver_of_pages_raises_comes_through(tmp_path: Path, kind: type[Exception]):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(5))

    def on_page(page: Page) -> None:
        raise kind("mine")

    with pytest.raises(kind, match="mine"):
        extract(path, on_page)


def test_a_process_killed_after_the_last_page_has_read_the_whole_file(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(5))

    found = extract(path, _kill_at(5, []))

    assert (found.pages, found.pages_total, found.notices) == (5, 5, ())


def test_resuming_a_file_that_is_gone_fails_with_its_name(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 no more")

    with pytest.raises(AppError, match=r"a\.pdf: It is damaged"):
        extract(path, lambda page: None, first_page=4)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\ufeffb", "a\x1bb", "a\uffffb"])
def test_characters_that_mean_nothing_are_replaced_one_for_one(text: str):
    assert fit_text(text) == "a\ufffdb"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([3], "Page 3"),
        ([4, 5, 6], "Pages 4-6"),
        ([1, 2, 9], "Pages 1-2 and 9"),
        ([1, 3, 5, 7], "Pages 1, 3, 5 and 7"),
        (list(range(1, 40, 2)), "20 pages"),
    ],
)
def test_pages_are_named_in_words(numbers: list[int], words: str):
    assert name_pages(numbers) == words


def test_limits_cross_to_the_process(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(20))

    found = extract(path, lambda page: None, limits=Limits(pages=5))

    assert (found.pages, found.pages_total) == (5, 20)
