import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.messages import Message, TextPart
from app.errors import AppError
from app.storage import driver
from app.storage.conversations import AnswerDetails, ConversationStore
from app.storage.driver import connect, sqlite3
from app.storage.schema import CURRENT
from app.storage.writer import WRITE_BEHIND_S
from tests.patience import PATIENCE_S, until

TEXT = "The sentence whose bytes are going to rot."


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "doorstep.db"
    with closing(ConversationStore.open(path)) as store:
        conversation = store.create_conversation("c")
        store.append(conversation, Message.of("user", TEXT))
        for n in range(200):
            store.append(conversation, Message.of("user", f"{n} " * 100))
    return path


@pytest.fixture
def filled(template: Path, path: Path) -> Path:
    """A closed database of some 60 pages, with one conversation."""
    shutil.copy(template, path)
    return path


def set_pragma(path: Path, pragma: str) -> None:
    with closing(connect(path)) as connection:
        connection.execute(f"PRAGMA {pragma}")


def refusal(path: Path) -> str:
    """The title of the error that opening raises; the file and its folder are as before."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(AppError) as raised:
        ConversationStore.open(path)
    after = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    after.pop("doorstep.db.lock", None)
    before.pop("doorstep.db.lock", None)
    assert after == before
    return raised.value.title


def test_a_newer_file_is_refused_and_left_as_it_is(filled: Path):
    set_pragma(filled, f"user_version = {CURRENT.version + 1}")

    assert refusal(filled) == "These conversations belong to a newer Doorstep"


def test_a_file_of_another_program_is_refused(path: Path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE messages (id)")
        connection.commit()

    assert refusal(path) == "The conversations cannot be read"


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"plain text " * 1000, bytes(8192)])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes):
    path.write_bytes(content)

    assert refusal(path) == "The conversations cannot be read"


@pytest.mark.parametrize("kept", [99, 100, 4096, 0.5, 0.99, -1])
def test_a_truncated_file_is_refused(filled: Path, kept: float):
    size = filled.stat().st_size
    os.truncate(filled, int(kept * size) if 0 < kept < 1 else int(kept) % size)

    assert refusal(filled) == "The conversations cannot be read"


@pytest.mark.parametrize("content", [bytes(4096), b"\xa5" * 4096])
@pytest.mark.parametrize("place", [b"conversations", b"messages", TEXT.encode(), b"199 199 199"])
def test_a_damaged_page_of_the_tables_is_refused(filled: Path, place: bytes, content: bytes):
    damaged = bytearray(filled.read_bytes())
    with closing(connect(filled)) as connection:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        root = connection.execute(sql, (place.decode(),)).fetchone()
    number = root[0] - 1 if root else damaged.index(place) // 4096
    damaged[number * 4096 : (number + 1) * 4096] = content
    filled.write_bytes(damaged)

    assert refusal(filled) == "The conversations cannot be read"


def test_a_damaged_file_with_a_wal_is_left_as_it_is(filled: Path, tmp_path: Path):
    copy = tmp_path / "copy" / "doorstep.db"
    copy.parent.mkdir()
    with closing(ConversationStore.open(filled)) as store:
        store.create_conversation("in the WAL")
        shutil.copy(filled, copy)
        shutil.copy(f"{filled}-wal", f"{copy}-wal")
    damaged = bytearray(copy.read_bytes())
    damaged[40960:61440] = bytes(20480)
    copy.write_bytes(damaged)
    wal = Path(f"{copy}-wal").read_bytes()

    with pytest.raises(AppError, match="cannot be read"):
        ConversationStore.open(copy)

    assert copy.read_bytes() == damaged
    assert Path(f"{copy}-wal").read_bytes() == wal


def test_what_is_only_in_the_wal_is_read(filled: Path, tmp_path: Path):
    copy = tmp_path / "copy" / "doorstep.db"
    copy.parent.mkdir()
    with closing(ConversationStore.open(filled)) as store:
        store.create_conversation("in the WAL")
        shutil.copy(filled, copy)
        shutil.copy(f"{filled}-wal", f"{copy}-wal")

    with closing(ConversationStore.open(copy)) as store:
        assert [summary.title for summary in store.conversations()] == ["in the WAL", "c"]


def test_the_wal_of_a_file_that_is_gone_is_not_played_into_a_new_one(filled: Path):
    with closing(ConversationStore.open(filled)) as store:
        store.create_conversation("in the WAL")
        wal = Path(f"{filled}-wal").read_bytes()
    filled.unlink()
    Path(f"{filled}-wal").write_bytes(wal)

    with closing(ConversationStore.open(filled)) as store:
        assert store.conversations() == []
    assert Path(f"{filled}-wal.orphan").read_bytes() == wal


@pytest.mark.parametrize("offset", range(0, len(TEXT), 7))
@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_a_flipped_bit_inside_a_text_is_noticed_and_stops_nothing(filled, offset, flip):
    content = bytearray(filled.read_bytes())
    content[content.index(TEXT.encode()) + offset] ^= flip
    filled.write_bytes(content)

    with closing(ConversationStore.open(filled)) as store:
        branch = store.branch(1)
        stored = store.messages([header.id for header in branch])
        store.history(1)
        store.search("sentence")

    assert [message.is_intact for message in stored] == [False] + [True] * 200


DAMAGE = ["'?'", "x'ff00'", "CAST(x'ff' AS TEXT)", "'[1]'", "'{}'", "'[{}]'", "3"]


@pytest.mark.parametrize("column", ["role", "state", "name", "parts", "tool_call_id", "model"])
def test_a_damaged_column_stops_nothing(filled: Path, column: str):
    with closing(connect(filled)) as connection:
        for id_, value in enumerate(DAMAGE, start=1):
            connection.execute(f"UPDATE messages SET {column} = {value} WHERE id = {id_}")

    with closing(ConversationStore.open(filled)) as store:
        branch = store.branch(1)
        stored = store.messages([header.id for header in branch])
        history = store.history(1)
        store.search("sentence")

    assert len(stored) == 201
    assert len(history) >= 201 - len(DAMAGE)
    assert {message.is_intact for message in stored[: len(DAMAGE)]} == {
        column in ("state", "model")
    }
    assert all(message.is_intact for message in stored[len(DAMAGE) :])


def test_a_parent_that_does_not_exist_shortens_the_branch(filled: Path):
    with closing(connect(filled)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE messages SET parent_id = 9999 WHERE id = 100")
        connection.execute("UPDATE messages SET parent_id = 201 WHERE id = 1")

    with closing(ConversationStore.open(filled)) as store:
        assert [header.id for header in store.branch(1)] == list(range(100, 202))


def test_a_page_that_rots_while_open_costs_only_its_message(path: Path):
    with closing(ConversationStore.open(path)) as store:
        conversation = store.create_conversation("c")
        ids = [store.append(conversation, Message.of("user", f"{n}" * 20_000)) for n in range(3)]
    with closing(ConversationStore.open(path)) as store:
        page = path.read_bytes().index(b"1" * 4000) // 4096
        with path.open("r+b") as file:
            file.seek(page * 4096)
            file.write(b"\xff" * 4)  # the number of the next page in the chain

        stored = store.messages(ids)

    assert [message.id for message in stored] == ids
    assert [message.is_intact for message in stored] == [True, False, True]


def test_a_folder_in_place_of_the_file_is_refused(path: Path):
    path.mkdir()

    with pytest.raises(AppError, match="cannot be used"):
        ConversationStore.open(path)


def test_a_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(AppError, match="cannot be used"):
        ConversationStore.open(tmp_path / "missing" / "doorstep.db")


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Root may write anywhere: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:  # one that others may enter
        folder = Path(name) / "data"
        folder.mkdir()
        with closing(ConversationStore.open(folder / "doorstep.db")) as store:
            store.create_conversation("kept")
        Path(name).chmod(0o755)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("name", ["doorstep.db", "new.db"])
def test_a_read_only_folder_is_an_error_in_words(read_only: Path, name: str, unprivileged: None):
    with pytest.raises(AppError, match="cannot be used"):
        ConversationStore.open(read_only / name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_S", 0.4)


def test_a_file_held_by_another_program_is_an_error_in_words(filled: Path, impatient: None):
    with closing(connect(filled)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(AppError, match="in use"):
            ConversationStore.open(filled)


def test_a_write_lock_of_another_program_loses_nothing(
    filled: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_S", PATIENCE_S)
    with (
        closing(ConversationStore.open(filled)) as store,
        closing(connect(filled)) as other,
    ):
        monkeypatch.setattr(driver, "BUSY_TIMEOUT_S", 0.1)
        with closing(ConversationStore.open(filled)) as impatient:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(AppError, match="in use"):
                impatient.append(1, Message.of("user", "refused"))
            timer = threading.Timer(0.1, other.execute, ["ROLLBACK"])
            timer.start()
            accepted = store.append(1, Message.of("user", "accepted"))
            timer.join()

        assert [message.message.text for message in store.messages([accepted])] == ["accepted"]
        assert len(store.branch(1)) == 202


def test_a_full_database_is_an_error_and_keeps_what_it_has(filled: Path, caplog):
    with closing(ConversationStore.open(filled)) as store:
        answer = store.begin_answer(1, "tiny")
        store.save_partial(answer, (TextPart("saved"),))
        until(lambda: store.messages([answer])[0].message.text == "saved")
        limit(store, pages=1)
        with pytest.raises(AppError, match="disk is full"):
            store.append(1, Message.of("user", "x" * 100_000))
        store.save_partial(answer, (TextPart("y" * 100_000),))
        until(lambda: "could not be stored yet" in caplog.text)
        time.sleep(2 * WRITE_BEHIND_S)  # time in which it could be said again
        with pytest.raises(AppError, match="disk is full"):
            store.finish_answer(answer, (TextPart("y" * 100_000),), "complete", AnswerDetails())
        kept = store.messages([answer])[0].message.text
        limit(store, pages=1_000_000)
        until(lambda: store.messages([answer])[0].message.text != "saved")
        retried = store.messages([answer])[0].message.text
        store.finish_answer(answer, (TextPart("done"),), "complete", AnswerDetails())

    with closing(ConversationStore.open(filled)) as store:
        branch = store.branch(1)
        assert len(branch) == 202
        assert all(message.is_intact for message in store.messages([h.id for h in branch]))
    assert kept == "saved"
    assert len(retried) == 100_000
    assert caplog.text.count("could not be stored yet") == 1


def limit(store: ConversationStore, pages: int) -> None:
    """The most pages the file may have; SQLite never takes less than it has."""
    store._writer._connection.execute(f"PRAGMA max_page_count = {pages}")


def test_the_file_is_private(path: Path):
    ConversationStore.open(path).close()

    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def test_a_leftover_of_a_creation_that_was_cut_off_is_no_obstacle(path: Path):
    path.with_name("doorstep.db.new").write_bytes(b"half")

    with closing(ConversationStore.open(path)) as store:
        assert store.conversations() == []


def test_the_connections_are_durable(filled: Path):
    with closing(connect(filled)) as connection:
        values = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert values == ["wal", 2, 1]
    assert sqlite3.sqlite_version_info >= (3, 51, 3)
