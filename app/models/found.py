"""Finds models on this computer: Doorstep's folder and those of other programs, read only."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Source = Literal["doorstep", "huggingface", "lmstudio", "ollama"]
Format = Literal["gguf", "folder"]

_MAX_DEPTH = 5  # folders below each place
_MAX_ENTRIES = 20_000  # looked at in each place
_MAX_MANIFEST_BYTES = 1024 * 1024
_MODEL_LAYER = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LATER_PART = re.compile(r"-(?!00001-)\d{5}-of-\d{5}\.gguf$")


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be opened; ``path`` is what --model and the settings take."""

    name: str
    path: Path
    source: Source
    format: Format
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where other programs keep models. Nothing is ever written there."""

    huggingface: Path
    lmstudio: tuple[Path, ...]
    ollama: tuple[Path, ...]

    @classmethod
    def default(cls) -> "Places":
        """As those programs choose them; their environment variables count."""
        home = Path.home()
        hub = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
        base = Path(os.environ.get("HF_HOME") or home / ".cache" / "huggingface")
        told = os.environ.get("OLLAMA_MODELS")
        ollama = (home / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models"))
        return cls(
            Path(hub) if hub else base / "hub",
            (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"),
            (Path(told), *ollama) if told else ollama,
        )


def find_models(models_dir: Path, places: Places | None = None) -> list[FoundModel]:
    """Every model once, Doorstep's own first. Walks folders: not for the GUI thread."""
    where = places or Places.default()
    found = list(_walk(models_dir, "doorstep"))
    found += _in_huggingface(where.huggingface)
    for folder in where.lmstudio:
        found += _walk(folder, "lmstudio")
    for folder in where.ollama:
        found += _in_ollama(folder)
    once: dict[Path, FoundModel] = {}
    for model in found:
        once.setdefault(model.path.resolve(), model)
    return list(once.values())


def _walk(folder: Path, source: Source, name: str = "") -> Iterator[FoundModel]:
    """Models below a folder; a folder that is a model is not looked into."""
    left = _MAX_ENTRIES
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        entries = _entries(here)
        left -= len(entries)
        if left < 0:
            return
        if depth and _is_model_folder(entries):
            size = sum(_size(one) for one in entries if one.suffix == ".safetensors")
            yield FoundModel(name or here.name, here, source, "folder", size)
            continue
        for entry in entries:
            if entry.suffix.casefold() == ".gguf" and entry.is_file():
                if not _LATER_PART.search(entry.name) and "mmproj" not in entry.name.casefold():
                    yield FoundModel(entry.stem, entry, source, "gguf", _all_parts(entry))
            elif depth < _MAX_DEPTH and not entry.name.startswith(".") and entry.is_dir():
                waiting.append((entry, depth + 1))


def _in_huggingface(hub: Path) -> Iterator[FoundModel]:
    """The newest snapshot of each repository: models--OWNER--NAME/snapshots/COMMIT/…"""
    for repository in _entries(hub):
        if not repository.name.startswith("models--"):
            continue
        snapshots = [path for path in _entries(repository / "snapshots") if path.is_dir()]
        if not snapshots:
            continue
        newest = max(snapshots, key=_changed_at)
        name = repository.name.removeprefix("models--").replace("--", "/")
        for model in _walk(newest.parent, "huggingface", name):
            if newest in (model.path, *model.path.parents):
                yield model


def _in_ollama(folder: Path) -> Iterator[FoundModel]:
    """manifests/REGISTRY/OWNER/NAME/TAG names the blob that is the GGUF file."""
    manifests = folder / "manifests"
    for path in _files_below(manifests):
        digest = _model_digest(path)
        if digest is None:
            continue
        blob = folder / "blobs" / digest.replace(":", "-")
        if blob.is_file():
            *_, owner, name, tag = path.parts
            shown = f"{name}:{tag}" if owner == "library" else f"{owner}/{name}:{tag}"
            yield FoundModel(shown, blob, "ollama", "gguf", _size(blob))


def _model_digest(manifest: Path) -> str | None:
    try:
        if manifest.stat().st_size > _MAX_MANIFEST_BYTES:
            return None
        untrusted: Any = json.loads(manifest.read_bytes())
        for layer in untrusted["layers"]:
            digest = layer["digest"]
            if layer["mediaType"] == _MODEL_LAYER and _DIGEST.fullmatch(digest):
                return str(digest)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return None


def _files_below(folder: Path) -> Iterator[Path]:
    waiting, left = [(folder, 0)], _MAX_ENTRIES
    while waiting and left > 0:
        here, depth = waiting.pop()
        for entry in _entries(here):
            left -= 1
            if entry.is_dir():
                if depth < _MAX_DEPTH:
                    waiting.append((entry, depth + 1))
            elif entry.is_file():
                yield entry


def _is_model_folder(entries: list[Path]) -> bool:
    names = {entry.name for entry in entries}
    return "config.json" in names and any(name.endswith(".safetensors") for name in names)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not there, or not ours to read
        return []


def _all_parts(first: Path) -> int:
    stem, mark, _ = first.name.partition("-00001-of-")
    if not mark:
        return _size(first)
    return sum(_size(part) for part in first.parent.glob(f"{stem}-*-of-*.gguf"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
