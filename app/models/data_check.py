"""Checks a model's data in the background when it is first loaded, and says what is damaged."""

import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path

from app.engine.errors import AppError, model_invalid
from app.engine.status import EngineState, EngineStatus
from app.models.checksum import Checksums

log = logging.getLogger(__name__)

_SPLIT_NAME = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
_CAUSE = "its data is damaged: the checksum is not the published one."


def model_files(path: Path) -> list[Path]:
    """The files with weights: one, all parts of a split one, or those of a folder."""
    if path.is_dir():
        return sorted(path.glob("*.safetensors"))
    split = _SPLIT_NAME.search(path.name)
    if split is None:
        return [path]
    return sorted(path.parent.glob(f"{path.name[: split.start()]}-*-of-{split[1]}.gguf"))


def known_damage(checksums: Checksums, path: Path) -> AppError | None:
    """What an earlier check found, in words; None where all is well or nobody has looked."""
    for file in model_files(path):
        if checksums.verdict(file) == "damaged":
            return model_invalid(file.name, _CAUSE)
    return None


class DataCheck:
    """One check of one model, on a thread of its own; ``on_damage`` is called there."""

    def __init__(
        self, checksums: Checksums, path: Path, on_damage: Callable[[AppError], None]
    ) -> None:
        self._checksums = checksums
        self._path = path
        self._on_damage = on_damage
        self._is_wanted = True
        self._thread: threading.Thread | None = None

    def on_status(self, status: EngineStatus) -> None:
        """Begins when the model has been loaded, so that loading is not slowed down."""
        if status.state is EngineState.READY and self._thread is None:
            self._thread = threading.Thread(target=self._check, name="checksums", daemon=True)
            self._thread.start()
        elif status.state is EngineState.STOPPED:
            self._is_wanted = False

    def wait(self, timeout_s: float) -> None:
        """Until the check is over, if it has begun."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _check(self) -> None:
        for file in model_files(self._path):
            try:
                verdict = self._checksums.check(file, is_wanted=lambda: self._is_wanted)
            except OSError as error:
                log.warning("data not checked: %s", error.strerror)
                return
            if verdict == "damaged":
                log.error("the data of %s is damaged", file.name)
                self._on_damage(model_invalid(file.name, _CAUSE))
                return
