"""What telling a coding agent of the endpoint would change in its settings, and changing it."""

import difflib
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.clients import Client, Endpoint, config_path
from app.errors import AppError, ErrorKind


@dataclass(frozen=True, slots=True)
class ClientChange:
    """One file, before and after; both hold keys, so neither is shown in a repr."""

    title: str  # of the client
    path: Path
    old: str = field(repr=False)  # empty for a missing file
    new: str = field(repr=False)

    @property
    def is_needed(self) -> bool:
        """False where the client is connected already."""
        return self.new != self.old

    @property
    def diff(self) -> str:
        """For the user to look at: a unified diff."""
        lines = difflib.unified_diff(
            *(self.old.splitlines(), self.new.splitlines()),
            *(str(self.path), "with Doorstep"),
            lineterm="",
            n=2,
        )
        return "\n".join(lines)

    def apply(self) -> Path | None:
        """Write the file for the user alone; the backup of the old one, if there was one.

        Raises AppError, with nothing changed, also when the file is no longer as it was shown.
        """
        try:
            if not _is_still(self.path, self.old):
                raise _changed_meanwhile(self.path)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            backup = _back_up(self.path) if self.path.exists() else None
            _write(self.path, self.new)
        except OSError as error:
            raise _not_written(self.path, error) from error
        return backup


def change_of(client: Client, endpoint: Endpoint, home: Path) -> ClientChange | None:
    """None for a client that is set up by hand. Raises AppError for settings not understood."""
    if client.change is None:
        return None
    path = config_path(client, home)
    try:
        old = _text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path) from error
    return ClientChange(client.title, path, old, client.change(old, endpoint))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _is_still(path: Path, text: str) -> bool:
    try:
        return _text(path) == text
    except UnicodeDecodeError:
        return False


def _back_up(path: Path) -> Path:
    backup = path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}.backup")
    shutil.copy2(path, backup)
    return backup


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and readable by nobody else, as it holds the key."""
    partial = path.with_name(path.name + ".partial")
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(partial, path)


def _changed_meanwhile(path: Path) -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "The client's settings have changed meanwhile",
        f"{path.name} is not as it was shown, so it is left alone. Look at the change again.",
    )


def _unreadable(path: Path) -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "The client's own settings cannot be read",
        f"{path.name} cannot be opened as text, so it is left alone. Use --print and add what it "
        "says by hand.",
    )


def _not_written(path: Path, error: OSError) -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "The client's settings cannot be written",
        f"The system says of {path.name}: {error.strerror}. Nothing was changed in it.",
    )
