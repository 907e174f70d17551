"""What was found out about this machine, in one small JSON file that may be lost at any time."""

import json
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class Notes:
    """Values by key. What cannot be read is begun anew, what cannot be written is not kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> object:
        """None where nothing is known."""
        return self._read().get(key)

    def put(self, key: str, value: bool | str) -> None:
        self._write(self._read() | {key: value})

    def clear(self) -> None:
        self._write({})

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, found: dict[str, object]) -> None:
        partial = self._path.with_suffix(".partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(found, indent=1), encoding="utf-8")
            os.replace(partial, self._path)
        except OSError as error:
            log.warning("%s not kept: %s", self._path.name, error.strerror)
