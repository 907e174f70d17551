"""Whether the bytes of a model file are those that were published, where its checksum is known."""

import contextlib
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from app.engine.notes import Notes

Verdict = Literal["good", "damaged", "unknown"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 4 * 1024 * 1024
_MAX_NOTE_BYTES = 64 * 1024


def expected_sha256(path: Path) -> str | None:
    """From ``<file>.sha256`` beside it, or from the name that Hugging Face's and Ollama's folders
    give to a file: there a blob is called by its own checksum.
    """
    with contextlib.suppress(OSError):
        note = path.with_name(path.name + ".sha256")
        if note.is_file() and note.stat().st_size <= _MAX_NOTE_BYTES:
            return _noted(note.read_text("utf-8", "replace"), path.name)
    name = path.resolve().name.removeprefix("sha256-")
    return name if _SHA256.fullmatch(name) else None


class Checksums:
    """Verdicts about files, remembered in one small file until the model file changes."""

    def __init__(self, store: Path) -> None:
        self._notes = Notes(store)

    def verdict(self, path: Path) -> Verdict:
        """What is remembered; ``unknown`` where nothing is."""
        expected = expected_sha256(path)
        if expected is None:
            return "unknown"
        found = self._notes.get(_key(path, expected))
        return "good" if found == "good" else "damaged" if found == "damaged" else "unknown"

    def check(
        self,
        path: Path,
        on_progress: Callable[[float], None] = lambda _: None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Verdict:
        """Read the whole file, unless it is known. ``unknown`` where no checksum is, or when it is
        no longer wanted. Raises OSError.
        """
        known, expected = self.verdict(path), expected_sha256(path)
        if known != "unknown" or expected is None:
            return known
        key, found = _key(path, expected), _sha256(path, on_progress, is_wanted)
        if found is None:
            return "unknown"
        verdict: Verdict = "good" if found == expected else "damaged"
        self._notes.put(key, verdict)
        return verdict


def _sha256(
    path: Path, on_progress: Callable[[float], None], is_wanted: Callable[[], bool]
) -> str | None:
    digest, done = hashlib.sha256(), 0
    size = path.stat().st_size or 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if not is_wanted():
                return None
            digest.update(chunk)
            done += len(chunk)
            on_progress(min(1.0, done / size))
    return digest.hexdigest()


def _noted(text: str, name: str) -> str | None:
    """The checksum alone, or the line of ``sha256sum`` that names the file."""
    for line in text.lower().splitlines():
        first, _, rest = line.strip().partition(" ")
        if _SHA256.fullmatch(first) and rest.strip().removeprefix("*") in ("", name.lower()):
            return first
    return None


def _key(path: Path, expected: str) -> str:
    try:
        stat = path.stat()
    except OSError:
        return str(path)
    return f"{path.absolute()} {stat.st_size} {stat.st_mtime_ns} {expected[:16]}"
