"""Watched folders: what is on disk against what is in the library, looked at again and again.

Looking is cheap (a stat per file), works on every system and network share, and misses nothing.
"""

import logging
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.documents.formats import FOLDER_SUFFIXES
from app.storage.documents_rows import Source

LEAST_INTERVAL_S = 3.0
_COST_FACTOR = 20  # looking takes at most a twentieth of the time
_SETTLED_S = 2.0  # a file that changed so recently may still be written to
_MOST_FILES = 200_000
_MOST_DEPTH = 40

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A regular file below a folder."""

    path: Path
    size_bytes: int
    mtime_ns: int


def files_below(folder: Path) -> Iterator[Seen]:
    """Regular files of a known kind. Links are not followed, so that nothing outside comes in.

    Hidden files and folders are left out. A folder that cannot be read is passed over.
    """
    waiting = [(folder, 0)]
    count = 0
    while waiting:
        current, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as error:
            log.warning("a watched folder cannot be read: %s", error.strerror)
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # it went away meanwhile
                continue
            if stat.S_ISDIR(status.st_mode) and depth < _MOST_DEPTH:
                waiting.append((Path(entry.path), depth + 1))
            elif stat.S_ISREG(status.st_mode) and _is_known(entry.name):
                count += 1
                if count > _MOST_FILES:
                    log.warning("a watched folder has more than %d files", _MOST_FILES)
                    return
                yield Seen(Path(entry.path), status.st_size, status.st_mtime_ns)


def _is_known(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FOLDER_SUFFIXES


class Reconciler:
    """Remembers the last look, to leave files alone that are being written. One thread."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._last: dict[Path, Seen] = {}

    def look(
        self, folder: Path, known: list[Source], *, is_patient: bool = True
    ) -> tuple[list[Seen], list[Path]]:
        """What has to be read, for it is new or changed and at rest; and what is gone.

        Patience is for files that are being written. A folder without any file may be a drive
        that is not there: nothing of it is gone.
        """
        sources = {source.path: source for source in known}
        seen = {file.path: file for file in files_below(folder)}
        due = [
            file
            for file in seen.values()
            if _differs(file, sources.get(file.path)) and (not is_patient or self._is_at_rest(file))
        ]
        for path in [path for path in self._last if path.is_relative_to(folder)]:
            del self._last[path]
        self._last.update(seen)
        gone = [path for path in sources if path not in seen] if seen else []
        return due, gone

    def _is_at_rest(self, file: Seen) -> bool:
        """Old enough, or the same as at the last look (clocks of shares may be ahead)."""
        age_s = self._now_s() - file.mtime_ns / 1e9
        return age_s > _SETTLED_S or self._last.get(file.path) == file


def _differs(file: Seen, source: Source | None) -> bool:
    return source is None or (source.size_bytes, source.mtime_ns) != (
        file.size_bytes,
        file.mtime_ns,
    )


def interval_s(cost_s: float, least_s: float = LEAST_INTERVAL_S) -> float:
    """Until the next look."""
    return max(least_s, cost_s * _COST_FACTOR)
