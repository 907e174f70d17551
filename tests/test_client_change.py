"""Connecting a client from the window: shown first, written with a backup, never over a change."""

import pytest

from app.client_change import change_of
from app.clients import CLIENTS, Endpoint
from app.errors import AppError

ENDPOINT = Endpoint("http://127.0.0.1:3535", "ds-key", "nano-step", 32768)


def test_what_would_change_is_shown_and_nothing_is_written(tmp_path):
    change = change_of(CLIENTS["codex"], ENDPOINT, tmp_path)

    assert change is not None
    assert change.is_needed
    assert "+model_context_window = 32768" in change.diff
    assert list(tmp_path.iterdir()) == []


def test_the_old_file_is_kept_beside_the_new_one(tmp_path):
    path = tmp_path / ".codex/config.toml"
    path.parent.mkdir()
    path.write_text('model = "other"\n')

    backup = change_of(CLIENTS["codex"], ENDPOINT, tmp_path).apply()

    assert backup.read_text() == 'model = "other"\n'
    assert 'model = "nano-step"' in path.read_text()
    assert not change_of(CLIENTS["codex"], ENDPOINT, tmp_path).is_needed


def test_a_file_that_changed_after_it_was_shown_is_left_alone(tmp_path):
    path = tmp_path / ".claude/settings.json"
    path.parent.mkdir()
    path.write_text("{}")
    change = change_of(CLIENTS["claude-code"], ENDPOINT, tmp_path)
    path.write_text('{"theme": "dark"}')

    with pytest.raises(AppError, match="left alone"):
        change.apply()

    assert path.read_text() == '{"theme": "dark"}'


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / ".codex").write_text("a file where the folder should be")

    with pytest.raises(AppError, match=r"config\.toml"):
        change_of(CLIENTS["codex"], ENDPOINT, tmp_path).apply()


def test_a_client_without_a_file_is_set_up_by_hand(tmp_path):
    assert change_of(CLIENTS["cline"], ENDPOINT, tmp_path) is None


def test_keys_are_not_in_a_repr(tmp_path):
    assert "ds-key" not in repr(change_of(CLIENTS["codex"], ENDPOINT, tmp_path))
