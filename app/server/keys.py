"""The keys of the endpoint: from the environment, the system's keyring, or this session's memory.

They are never written to a file, a log or a command line.
"""

import hmac
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.server.key_book import ENVIRONMENT_VARIABLE, KeyBook
from app.server.key_usage import KeyUsage
from app.server.keyring_entry import DEFAULT, LIMIT_S, kept_keys, new_key

log = logging.getLogger(__name__)

_REREAD_LIMIT_S = 2.0

KeySource = Literal["environment", "keyring", "memory"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and where it is kept; one from memory is gone when the program ends."""

    value: str = field(repr=False)
    source: KeySource


@dataclass(frozen=True, slots=True)
class _Found:
    named: Mapping[str, str] = field(repr=False)
    source: KeySource

    def __post_init__(self) -> None:
        assert all(self.named.values())  # an empty key would be matched by an empty header


class Keys:
    """Every key that opens the endpoint. May be used from any thread.

    Without ``named`` they are the user's, found when they are first needed (``find``). With a file,
    uses are noted there, and keys from the keyring are read again when another process has added or
    revoked some.
    """

    def __init__(
        self,
        named: Mapping[str, str] | None = None,
        source: KeySource = "memory",
        file: Path | None = None,
    ) -> None:
        self._found = None if named is None else _Found(dict(named), source)
        self._lock = threading.Lock()
        self._usage = KeyUsage(file) if file else None
        self._seen = self._usage.changed_at() if self._usage else 0

    def find(self, keyring_limit_s: float = LIMIT_S) -> None:
        """Have them, the default one made on first use.

        Waits for the keyring for a limited time only: a locked one asks the user, who may be away.
        """
        with self._lock:
            if self._found is None:
                self._seen = self._usage.changed_at() if self._usage else 0
                self._found = _users_keys(keyring_limit_s)

    @property
    def source(self) -> KeySource:
        return self._known.source

    @property
    def default(self) -> str:
        """The one that the window hands out."""
        named = self._known.named
        return named.get(DEFAULT) or next(iter(named.values()))

    @property
    def shortest(self) -> int:
        """Length of the shortest key, in characters."""
        return min(map(len, self._known.named.values()))

    @property
    def book(self) -> KeyBook | None:
        """For the user to change them; None where uses are not noted."""
        return KeyBook(self._usage, self.read_again) if self._usage else None

    async def follow_changes(self) -> None:
        """Ask before keys are compared: a revoked one opens nothing from its next use on."""
        import asyncio  # is there when this is asked; a window whose endpoint is off does without

        if self._usage is not None and self._usage.changed_at() != self._seen:
            await asyncio.to_thread(self.read_again)

    def read_again(self) -> None:
        """Take over what another process, or the user, has changed in the keyring."""
        if self._usage is None or self._found is None or self._found.source != "keyring":
            return
        stamp = self._usage.changed_at()
        named = kept_keys(_REREAD_LIMIT_S)
        if named is None:
            log.warning("keys have changed and cannot be read; the old ones are still in force")
        else:
            self._found, self._seen = _Found(named, "keyring"), stamp

    def name_of(self, shown: bytes) -> str | None:
        """Whose key this is; takes as long for every wrong one. Counts as a use."""
        found = None
        for name, key in self._known.named.items():
            if hmac.compare_digest(shown, key.encode()):
                found = name
        if found is not None and self._usage is not None:
            self._usage.note(found)
        return found

    @property
    def _known(self) -> _Found:
        self.find()
        assert self._found is not None
        return self._found


def load_keys(file: Path | None = None) -> Keys:
    """The user's keys, found at once."""
    keys = Keys(file=file)
    keys.find()
    return keys


def load_api_key(keyring_limit_s: float = LIMIT_S) -> ApiKey:
    """The default key alone."""
    keys = Keys()
    keys.find(keyring_limit_s)
    return ApiKey(keys.default, keys.source)


def _users_keys(keyring_limit_s: float) -> _Found:
    given = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    if given:
        return _Found({"environment": given}, "environment")
    kept = kept_keys(keyring_limit_s)
    return _Found({DEFAULT: new_key()}, "memory") if kept is None else _Found(kept, "keyring")
