"""The file that is being read, as its reader sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from app.documents.job import Limits


class Unreadable(Exception):
    """Nothing of this file can be read. The argument is for people: why, and what to do."""


PROTECTED = "It is protected by a password. Save a copy without one, and add that."
EMPTY = "It holds no text."
DAMAGED = "It is damaged, or not what its name says. Open it in its own program and save it anew."
EXPANDS = "It unpacks to far more than Doorstep takes from one file, so it was not opened."


@dataclass(slots=True)
class Source:
    """An open file. ``file`` stays readable when the path is deleted."""

    file: BinaryIO
    path: str
    name: str
    size_bytes: int
    limits: Limits
    first_page: int  # pages before it are not wanted; a reader may go on counting them
    start: Callable[[str, int], None]  # tell the kind and how many pages there are, 0 = not known
    notice: Callable[[str], None]  # tell the user something about what is read
