"""Counts the starts that ended early, so that the next one can leave out what may be the cause."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

CRASHES_TO_SAFE = 2


class Starts:
    """A number in a small file: starts begun since the last that went well."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self) -> bool:
        """Note a start; True when those before it ended early twice in a row."""
        crashed = self._read()
        self._write(crashed + 1)
        return crashed >= CRASHES_TO_SAFE

    def went_well(self) -> None:
        """The window has been there for a while, or was closed."""
        self._write(0)

    def _read(self) -> int:
        try:
            return max(0, int(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return 0

    def _write(self, count: int) -> None:
        try:
            self._path.write_text(str(count), encoding="utf-8")
        except OSError as error:
            log.info("count of starts not kept: %s", error.strerror)
