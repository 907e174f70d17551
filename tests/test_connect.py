"""Coding agents are told of the endpoint, and what they had before is kept."""

import json
import tomllib

import pytest

from app import __main__, connect
from app.clients import CLIENTS, Endpoint
from app.errors import AppError

ENDPOINT = Endpoint("http://127.0.0.1:3535", "ds-key", "nano-step", 32768)
WRITTEN = [name for name, client in CLIENTS.items() if client.change]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(connect, "running_endpoint", lambda port: ENDPOINT)
    monkeypatch.setattr(connect.Path, "home", lambda: tmp_path)
    return tmp_path


def doorstep(home, *arguments):
    return __main__.main(["--data-dir", str(home / "data"), "connect", *arguments])


def test_every_client_of_the_command_line_is_known():
    assert set(__main__.CLIENT_NAMES) == set(CLIENTS)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_missing_file_is_written_for_the_user_alone(home, name):
    assert doorstep(home, name, "--yes") == 0

    path = home / CLIENTS[name].file
    text = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert "ds-key" in text
    assert "32768" in text
    assert "127.0.0.1:3535" in text


@pytest.mark.parametrize("name", WRITTEN)
def test_doing_it_twice_changes_nothing(home, name, capsys):
    doorstep(home, name, "--yes")
    before = (home / CLIENTS[name].file).read_bytes()

    assert doorstep(home, name, "--yes") == 0

    assert "connected already" in capsys.readouterr().out
    assert (home / CLIENTS[name].file).read_bytes() == before


def test_other_settings_stay_and_the_old_file_is_kept(home):
    path = home / ".claude/settings.json"
    path.parent.mkdir()
    path.write_text('{"theme": "dark", "env": {"EDITOR": "vi"}}')

    doorstep(home, "claude-code", "--yes")

    found = json.loads(path.read_text())
    assert found["theme"] == "dark"
    assert found["env"]["EDITOR"] == "vi"
    assert found["env"]["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "32768"
    (backup,) = path.parent.glob("settings.json.*.backup")
    assert json.loads(backup.read_text()) == {"theme": "dark", "env": {"EDITOR": "vi"}}


def test_comments_and_other_providers_of_codex_stay(home):
    path = home / ".codex/config.toml"
    path.parent.mkdir()
    path.write_text('# mine\nmodel = "other"\n\n[model_providers.lab]\nname = "Lab"\n')

    doorstep(home, "codex", "--yes")

    text = path.read_text()
    found = tomllib.loads(text)
    assert text.startswith("# mine")
    assert found["model"] == "nano-step"
    assert set(found["model_providers"]) == {"lab", "doorstep"}


@pytest.mark.parametrize(("name", "text"), [("claude-code", "{ not json"), ("codex", "= broken")])
def test_settings_that_cannot_be_read_are_left_alone(home, name, text, capsys):
    path = home / CLIENTS[name].file
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert doorstep(home, name, "--yes") == 1

    assert path.read_text() == text
    assert "--print" in capsys.readouterr().err


def test_nothing_is_written_without_a_yes(home, capsys):
    assert doorstep(home, "opencode") == 1

    assert not (home / CLIENTS["opencode"].file).exists()
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize("name", list(CLIENTS))
def test_every_client_can_be_printed(home, name, capsys):
    assert doorstep(home, name, "--print") == 0

    out = capsys.readouterr().out
    assert "ds-key" in out
    assert "nano-step" in out
    assert not list(home.rglob("*.partial"))


def test_without_an_endpoint_it_says_how_to_start_one(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("DOORSTEP_API_KEY", "ds-key")

    with pytest.raises(AppError, match="doorstep serve"):
        connect.running_endpoint(1)


@pytest.mark.parametrize("name", [name for name in CLIENTS if name not in WRITTEN])
def test_what_is_entered_by_hand_has_all_that_a_client_must_know(home, name, capsys):
    assert doorstep(home, name) == 0

    said = capsys.readouterr().out
    assert all(word in said for word in ("127.0.0.1:3535", "ds-key", "nano-step", "32768"))
