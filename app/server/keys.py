"""The keys of the endpoint: from the environment, the system's keyring, or this session's memory.

They are never written to a file, a log or a command line.
"""

import asyncio
import hmac
import logging
import os
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


class Keys:
    """Every key that opens the endpoint. May be used from any thread.

    With a file, uses are noted there, and keys from the keyring are read again when another
    process has added or revoked some.
    """

    def __init__(
        self, named: Mapping[str, str], source: KeySource = "memory", file: Path | None = None
    ) -> None:
        assert all(named.values())  # an empty key would be matched by an empty header
        self.source = source
        self._named = dict(named)
        self._usage = KeyUsage(file) if file else None
        self._seen = self._usage.changed_at() if self._usage else 0

    @property
    def default(self) -> str:
        """The one that the window hands out."""
        named = self._named
        return named.get(DEFAULT) or next(iter(named.values()))

    @property
    def shortest(self) -> int:
        """Length of the shortest key, in characters."""
        return min(map(len, self._named.values()))

    @property
    def book(self) -> KeyBook | None:
        """For the user to change them; None where uses are not noted."""
        return KeyBook(self._usage, self.read_again) if self._usage else None

    async def follow_changes(self) -> None:
        """Ask before keys are compared: a revoked one opens nothing from its next use on."""
        if self._usage is not None and self._usage.changed_at() != self._seen:
            await asyncio.to_thread(self.read_again)

    def read_again(self) -> None:
        """Take over what another process, or the user, has changed in the keyring."""
        if self._usage is None or self.source != "keyring":
            return
        stamp = self._usage.changed_at()
        named = kept_keys(_REREAD_LIMIT_S)
        if named is None:
            log.warning("keys have changed and cannot be read; the old ones are still in force")
        else:
            self._named, self._seen = named, stamp

    def name_of(self, shown: bytes) -> str | None:
        """Whose key this is; takes as long for every wrong one. Counts as a use."""
        found = None
        for name, key in self._named.items():
            if hmac.compare_digest(shown, key.encode()):
                found = name
        if found is not None and self._usage is not None:
            self._usage.note(found)
        return found


def load_keys(file: Path | None = None, keyring_limit_s: float = LIMIT_S) -> Keys:
    """The user's keys; the default one is made on first use.

    Waits for the keyring for a limited time only: a locked one asks the user, who may be away.
    """
    given = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    if given:
        return Keys({"environment": given}, "environment", file)
    kept = kept_keys(keyring_limit_s)
    if kept is None:
        return Keys({DEFAULT: new_key()}, "memory", file)
    return Keys(kept, "keyring", file)


def load_api_key(keyring_limit_s: float = LIMIT_S) -> ApiKey:
    """The default key alone."""
    keys = load_keys(keyring_limit_s=keyring_limit_s)
    return ApiKey(keys.default, keys.source)
