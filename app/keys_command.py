"""``doorstep keys``: lists, adds and revokes keys of the endpoint; an old one is never shown."""

import os
import re
import sys
import time
from pathlib import Path

from app.engine.errors import bad_request
from app.server.key_usage import KeyUsage
from app.server.keyring_entry import DEFAULT, add_key, kept_keys, no_keyring, revoke_key
from app.server.keys import ENVIRONMENT_VARIABLE

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


def keys_command(file: Path, action: str, name: str | None) -> int:
    """Do it and print the outcome. Raises AppError for a bad name or without a keyring."""
    usage = KeyUsage(file)
    if action == "list":
        _list(usage)
    elif name is None or not _NAME.fullmatch(name):
        raise bad_request("Name the key: up to 40 letters, digits, dots and dashes.")
    elif action == "add":
        _add(name, usage)
    else:
        _revoke(name, usage)
    if os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        words = (
            f"{ENVIRONMENT_VARIABLE} is set: as long as it is, only that key opens the endpoint."
        )
        print(words, file=sys.stderr)
    return 0


def _list(usage: KeyUsage) -> None:
    named = kept_keys()
    if named is None:
        raise no_keyring()
    used = usage.last_used()
    width = max(map(len, named))
    for name in named:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(used[name])) if name in used else ""
        print(f"{name:{width}}  {f'last used {when}' if when else 'never used'}")


def _add(name: str, usage: KeyUsage) -> None:
    key = add_key(name)
    if key is None:
        raise bad_request(
            f"There is a key called {name} already. Revoke it first, or take another name."
        )
    usage.announce_change()
    print(key)
    print("This key is shown once. Copy it now.", file=sys.stderr)


def _revoke(name: str, usage: KeyUsage) -> None:
    if not revoke_key(name):
        raise bad_request(f"There is no key called {name}. `doorstep keys list` names them all.")
    usage.forget(name)
    usage.announce_change()
    new = " A new default key is made when one is needed." if name == DEFAULT else ""
    print(f"The key {name} opens nothing any more.{new}")
