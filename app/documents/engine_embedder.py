"""An embedding model behind the library: an engine of its own, started for the first text."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec

_READY_S = 120.0
_SAMPLE_BYTES = 1 << 20


class EngineEmbedder:
    """May be called from any thread; answers of the chat's engine are not held up by it."""

    def __init__(self, spec: WorkerSpec, choices: MachineChoices) -> None:
        self._client = EngineClient(spec, choices)
        self._name = identity(spec.model)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Of length 1. Raises AppError when the model does not load or a text is too long."""
        with self._lock:
            self._client.start()
            self._client.wait_ready(_READY_S)
            return self._client.embed(texts)

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
