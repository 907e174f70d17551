"""Prompt states on disk that have to go, because somebody deleted what they were made of.

The app empties the folder and leaves a mark in it. An engine in another process may hold states of
requests that began before, or be writing one: it looks at the mark and keeps those off the disk.
"""

import contextlib
import logging
import math
import os
import time
from pathlib import Path

log = logging.getLogger(__name__)

_MARK = "emptied"


def empty_states(folder: Path) -> None:
    """Remove every prompt state below this folder. Any process and thread may call."""
    if not folder.is_dir():
        return
    mark = folder / _MARK
    try:
        mark.touch(mode=0o600)
        now = time.time_ns()
        os.utime(mark, ns=(now, now))  # file systems stamp some milliseconds late
    except OSError as error:
        log.error("prompt states cannot be marked as emptied: %s", error.strerror)
    for path in [path for path in folder.rglob("*") if path != mark and not path.is_dir()]:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.error("a prompt state cannot be removed: %s", error.strerror)


def is_emptied_since(folder: Path, began_s: float) -> bool:
    """Whether the states of a request that began at this unix time must not be written there."""
    return emptied_at_s(folder) >= began_s


def emptied_at_s(folder: Path) -> float:
    """Unix time; minus infinity for a folder that never was."""
    with contextlib.suppress(OSError):
        return (folder / _MARK).stat().st_mtime
    return -math.inf
