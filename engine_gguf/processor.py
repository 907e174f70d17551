"""Loads the machine code that fits this processor best, of the variants the build holds.

Builds for x86-64 hold the same arithmetic compiled for a dozen generations of processors, each in a
library that tells how well it fits. Other builds have it linked in.
"""

import ctypes
import logging
import sys
from pathlib import Path

log = logging.getLogger(__name__)

# Never the variant with AMX: some virtual machines announce it and end a process that uses it, and
# what it speeds up, long prompts, is little of a chat. The next best uses AVX-512.
_WITH_AMX = "sapphirerapids"


def load_processor_code(library: ctypes.CDLL, folder: Path) -> str:
    """Register the best variant in the folder of the library; its name, empty without variants.

    By full path, because llama.cpp would look for one in the current folder, too.
    """
    scored = [(_score(path), path) for path in sorted(folder.glob("*ggml-cpu-*"))]
    score, best = max(scored, default=(0, folder))
    if not score:
        return ""
    # But for Windows a library offers what those it is linked to offer. Opening libggml by
    # path could make a second one: wheels hold copies under several names.
    ggml = ctypes.CDLL(str(folder / "ggml.dll")) if sys.platform == "win32" else library
    load = ggml.ggml_backend_load
    load.restype, load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    name = best.stem.partition("ggml-cpu-")[2]
    if not load(str(best).encode()):
        log.error("the code for %s cannot be loaded", name)
        return ""
    return name


def _score(variant: Path) -> int:
    """How well a variant fits: 0 when it is not to be used here."""
    if variant.suffix not in (".so", ".dll") or _WITH_AMX in variant.name:
        return 0
    tell = ctypes.CDLL(str(variant)).ggml_backend_score
    tell.restype = ctypes.c_int
    return int(tell())
