"""Where the key of the endpoint comes from."""

import threading
import time

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from app.server.keys import ApiKey, load_api_key


class Kept(keyring.backend.KeyringBackend):
    """A keyring that works: the edge of the machine, as no desktop runs here."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password


class Locked(Kept):
    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked("locked")


class Hanging(Kept):
    def __init__(self):
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service, username):
        self.released.wait()
        return None


@pytest.fixture
def use(monkeypatch):
    before = keyring.get_keyring()
    monkeypatch.delenv("DOORSTEP_API_KEY", raising=False)
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_environment_wins(use, monkeypatch):
    use(Kept())
    monkeypatch.setenv("DOORSTEP_API_KEY", " given ")

    assert load_api_key() == ApiKey("given", "environment")


def test_the_key_is_made_once_and_kept_in_the_keyring(use):
    use(Kept())

    first, second = load_api_key(), load_api_key()

    assert first == second
    assert first.source == "keyring"
    assert first.value.startswith("ds-")
    assert len(first.value) > 40


@pytest.mark.parametrize(
    "backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, Locked]
)
def test_without_a_usable_keyring_the_key_lives_in_memory(use, backend):
    use(backend())

    first, second = load_api_key(), load_api_key()

    assert first.source == second.source == "memory"
    assert first.value != second.value


def test_a_keyring_that_hangs_does_not_hold_up_the_start(use):
    hanging = Hanging()
    use(hanging)
    started = time.monotonic()

    key = load_api_key(keyring_limit_s=0.1)
    hanging.released.set()

    assert key.source == "memory"
    assert time.monotonic() - started < 1


def test_the_key_is_not_shown_in_a_repr():
    assert "secret" not in repr(ApiKey("secret", "memory"))
