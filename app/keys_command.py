"""``doorstep keys``: lists, adds and revokes keys of the endpoint; an old one is never shown."""

import sys
import time
from pathlib import Path

from app.server.key_book import ENVIRONMENT_VARIABLE, KeyBook
from app.server.key_usage import KeyUsage
from app.server.keyring_entry import DEFAULT


def keys_command(file: Path, action: str, name: str | None) -> int:
    """Do it and print the outcome. Raises AppError for a bad name or without a keyring."""
    book = KeyBook(KeyUsage(file))
    match action:
        case "list":
            _list(book)
        case "add":
            _add(name or "", book)
        case _:
            _revoke(name or "", book)
    if book.is_overruled:
        words = (
            f"{ENVIRONMENT_VARIABLE} is set: as long as it is, only that key opens the endpoint."
        )
        print(words, file=sys.stderr)
    return 0


def _list(book: KeyBook) -> None:
    entries = book.entries()
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        when = "never used"
        if entry.last_used is not None:
            at = time.localtime(entry.last_used)
            when = f"last used {time.strftime('%Y-%m-%d %H:%M', at)}"
        print(f"{entry.name:{width}}  {when}")


def _add(name: str, book: KeyBook) -> None:
    print(book.create(name))
    print("This key is shown once. Copy it now.", file=sys.stderr)


def _revoke(name: str, book: KeyBook) -> None:
    book.revoke(name)
    new = " A new default key is made when one is needed." if name == DEFAULT else ""
    print(f"The key {name} opens nothing any more.{new}")
