"""The server of pages: pictures, questions from many threads, and a process that dies."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.documents.page_server import PageServer, Picture
from app.errors import AppError
from tests.documents.pdf_files import lines, many_pages, one_text_page, write_pdf
from tests.patience import PATIENCE_S, until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(300))
    return path


@pytest.fixture
def server(path: Path):
    server = PageServer(path)
    yield server
    server.close()


@contextmanager
def held(server: PageServer) -> Iterator[None]:
    """The process does nothing in this context."""
    server.page_sizes()
    process = psutil.Process(server.pid)
    process.suspend()
    yield
    process.resume()


def test_a_picture_has_the_size_that_was_asked_for(server: PageServer):
    picture = server.picture(1, 2)

    assert (picture.width, picture.height, picture.scale) == (1190, 1684, 2)
    assert len(picture.data) == picture.stride * picture.height


def test_a_picture_is_the_page_that_was_asked_for(server: PageServer):
    assert server.picture(1, 1).data != server.picture(222, 1).data
    assert server.picture(7, 1).data == server.picture(7, 1).data


def test_a_picture_that_would_be_too_large_is_smaller(tmp_path: Path):
    path = tmp_path / "huge.pdf"
    path.write_bytes(one_text_page(b"/UserUnit 1/MediaBox[0 0 14000 14000]", b"x", (1, 1)))
    server = PageServer(path)

    picture = server.picture(1, 4)
    server.close()

    assert picture.scale < 4
    assert len(picture.data) <= 40_100_000 * 4


def test_questions_from_many_threads_are_answered_each(server: PageServer):
    numbers = list(range(1, 301))

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(server.text, numbers))

    assert texts == [f"This is page {number} of many." for number in numbers]


def test_a_picture_that_is_not_wanted_any_more_is_not_made(server: PageServer):
    with held(server):
        futures = [server.submit_picture(number, 4) for number in range(1, 60)]
        withdrawn = [future for future in futures[1:-1] if future.cancel()]
    started = time.monotonic()

    picture = futures[-1].result(60)

    assert picture.scale == 4
    assert len(withdrawn) > 40
    assert time.monotonic() - started < 10


def test_a_question_overtakes_pictures(server: PageServer):
    answered: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with held(server):
            pictures = [server.submit_picture(number, 4) for number in range(1, 40)]
            text = pool.submit(server.text, 300)
            until(lambda: len(server._waiting) == 40)
            asked = list(server._waiting.values())
            for question in (asked[-2], asked[-1]):
                question.future.add_done_callback(answered.append)
        assert text.result() == "This is page 300 of many."
    until(lambda: len(answered) == 2)

    assert answered == [asked[-1].future, pictures[-1]]


def test_thumbnails_come_after_pages(server: PageServer):
    answered: list[Future[Picture]] = []
    with held(server):
        small = [server.submit_picture(number, 2, is_urgent=False) for number in range(1, 40)]
        large = server.submit_picture(300, 1)
        for future in (small[-1], large):
            future.add_done_callback(answered.append)

    until(lambda: len(answered) == 2)

    assert answered == [large, small[-1]]


def test_a_killed_process_is_replaced_and_the_question_answered(server: PageServer):
    server.page_sizes()
    assert server.pid is not None
    first = psutil.Process(server.pid)
    first.suspend()
    waiting = [server.submit_picture(number, 1) for number in range(1, 6)]

    first.kill()

    assert [future.result(PATIENCE_S).width for future in waiting] == [595] * 5
    assert server.pid != first.pid


def test_a_process_that_dies_again_and_again_is_given_up_with_a_sentence(server: PageServer):
    def live_and_die() -> None:
        for _ in range(12):
            server.text(1)
            assert server.pid is not None
            child = psutil.Process(server.pid)
            child.kill()
            child.wait(PATIENCE_S)

    with pytest.raises(AppError, match=r"a\.pdf: "):
        live_and_die()


def test_a_file_that_is_no_pdf_is_named(tmp_path: Path):
    path = tmp_path / "b.pdf"
    path.write_bytes(b"%PDF-1.4 and no more")
    server = PageServer(path, "Contract.pdf")

    with pytest.raises(AppError, match=r"Contract\.pdf: It is damaged"):
        server.page_sizes()
    server.close()


def test_a_page_that_is_not_there_is_named(server: PageServer):
    with pytest.raises(AppError, match="Page 301"):
        server.text(301)
    with pytest.raises(AppError, match="Page 0"):
        server.picture(0, 1)


def test_closing_cancels_what_waits_and_ends_the_process(server: PageServer):
    server.page_sizes()
    assert server.pid is not None
    child = psutil.Process(server.pid)
    futures = [server.submit_picture(number, 4) for number in range(1, 40)]

    server.close()
    wait(futures, PATIENCE_S)

    assert not child.is_running()
    with pytest.raises(CancelledError):
        futures[-1].result()
    with pytest.raises(AppError, match="closed"):
        server.text(1)


def test_a_file_that_is_deleted_stays_open(server: PageServer, path: Path):
    server.page_sizes()

    path.unlink()

    assert server.text(300) == "This is page 300 of many."


def test_callbacks_may_ask_again(server: PageServer):
    asked: list[str] = []
    done = threading.Event()

    def on_picture(future) -> None:
        server.submit_picture(2, 1).add_done_callback(lambda f: (asked.append("2"), done.set()))

    server.submit_picture(1, 1).add_done_callback(on_picture)

    assert done.wait(30)
    assert asked == ["2"]


def test_ranges_outside_the_text_have_no_boxes(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("short"), lambda canvas: None])
    server = PageServer(path)

    found = [server.boxes(1, 3, 3), server.boxes(1, 90, 99), server.boxes(2, 0, 5)]
    clipped = server.boxes(1, -5, 900)
    server.close()

    assert found == [[], [], []]
    assert len(clipped) == 1
