"""An embedding model behind the library: an engine of its own, started for the first text."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from app.documents.embedding_words import PLAIN, Scheme, Use
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec

_READY_S = 120.0
_SAMPLE_BYTES = 1 << 20


class EngineEmbedder:
    """May be called from any thread; answers of the chat's engine are not held up by it."""

    def __init__(self, spec: WorkerSpec, choices: MachineChoices, scheme: Scheme = PLAIN) -> None:
        self._client = EngineClient(spec, choices)
        self._scheme = scheme
        self._name = identity(spec.model) + (f"-{scheme.name}" if scheme != PLAIN else "")
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    def embed(self, texts: Sequence[str], use: Use) -> list[list[float]]:
        """Of length 1. Raises AppError when the model does not load or a text is too long."""
        before = self._scheme.question if use == "question" else self._scheme.passage
        with self._lock:
            self._client.start()
            self._client.wait_ready(_READY_S)
            return self._client.embed([before + text for text in texts])

    def close(self) -> None:
        self._client.close()


def identity(model: Path) -> str:
    """Other weights have another name, the same file has the same wherever it lies.

    From its size, beginning (all metadata) and end: reading it all would take seconds.
    """
    digest = hashlib.sha256()
    with model.open("rb") as file:
        size_bytes = file.seek(0, 2)
        for start in (0, max(0, size_bytes - _SAMPLE_BYTES)):
            file.seek(start)
            digest.update(file.read(_SAMPLE_BYTES))
    return f"{model.stem}-{size_bytes}-{digest.hexdigest()[:16]}"
