"""The programs that Doorstep is made of, with the texts of their licences."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.paths import resources

_LICENCE_NAMES = ("licen", "copying", "notice", "author", "thirdparty")
_TEXT_LIMIT = 400_000  # characters
_OPTIONAL = ("merman", "resvg-py")  # where they are there: they draw diagrams
_QT_TEXTS = ("lgpl-3.0.txt", "gpl-3.0.txt")  # the LGPL adds to the GPL, so both are given
_QT_PARTS = ("pyside6-essentials", "shiboken6")


@dataclass(frozen=True, slots=True)
class Library:
    """``licence`` in a few words, ``text`` whole; both empty when its package has none."""

    name: str
    version: str
    licence: str
    text: str


def libraries() -> list[Library]:
    """Every library that Doorstep needs to run, by name. Reads files: not on the GUI thread."""
    found: dict[str, Library] = {}
    _collect(Requirement("doorstep"), found)
    found.pop("doorstep", None)
    for name in _OPTIONAL:
        _collect(Requirement(name), found)
    return sorted(found.values(), key=lambda library: library.name.casefold())


def own_texts() -> list[Library]:
    """What is written in resources/licences of parts that are not packages."""
    return [
        Library(path.stem, "", "", path.read_text(encoding="utf-8"))
        for path in sorted((resources() / "licences").glob("*.txt"))
        if path.name not in _QT_TEXTS
    ]


def _collect(wanted: Requirement, found: dict[str, Library]) -> None:
    """A library and what it needs on this system in turn, which the metadata of it may have for
    others too; of the extras only those that were asked for.
    """
    key = canonicalize_name(wanted.name)
    if key in found:
        return
    try:
        package = metadata.distribution(wanted.name)
    except metadata.PackageNotFoundError:
        return
    found[key] = Library(package.name, package.version, _licence(package), _text(key, package))
    for requirement in map(Requirement, package.requires or []):
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)
        ):
            _collect(requirement, found)


def _licence(package: metadata.Distribution) -> str:
    """As its makers declare it; the long texts that some put there are cut to their first line."""
    about = package.metadata
    said = about.get("License-Expression") or about.get("License") or ""
    lines = said.strip().splitlines()
    if lines and len(lines[0]) < 80:
        return lines[0]
    classified = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    return ", ".join(classified)


def _text(key: str, package: metadata.Distribution) -> str:
    if key in _QT_PARTS:
        texts = [resources() / "licences" / name for name in _QT_TEXTS]
    else:
        texts = [Path(str(file.locate())) for file in package.files or [] if _is_licence(file)]
    return "\n\n".join(
        text.read_text(encoding="utf-8", errors="replace")[:_TEXT_LIMIT]
        for text in texts
        if text.is_file()
    )


def _is_licence(file: metadata.PackagePath) -> bool:
    """In the metadata, where all of a folder of licences counts, or at the top of the package."""
    folder, *below = file.parts[:-1] or ("",)
    if folder.endswith(".dist-info") and below[:1] == ["licenses"]:
        return True
    is_at_top = not below and folder != ".."
    return is_at_top and file.name.casefold().startswith(_LICENCE_NAMES)
