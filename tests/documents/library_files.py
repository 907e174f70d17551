"""Libraries for tests, and what a test says to one."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from app.documents.library import Library
from app.documents.vectors import Embedder
from app.paths import Paths

PATIENCE_S = 60.0


def paths_below(folder: Path) -> Paths:
    paths = Paths.under(folder / "data")
    paths.create()
    return paths


def opened(
    folder: Path, *, embedder: Embedder | None = None, is_indexing: bool = True
) -> AbstractContextManager[Library]:
    return closing(Library.open(paths_below(folder), embedder=embedder, is_indexing=is_indexing))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def add(library: Library, *paths: Path) -> list[int]:
    """Add and wait until they can be searched or have failed."""
    ids = library.add(paths)
    assert library.wait(ids, PATIENCE_S)
    return ids


def found(library: Library, query: str, ids: Sequence[int] | None = None) -> list[str]:
    return [passage.text for passage in library.search(query, ids)]


def stored(folder: Path) -> list[str]:
    """The names of the library's own copies."""
    return sorted(path.name for path in (folder / "data" / "documents").iterdir())
