"""What every command starts with: paths, settings, the model to load, logging."""

import logging
import logging.handlers
import sys
from dataclasses import dataclass
from pathlib import Path

from app.engine.backends import BackendChoices, Backends, find_libraries, library_folders
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions, SamplingParams
from app.models.checksum import Checksums
from app.models.data_check import DataCheck, known_damage
from app.models.embedding_models import is_embedding_model
from app.models.locate import STARTER, worker_spec
from app.paths import Paths
from app.settings import Mtp, Settings, load

LOG_BYTES = 1_000_000
MAX_DRAFT_DEPTH = 3  # tokens a cycle; a model with fewer MTP layers drafts as many as it has
SETTINGS_RESET = (
    "The settings could not be read, so the usual ones are in force. The old file is kept as "
    "settings.damaged; your conversations are not touched."
)


@dataclass(frozen=True, slots=True)
class Start:
    """The user's choices of this run; the command line wins over the settings."""

    paths: Paths
    settings: Settings
    model: str
    engine: str
    is_model_given: bool  # on the command line, so a mistake in it is the user's
    notices: tuple[str, ...] = ()  # sentences to show once

    @classmethod
    def read(cls, paths: Paths, *, model: str | None, engine: str | None) -> "Start":
        had_settings = paths.settings.exists()
        settings = load(paths.settings)
        was_set_aside = had_settings and not paths.settings.exists()
        return cls(
            paths,
            settings,
            model or settings.model,
            engine or settings.engine,
            model is not None or engine is not None,
            (SETTINGS_RESET,) if was_set_aside else (),
        )

    @property
    def sampling(self) -> SamplingParams:
        return SamplingParams(temperature=self.settings.temperature, top_p=self.settings.top_p)

    def worker_spec(self) -> WorkerSpec:
        """Raises AppError when the model cannot be opened."""
        spec = worker_spec(self.model, self.engine, self.paths.models, self._options)
        damage = known_damage(Checksums(self.paths.checksums), spec.model)
        if damage is not None:
            raise damage
        return spec

    def starter_spec(self) -> WorkerSpec:
        return worker_spec(STARTER, "auto", self.paths.models, self._options)

    def embedding_spec(self, choice: str) -> WorkerSpec | None:
        """The embedding model that search by meaning uses, by what the settings say of it.

        One that was chosen and has gone gives way to the first in the models folder.
        """
        if choice == "none":
            return None
        for path in (Path(choice), *sorted(self.paths.models.rglob("*.gguf"))):
            if is_embedding_model(path):
                return worker_spec(str(path), "gguf", self.paths.models, EngineOptions())
        return None

    def engine_client(self, spec: WorkerSpec) -> EngineClient:
        client = EngineClient(spec, MachineChoices(self.paths.engine_choices), self.backends())
        check = DataCheck(
            Checksums(self.paths.checksums), spec.model, lambda error: client.warn(str(error))
        )
        client.subscribe(check.on_status)
        return client

    def backends(self) -> Backends:
        """GPU backends of this computer, and what trials found of them."""
        libraries = find_libraries(library_folders(self.paths.runtimes))
        return Backends(libraries, BackendChoices(self.paths.backend_choices))

    @property
    def _options(self) -> EngineOptions:
        return engine_options(self.settings, self.paths)


def engine_options(settings: Settings, paths: Paths) -> EngineOptions:
    """How a model is loaded by these settings."""
    depths: dict[Mtp, int | None] = {"adaptive": None, "on": MAX_DRAFT_DEPTH, "off": 0}
    return EngineOptions(
        context_length=settings.context_length or None,
        draft_depth=depths[settings.mtp],
        kv_type=None if settings.kv_type == "auto" else settings.kv_type,
        cache_dir=str(paths.prefixes) if settings.keep_prefixes_on_disk else None,
        kept_dir=str(paths.warm),
    )


def start_logging(paths: Paths, *, to_stderr: bool) -> None:
    """Log to a file that stays small, and to stderr for a server. Never prompt text."""
    handlers: list[logging.Handler] = [
        logging.handlers.RotatingFileHandler(
            paths.logs / "doorstep.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
        )
    ]
    if to_stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=handlers,
    )
