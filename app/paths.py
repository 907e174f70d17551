"""Every directory and bundled resource, from source or frozen."""

import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.errors import data_folder_unusable


@dataclass(frozen=True, slots=True)
class Paths:
    """Where everything of one user lives; with ``--data-dir`` all of it in that folder."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @classmethod
    def default(cls) -> "Paths":
        dirs = platformdirs.PlatformDirs("Doorstep", appauthor=False)
        return cls(
            Path(dirs.user_config_dir),
            Path(dirs.user_data_dir),
            Path(dirs.user_cache_dir),
            Path(dirs.user_log_dir),
        )

    @classmethod
    def under(cls, folder: Path) -> "Paths":
        """Everything in one folder; relative paths are taken from where the user stands.

        Raises AppError for the home folder of a user who does not exist.
        """
        try:
            folder = folder.expanduser().absolute()
        except RuntimeError as error:  # ~name of nobody
            raise data_folder_unusable(folder, "there is no such user") from error
        return cls(folder, folder, folder / "cache", folder / "logs")

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def database(self) -> Path:
        return self.data / "doorstep.db"

    @property
    def documents_database(self) -> Path:
        return self.data / "documents.sqlite3"

    @property
    def documents(self) -> Path:
        """Copies of the files in the document library, named by their sha256."""
        return self.data / "documents"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def prefixes(self) -> Path:
        """States of prompts that engines keep, so that they need not be read again."""
        return self.cache / "prefixes"

    @property
    def warm(self) -> Path:
        """States of documents that the user had the model read ahead."""
        return self.cache / "warm"

    @property
    def engine_choices(self) -> Path:
        """What probing found out about this machine."""
        return self.cache / "engine_choices.json"

    @property
    def backend_choices(self) -> Path:
        """Which GPU backends work on this machine."""
        return self.cache / "backend_choices.json"

    @property
    def runtimes(self) -> Path:
        """Runtime packs: GPU backends that do not come with Doorstep."""
        return self.data / "runtimes"

    @property
    def checksums(self) -> Path:
        """Which model files were found whole, and which damaged."""
        return self.cache / "checksums.json"

    @property
    def starts(self) -> Path:
        """How many starts ended early one after the other."""
        return self.cache / "starts"

    @property
    def endpoint_keys(self) -> Path:
        """When each key of the endpoint was last used; names, never keys."""
        return self.data / "endpoint_keys.json"

    @property
    def requests_socket(self) -> Path:
        """Where a running endpoint shows its requests to the user."""
        return self.data / "requests.sock"

    def create(self) -> None:
        """Make the folders, private to the user, or raise AppError naming the one that fails."""
        for folder in (self.config, self.data, self.models, self.cache, self.logs):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                probe = folder / ".writable"
                probe.write_bytes(b"")
                probe.unlink()
            except (OSError, ValueError) as error:
                cause = getattr(error, "strerror", None) or str(error)
                raise data_folder_unusable(folder, cause) from error


def resources() -> Path:
    """The folder of icons, themes, licences and templates."""
    bundle = getattr(sys, "_MEIPASS", None)
    return (Path(bundle) if bundle else Path(__file__).parent.parent) / "resources"
