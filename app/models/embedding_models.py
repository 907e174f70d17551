"""Which of the models found here turn text into vectors, for search by meaning."""

from pathlib import Path

from app.errors import AppError
from app.models.found import FoundModel, Places, find_models
from app.models.inspect import inspect


def embedding_models(models_dir: Path, places: Places | None = None) -> list[FoundModel]:
    """Reads the header of every model found: not for the GUI thread."""
    return [found for found in find_models(models_dir, places) if is_embedding_model(found.path)]


def is_embedding_model(path: Path) -> bool:
    """One that llama.cpp can load, which is what search by meaning uses."""
    if path.suffix.lower() != ".gguf" or not path.is_file():
        return False
    try:
        return inspect(path).is_embedding_model
    except AppError:  # the Models page says what is wrong with it
        return False
