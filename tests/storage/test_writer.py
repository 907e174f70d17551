import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.driver import sqlite3
from app.storage.writer import WRITE_BEHIND_S, Writer, WriterStopped
from tests.patience import PATIENCE_S, is_soon_enough, until


@pytest.fixture
def new_writer(tmp_path: Path) -> Iterator[Callable[[], Writer]]:
    """Each on the same file."""
    writers: list[Writer] = []

    def new() -> Writer:
        connection = sqlite3.connect(
            tmp_path / "w.db", isolation_level=None, check_same_thread=False
        )
        connection.execute("CREATE TABLE IF NOT EXISTS t (value UNIQUE)")
        writers.append(Writer(connection, lambda error: None))
        return writers[-1]

    yield new
    for writer in writers:
        writer.close()


@pytest.fixture
def writer(new_writer: Callable[[], Writer]) -> Writer:
    return new_writer()


def insert(value: object):
    return lambda db: db.execute("INSERT INTO t VALUES (?)", (value,)).rowcount


def values(writer_or_path: Writer | Path) -> list[object]:
    if isinstance(writer_or_path, Writer):
        return writer_or_path.run(lambda db: [v for (v,) in db.execute("SELECT value FROM t")])
    with closing(sqlite3.connect(writer_or_path)) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM t")]


def test_work_runs_in_order_and_returns_its_result(writer: Writer):
    futures = [writer.submit(insert(n)) for n in range(20)]

    assert [future.result() for future in futures] == [1] * 20
    assert values(writer) == list(range(20))


def test_work_that_raises_leaves_nothing_and_stops_nobody(writer: Writer):
    def half(db):
        insert("half")(db)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.run(half)
    writer.run(insert("next"))

    assert values(writer) == ["next"]


def test_a_sqlite_error_reaches_the_caller(writer: Writer):
    writer.run(insert(1))

    with pytest.raises(sqlite3.IntegrityError):
        writer.run(insert(1))


def test_write_behind_needs_no_further_call(writer: Writer, tmp_path: Path):
    writer.write_behind(1, insert("a"))

    until(lambda: values(tmp_path / "w.db") == ["a"])
    assert WRITE_BEHIND_S < 0.5


def test_write_behind_keeps_up_while_others_write(writer: Writer, tmp_path: Path):
    writer.write_behind(1, insert("behind"))

    def is_behind_written():
        writer.run(lambda db: None)
        return values(tmp_path / "w.db") == ["behind"]

    until(is_behind_written)


def test_only_the_newest_per_key_is_written(writer: Writer, tmp_path: Path):
    with writer._wake:  # the writer may begin at any moment
        for n in range(10):
            writer._behind[n % 2] = insert(n)
    writer.write_behind(2, insert("last"))

    until(lambda: values(tmp_path / "w.db") == [8, 9, "last"])


def test_work_behind_that_has_a_bug_does_not_take_the_rest_with_it(writer: Writer, caplog):
    writer.write_behind(1, lambda db: 1 / 0)
    writer.write_behind(2, insert("kept"))

    until(lambda: values(writer) == ["kept"])
    assert "ZeroDivisionError" in caplog.text


def test_closing_writes_what_is_pending(writer: Writer, tmp_path: Path):
    futures = [writer.submit(insert(n)) for n in range(50)]
    writer.write_behind(1, insert("behind"))

    assert writer.close()

    assert all(future.done() for future in futures)
    assert set(values(tmp_path / "w.db")) == {*range(50), "behind"}


def test_closing_interrupts_work_that_takes_too_long(new_writer, caplog):
    endless = (
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )

    def is_in_time() -> bool:
        writer, began = new_writer(), threading.Event()
        future = writer.submit(lambda db: began.set() or db.execute(endless).fetchone())
        assert began.wait(PATIENCE_S)
        start = time.monotonic()
        assert writer.close(deadline_s=0.2)
        took_s = time.monotonic() - start
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            future.result()
        return took_s < 1.0

    assert is_soon_enough(is_in_time)


def test_nobody_waits_for_a_writer_whose_connection_failed(writer: Writer):
    writer._connection.close()

    for _ in range(3):
        with pytest.raises(sqlite3.ProgrammingError):
            writer.run(insert(1))


def test_nobody_waits_for_a_writer_that_died(writer: Writer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    started, release = threading.Event(), threading.Event()
    running = writer.submit(lambda db: started.set() or release.wait())
    started.wait()
    waiting = writer.submit(insert(1))
    monkeypatch.setattr(writer, "_run_next", None)  # a bug of ours in the loop itself
    release.set()

    assert running.result()
    with pytest.raises(WriterStopped):
        waiting.result(PATIENCE_S)
    with pytest.raises(WriterStopped):
        writer.submit(insert(2))
