"""The named keys of the endpoint for their user: listed, made, revoked; never shown again."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.engine.errors import bad_request
from app.server.key_usage import KeyUsage
from app.server.keyring_entry import DEFAULT, add_key, kept_keys, no_keyring, revoke_key

ENVIRONMENT_VARIABLE = "DOORSTEP_API_KEY"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key by its name. ``last_used`` is in unix seconds, to the minute; None = never."""

    name: str
    last_used: float | None

    @property
    def is_default(self) -> bool:
        """The one that the window hands out; revoked, it is made anew."""
        return self.name == DEFAULT


class KeyBook:
    """The keys in the system's keyring. May be used from any thread.

    Every method asks the keyring, which may ask the user: up to 5 s, so never on the GUI thread.
    All of them raise AppError where there is no usable keyring.
    """

    def __init__(self, usage: KeyUsage, on_change: Callable[[], None] | None = None) -> None:
        self._usage = usage
        self._on_change = on_change

    @property
    def is_overruled(self) -> bool:
        """The environment gives a key: as long as it does, only that one opens the endpoint."""
        return bool(os.environ.get(ENVIRONMENT_VARIABLE, "").strip())

    def entries(self) -> tuple[KeyEntry, ...]:
        """The default key first, then the others as they were made."""
        named = kept_keys()
        if named is None:
            raise no_keyring()
        used = self._usage.last_used()
        return tuple(KeyEntry(name, used.get(name)) for name in named)

    def create(self, name: str) -> str:
        """Make a key; what is returned is not to be had a second time. Raises AppError."""
        _check_name(name)
        key = add_key(name)
        if key is None:
            raise bad_request(
                f"There is a key called {name} already. Revoke it first, or take another name."
            )
        self._tell()
        return key

    def revoke(self, name: str) -> None:
        """From its next use on it opens nothing, in no running endpoint. Raises AppError."""
        _check_name(name)
        if not revoke_key(name):
            raise bad_request(
                f"There is no key called {name}. `doorstep keys list` names them all."
            )
        self._usage.forget(name)
        self._tell()

    def _tell(self) -> None:
        self._usage.announce_change()
        if self._on_change is not None:
            self._on_change()


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise bad_request("Name the key: up to 40 letters, digits, dots and dashes.")
