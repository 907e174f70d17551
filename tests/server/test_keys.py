"""Where the key of the endpoint comes from."""

import asyncio
import json
import threading
import time

import httpx
import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from app.errors import AppError
from app.server.control import EndpointControl
from app.server.key_book import KeyBook
from app.server.key_usage import KeyUsage
from app.server.keyring_entry import add_key, revoke_key
from app.server.keys import ApiKey, Keys, load_api_key, load_keys
from tests.patience import PATIENCE_S, is_soon_enough
from tests.server.conftest import ask


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

    def is_quick():
        started = time.monotonic()
        assert load_api_key(keyring_limit_s=0.1).source == "memory"
        return time.monotonic() - started < 1

    assert is_soon_enough(is_quick)
    hanging.released.set()


def test_the_key_is_not_shown_in_a_repr():
    assert "secret" not in repr(ApiKey("secret", "memory"))


def test_a_key_from_before_named_keys_is_the_default_one(use):
    kept = Kept()
    kept.set_password("doorstep", "endpoint", "ds-old")
    use(kept)

    added = add_key("laptop")

    assert load_api_key() == ApiKey("ds-old", "keyring")
    assert json.loads(kept.kept["doorstep", "endpoint"]) == {"default": "ds-old", "laptop": added}


def test_an_entry_that_is_not_ours_is_left_alone(use):
    kept = Kept()
    kept.set_password("doorstep", "endpoint", '{"default": 5}')
    use(kept)

    assert load_api_key().source == "memory"
    assert kept.kept["doorstep", "endpoint"] == '{"default": 5}'


@pytest.mark.parametrize("backend", [keyring.backends.null.Keyring, Locked])
def test_without_a_usable_keyring_no_named_key_is_made(use, backend):
    use(backend())

    with pytest.raises(AppError, match="no usable keyring"):
        add_key("laptop")


def test_every_key_is_known_by_its_name():
    keys = Keys({"default": "one", "laptop": "two"})

    assert [keys.name_of(key) for key in (b"one", b"two", b"three", b"", b"\xff")] == (
        ["default", "laptop", None, None, None]
    )


def test_the_last_use_is_noted_by_name_only(tmp_path):
    file = tmp_path / "keys.json"
    keys = Keys({"default": "one", "laptop": "secret"}, "memory", file)

    keys.name_of(b"secret")
    keys.name_of(b"wrong")

    (used,) = KeyUsage(file).last_used().items()
    assert used[0] == "laptop"
    assert abs(used[1] - time.time()) < 60
    assert "secret" not in file.read_text()


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": "b"}'])
def test_a_damaged_file_of_uses_counts_as_empty(tmp_path, text):
    (tmp_path / "keys.json").write_text(text)

    assert KeyUsage(tmp_path / "keys.json").last_used() == {}


def test_a_running_endpoint_follows_keys_that_are_added_and_revoked(use, tmp_path, engine):
    use(Kept())
    file = tmp_path / "keys.json"
    control = EndpointControl(engine, 0, load_keys(file))
    control.inspector.switch(True)
    control.start()

    def status(key):
        headers = {"x-api-key": key}
        address = f"{control.address}/chat/completions"
        return httpx.post(
            address, json=ask("Hello"), headers=headers, trust_env=False, timeout=PATIENCE_S
        ).status_code

    try:
        assert status(control.api_key) == 200
        added = add_key("laptop")
        KeyUsage(file).announce_change()
        assert status(added) == 200
        revoke_key("laptop")
        KeyUsage(file).announce_change()
        assert status(added) == 401
        assert status(control.api_key) == 200
    finally:
        control.stop()

    assert {record.origin.key for record in control.inspector.records()} == {"default", "laptop"}


def test_the_default_key_can_be_revoked_and_is_made_anew(use):
    use(Kept())
    first = load_api_key()

    assert revoke_key("default")
    assert not revoke_key("default")

    assert load_api_key().value != first.value


def test_changed_keys_that_cannot_be_read_leave_the_old_ones_in_force(use, tmp_path, caplog):
    use(Kept())
    keys = load_keys(tmp_path / "keys.json")
    use(Locked())
    KeyUsage(tmp_path / "keys.json").announce_change()

    asyncio.run(keys.follow_changes())

    assert keys.name_of(keys.default.encode()) == "default"
    assert "keys have changed and cannot be read" in caplog.text


def test_the_window_makes_lists_and_revokes_keys_of_the_running_endpoint(use, tmp_path, engine):
    use(Kept())
    control = EndpointControl(engine, 0, load_keys(tmp_path / "keys.json"))
    book = control.key_book
    default = control.api_key

    key = book.create("laptop")

    assert key != default
    assert [(entry.name, entry.last_used) for entry in book.entries()] == [
        ("default", None),
        ("laptop", None),
    ]
    book.revoke("default")
    assert control.api_key != default
    assert load_keys().source == "keyring"


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 41, "../x", "ключ"])
def test_a_name_that_is_none_makes_no_key(use, tmp_path, name):
    use(Kept())

    with pytest.raises(AppError, match="Name the key"):
        KeyBook(KeyUsage(tmp_path / "keys.json")).create(name)


def test_a_window_whose_endpoint_is_off_does_not_wait_for_the_keyring(use, tmp_path, engine):
    hanging = Hanging()
    use(hanging)

    control = EndpointControl(engine, 0, Keys(file=tmp_path / "keys.json"))

    assert control.needs_key
    assert control.key_book is not None
    assert control.address is None
    hanging.released.set()  # asked from here on
    assert control.api_key


def test_keys_are_found_before_the_first_request_comes(use, tmp_path, engine):
    use(Kept())
    keys = Keys(file=tmp_path / "keys.json")
    control = EndpointControl(engine, 0, keys)

    control.start()
    use(Locked())

    try:
        assert keys.source == "keyring"
    finally:
        control.stop()
