"""Keys by command: what is printed, and what never is."""

import keyring
import keyring.backend
import pytest

from app.__main__ import main
from app.server.key_usage import KeyUsage


class Kept(keyring.backend.KeyringBackend):
    """A keyring that works: the edge of the machine."""

    priority = 1
    kept: str | None = None

    def get_password(self, service, username):
        return self.kept

    def set_password(self, service, username, password):
        self.kept = password


@pytest.fixture
def doorstep(tmp_path, capsys):
    """Runs ``doorstep keys`` and returns code, stdout and stderr."""

    def run(*arguments):
        code = main(["--data-dir", str(tmp_path), "keys", *arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def kept():
    before = keyring.get_keyring()
    keyring.set_keyring(Kept())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def test_a_new_key_is_printed_once_and_listed_by_name(doorstep, kept, tmp_path):
    code, key, _ = doorstep("add", "laptop")
    KeyUsage(tmp_path / "endpoint_keys.json").note("laptop")
    _, listed, _ = doorstep("list")

    assert code == 0
    assert key.startswith("ds-")
    assert listed.splitlines()[0] == "default  never used"
    assert listed.splitlines()[1].startswith("laptop   last used 20")
    assert "ds-" not in listed


def test_a_revoked_key_is_gone(doorstep, kept):
    doorstep("add", "laptop")

    code, words, _ = doorstep("revoke", "laptop")

    assert code == 0
    assert "laptop" in words
    assert "laptop" not in kept.kept + doorstep("list")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add",), "Name the key"),
        (("add", "a b"), "Name the key"),
        (("add", "default"), "already"),
        (("revoke", "nobody"), "no key called nobody"),
    ],
)
def test_a_mistake_is_one_sentence(doorstep, kept, arguments, words):
    code, out, error = doorstep(*arguments)

    assert (code, out) == (1, "")
    assert words in error


@pytest.mark.parametrize("arguments", [("list",), ("add", "laptop"), ("revoke", "laptop")])
def test_without_a_keyring_it_says_so(doorstep, arguments):
    code, out, error = doorstep(*arguments)

    assert (code, out) == (1, "")
    assert "no usable keyring" in error


def test_a_key_in_the_environment_is_said_to_rule(doorstep, kept, monkeypatch):
    monkeypatch.setenv("DOORSTEP_API_KEY", "given")

    assert "DOORSTEP_API_KEY is set" in doorstep("list")[2]
