"""Loads the machine code that fits this processor and the model best, of the build's variants.

Builds for x86-64 hold the same arithmetic compiled for a dozen generations of processors, each in a
library that tells how well it fits. Other builds have it linked in.
"""

import ctypes
import logging
from pathlib import Path

from engine_gguf.bindings import llama
from engine_gguf.devices import CPU, native

log = logging.getLogger(__name__)

# Never the variant with AMX: some virtual machines announce it and end a process that uses it, and
# what it speeds up, long prompts, is little of a chat. The next best uses AVX-512.
_WITH_AMX = "sapphirerapids"
_WITH_AVX512 = frozenset({"skylakex", "cannonlake", "cascadelake", "icelake", "cooperlake", "zen4"})
# AVX-512 code takes so many 16-bit numbers at a time and what is left over one by one, older code
# half as many (ggml's GGML_F16_STEP). Attention works on rows as long as a head: with heads of 32
# that made each token twice as slow.
_AVX512_STEP = 64


def load_processor_code(head_size: int) -> None:
    """Register the variant for models with such heads, once in a process.

    By full path, because llama.cpp would look for one in the current folder, too.
    """
    if native("ggml_backend_dev_by_type", ctypes.c_void_p, ctypes.c_int)(CPU):
        return  # linked in, or loaded for another model
    best = best_code(Path(llama._base_path), head_size)
    load = native("ggml_backend_load", ctypes.c_void_p, ctypes.c_char_p)
    if best is None or not load(str(best).encode()):
        log.error("no code for this processor can be loaded")


def best_code(folder: Path, head_size: int) -> Path | None:
    """The variant in a folder that fits best; None where there is none."""
    is_wide = head_size % _AVX512_STEP < _AVX512_STEP // 2
    scored = [(_score(path, is_wide=is_wide), path) for path in folder.glob("*ggml-cpu-*")]
    score, best = max(scored, default=(0, folder))
    return best if score else None


def _score(path: Path, *, is_wide: bool) -> int:
    """How well a variant fits: 0 when it is not to be used here."""
    name = path.stem.partition("ggml-cpu-")[2]
    is_wrong = name == _WITH_AMX or (name in _WITH_AVX512 and not is_wide)
    return 0 if is_wrong or path.suffix not in (".so", ".dll") else _told(path)


def _told(path: Path) -> int:
    """What the variant says of itself on this processor."""
    tell = ctypes.CDLL(str(path)).ggml_backend_score
    tell.restype = ctypes.c_int
    return int(tell())
