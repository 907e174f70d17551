"""Emptying the prompt states on disk, and what began before it."""

import time

from app.engine.emptied import empty_states, is_emptied_since


def test_no_state_is_left_below_the_folder(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a.state").write_bytes(b"words")
    (tmp_path / "b.state").write_bytes(b"words")

    empty_states(tmp_path)

    assert not [path for path in tmp_path.rglob("*.state")]


def test_what_began_before_is_told_from_what_began_after(tmp_path):
    before = time.time()
    empty_states(tmp_path)
    after = time.time() + 1

    assert is_emptied_since(tmp_path, before)
    assert not is_emptied_since(tmp_path, after)


def test_a_folder_that_was_never_emptied_holds_nothing_back(tmp_path):
    assert not is_emptied_since(tmp_path, 0)


def test_where_nothing_was_ever_kept_nothing_is_made(tmp_path):
    empty_states(tmp_path / "prefixes")

    assert not (tmp_path / "prefixes").exists()
