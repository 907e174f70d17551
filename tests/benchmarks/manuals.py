"""Finds the PDF manuals that Debian's packages carry."""

import gzip
import os
import tempfile
from pathlib import Path

MISSING = "no manuals here: apt-get install --no-install-recommends r-doc-pdf gnuplot-doc"
_FOLDERS = ("/usr/share/R/doc/manual", "/usr/share/doc/gnuplot", "/usr/share/doc/maint-guide")
_unpacked = tempfile.TemporaryDirectory(prefix="doorstep-manuals-")


def find_manuals() -> list[Path]:
    """Their files, the smallest first; empty where none is installed."""
    told = os.environ.get("DOORSTEP_MANUALS")
    folders = [Path(told)] if told else [Path(folder) for folder in _FOLDERS]
    files = {path.resolve() for folder in folders for path in folder.rglob("*.pdf")}
    packed = {path.resolve() for folder in folders for path in folder.rglob("*.pdf.gz")}
    files |= {_unpack(path) for path in packed if path.with_suffix("") not in files}
    # fullrefman.pdf is refman.pdf once more.
    different = {path.stat().st_size: path for path in files}
    return [different[size] for size in sorted(different)]


def _unpack(path: Path) -> Path:
    target = Path(_unpacked.name) / path.with_suffix("").name
    target.write_bytes(gzip.decompress(path.read_bytes()))
    return target
