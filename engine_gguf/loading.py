"""Opens a model file with llama.cpp, and says in words why one cannot be opened."""

import ctypes
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from app.engine.errors import AppError, model_invalid, model_unsupported, out_of_memory
from app.engine.protocol import EngineOptions
from app.models.facts import ModelFacts
from app.models.placement import Placement, place
from engine_gguf.bindings import llama, native_log
from engine_gguf.devices import fill, gpus, load_backends
from engine_gguf.processor import load_processor_code

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']{0,80})'")


def choose_placement(facts: ModelFacts, options: EngineOptions, context_length: int) -> Placement:
    """Which weights go to which of the devices that are here."""
    load_processor_code(facts.head_size)
    load_backends(options.backends)
    free = psutil.virtual_memory().available
    return place(facts, gpus(), free, context_length, options.kv_type)


def load_model(
    path: Path,
    options: EngineOptions,
    placement: Placement,
    on_progress: Callable[[float], None],
) -> Any:  # noqa: ANN401
    """A handle for the weights. Raises AppError that names what is wrong with the file."""
    llama.llama_backend_init()
    native_log.errors.clear()
    params = llama.llama_model_default_params()
    params.use_extra_bufts = options.use_extra_buffers
    params.load_mtp = options.draft_depth != 0
    _kept = fill(params, placement)
    shown = -1

    def report(fraction: float, _: ctypes.c_void_p) -> bool:
        nonlocal shown
        if int(fraction * 100) > shown:
            shown = int(fraction * 100)
            on_progress(min(1.0, fraction))
        return True

    callback = llama.llama_progress_callback(report)  # must outlive the call
    params.progress_callback = callback
    model = llama.llama_model_load_from_file(str(path).encode(), params)
    if not model:
        raise _load_error(path)
    return model


def field(model: Any, key: str) -> str:  # noqa: ANN401
    """A field of the file's header as text; empty where it has none."""
    buffer = ctypes.create_string_buffer(512)
    size = llama.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if size >= 0 else ""


def _load_error(path: Path) -> AppError:
    said = " ".join(native_log.errors)
    if found := _UNKNOWN_ARCHITECTURE.search(said):
        return model_unsupported(
            path.name, f"its architecture, {found[1]!r}, is not known to this version."
        )
    if "not within the file bounds" in said or "corrupted or incomplete" in said:
        return model_invalid(path.name, "the file is cut off or damaged.")
    if "allocate" in said or "out of memory" in said:
        return out_of_memory(f"{path.name} does not fit into memory.")
    if "magic" in said:
        return model_invalid(path.name, "it is not a GGUF file.")
    return model_invalid(path.name, "llama.cpp cannot read it.")
