from contextlib import closing
from pathlib import Path

import pytest

from app.chat.messages import Message
from app.errors import AppError
from app.storage import migration
from app.storage.conversations import ConversationStore
from app.storage.database import DatabaseFile
from app.storage.driver import connect
from app.storage.schema import CURRENT, Schema

NOW = CURRENT.version


def add_shelves(db):
    db.execute("ALTER TABLE conversations ADD COLUMN shelf TEXT NOT NULL DEFAULT ''")


def rebuild_messages(db):
    db["messages"].transform(types={"characters": float})


def lose_a_row(db):
    db.execute("DELETE FROM messages WHERE id = (SELECT max(id) FROM messages)")


def break_a_reference(db):
    db.execute("UPDATE messages SET conversation_id = 77")


def fail(db):
    db.execute("CREATE TABLE half (done)")
    raise ZeroDivisionError


@pytest.fixture
def filled(path: Path) -> Path:
    with closing(ConversationStore.open(path)) as store:
        conversation = store.create_conversation("c")
        for n in range(50):
            store.append(conversation, Message.of("user", f"message {n}"))
        store.append(store.create_conversation(), Message.of("user", "other"))
    return path


def open_with(path: Path, *steps) -> None:
    """As a later version would, with these steps more than the present one."""
    migrations = dict(enumerate(steps, start=NOW))
    DatabaseFile.open(path, Schema(NOW + len(steps), CURRENT.create, migrations)).close()


def version_and_count(path: Path) -> tuple[int, int]:
    with closing(connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM messages").fetchone()
    return version, count


def leftovers(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir() if "migrating" in file.name]


def test_all_steps_run_and_every_row_stays(filled: Path):
    open_with(filled, add_shelves, rebuild_messages)

    assert version_and_count(filled) == (NOW + 2, 51)
    assert leftovers(filled) == []
    with closing(connect(filled)) as connection:
        assert connection.execute("SELECT shelf FROM conversations").fetchall() == [("",)] * 2
        assert connection.execute("PRAGMA foreign_key_list(messages)").fetchall()


def test_the_former_file_is_kept_whole(filled: Path):
    open_with(filled, add_shelves)

    (kept,) = migration.kept_copies(filled)
    assert kept.name == f"doorstep.db.v{NOW}.1"
    assert version_and_count(kept) == (NOW, 51)


def test_the_last_three_former_files_are_kept(filled: Path):
    for count in range(1, 6):
        open_with(filled, *[lambda db: None] * count)

    names = [copy.name for copy in migration.kept_copies(filled)]
    assert names == [f"doorstep.db.v{NOW + n - 1}.{n}" for n in (3, 4, 5)]


@pytest.mark.parametrize("step", [lose_a_row, break_a_reference])
def test_a_step_that_loses_something_changes_nothing(filled: Path, step):
    with pytest.raises(AppError, match="cannot be read"):
        open_with(filled, step)

    assert version_and_count(filled) == (NOW, 51)
    assert leftovers(filled) == []


def test_a_step_that_fails_changes_nothing(filled: Path):
    with pytest.raises(ZeroDivisionError):
        open_with(filled, add_shelves, fail)

    assert version_and_count(filled) == (NOW, 51)
    assert leftovers(filled) == []
    with closing(ConversationStore.open(filled)) as store:
        assert len(store.branch(1)) == 50


def test_what_was_only_in_the_wal_is_migrated(filled: Path, tmp_path: Path):
    copy = tmp_path / "copy" / "doorstep.db"
    copy.parent.mkdir()
    with closing(ConversationStore.open(filled)) as store:
        store.append(1, Message.of("user", "in the WAL"))
        for suffix in ("", "-wal"):
            Path(f"{copy}{suffix}").write_bytes(Path(f"{filled}{suffix}").read_bytes())

    open_with(copy, add_shelves)

    assert version_and_count(copy) == (NOW + 1, 52)
    assert not Path(f"{copy}-wal").exists()


def test_a_file_that_another_store_has_open_is_not_migrated(filled: Path):
    with closing(ConversationStore.open(filled)), pytest.raises(AppError, match="in use"):
        open_with(filled, add_shelves)

    assert version_and_count(filled) == (NOW, 51)


def test_a_file_that_another_program_reads_is_not_migrated(filled: Path):
    with closing(connect(filled)) as other:
        other.execute("SELECT count(*) FROM messages").fetchone()

        with pytest.raises(AppError, match="in use"):
            open_with(filled, add_shelves)

    assert version_and_count(filled) == (NOW, 51)


def test_a_migration_that_was_cut_off_is_done_again(filled: Path):
    filled.with_name("doorstep.db.migrating").write_bytes(b"half")

    open_with(filled, add_shelves)

    assert version_and_count(filled) == (NOW + 1, 51)
