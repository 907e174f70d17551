"""llama.cpp's C functions (``llama``) and its log, without the rest of llama-cpp-python."""

import collections
import ctypes
import importlib.util
import logging
import os
import sys
import types
from typing import Any

log = logging.getLogger("llama.cpp")

# libgomp's threads wait for each other by spinning for milliseconds; when any other program wants
# the processor, that made decoding 5 to 30 times slower here. Spinning for about 50 microseconds
# (1,000) costs nothing measurable on an idle machine, and beside one busy program on two cores it
# decodes 2.5 times as fast as ten times that. Read when the library is loaded, hence before the
# import below.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

# Said at every start or every full cache, and not a reason to worry anybody.
_HARMLESS = (
    "training context overflow",  # n_ctx counts the cells of all sequences together
    "model has unused tensor",  # MTP heads that are not wanted
    "failed to find a memory slot",  # the scheduler makes room and tries again
)


def _import_low_level() -> Any:  # noqa: ANN401 - a module without types
    """Import ``llama_cpp.llama_cpp`` alone.

    The package's ``__init__`` also imports its server-side helpers (jinja2, disk caches, chat
    formats), which an engine has no use for; a bare package object in its place avoids that.
    """
    if "llama_cpp" not in sys.modules:
        spec = importlib.util.find_spec("llama_cpp")
        if spec is None or spec.submodule_search_locations is None:
            raise ImportError("llama_cpp is not installed")
        package = types.ModuleType("llama_cpp")
        package.__path__ = list(spec.submodule_search_locations)
        package.__spec__ = spec
        sys.modules["llama_cpp"] = package
    return importlib.import_module("llama_cpp.llama_cpp")


llama = _import_low_level()


def _import_mtp() -> Any:  # noqa: ANN401 - a module without types
    """The functions that MTP needs; None where this build of the library lacks them.

    They are not part of llama.cpp's stable interface, so every start looks again.
    """
    try:
        return importlib.import_module("llama_cpp.llama_cpp_ext")
    except (ImportError, AttributeError) as error:
        log.warning("MTP is not available in this build: %s", error)
        return None


llama_mtp = _import_mtp()

_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR
_CONTINUED = 5  # GGML_LOG_LEVEL_CONT


class NativeLog:
    """Collects what llama.cpp says while a model is loaded, so that failures can be named."""

    def __init__(self) -> None:
        self.errors: collections.deque[str] = collections.deque(maxlen=50)
        self._level = 0
        # Kept as long as this object: llama.cpp holds only the pointer.
        self._callback = llama.llama_log_callback(self._on_line)
        llama.llama_log_set(self._callback, None)

    def _on_line(self, level: int, untrusted_text: bytes, _: ctypes.c_void_p) -> None:
        self._level = level if level != _CONTINUED else self._level
        text = untrusted_text[:2000].decode("utf-8", "replace").strip()
        if self._level == _ERROR_LEVEL and text:
            self.errors.append(text)
        is_harmless = any(words in text for words in _HARMLESS)
        if self._level >= _ERROR_LEVEL - 1 and text and not is_harmless:
            log.warning("%s", text)


native_log = NativeLog()
