"""The GPUs that llama.cpp sees, and how a placement is told to it."""

import ctypes
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.models.placement import Device, Placement
from engine_gguf.bindings import llama

log = logging.getLogger(__name__)

CPU, _GPU, _INTEGRATED = 0, 1, 2  # ggml_backend_dev_type


def _library() -> Any:  # noqa: ANN401 - ctypes
    # Elsewhere than on Windows a library offers what those it is linked to offer.
    if sys.platform == "win32":
        return ctypes.CDLL(str(Path(llama._base_path) / "ggml.dll"))
    return llama._lib


def native(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - ctypes
    """A function of ggml that the bindings leave out."""
    found = getattr(_library(), name)
    found.restype, found.argtypes = result, list(arguments)
    return found


def load_backends(libraries: Sequence[str]) -> None:
    """Register GPU backends, by full path: llama.cpp would look in the current folder, too."""
    load = native("ggml_backend_load", ctypes.c_void_p, ctypes.c_char_p)
    for library in libraries:
        if not load(str(library).encode()):
            log.warning("the backend %s cannot be loaded", Path(library).name)


def gpus() -> list[Device]:
    """Devices with memory of their own; one that shares main memory counts when it is alone."""
    found = list(_devices())
    own = [device for kind, device in found if kind == _GPU]
    return own or [device for kind, device in found if kind == _INTEGRATED]


def fill(params: Any, placement: Placement) -> list[Any]:  # noqa: ANN401 - a ctypes structure
    """Set the fields of model parameters; what is returned must live as long as they do."""
    params.n_gpu_layers = placement.gpu_layers
    kept: list[Any] = []
    if placement.layers_by_device:
        split = (ctypes.c_float * llama.LLAMA_MAX_DEVICES)(*placement.layers_by_device)
        params.tensor_split = ctypes.cast(split, ctypes.POINTER(ctypes.c_float))
        kept.append(split)
    if placement.experts_on_cpu:
        patterns = expert_patterns(placement.experts_on_cpu)
        # Pairs of a pattern and a kind of buffer, ended by a pair of nulls.
        pairs = (ctypes.c_void_p * (2 * len(patterns) + 2))()
        texts = [ctypes.create_string_buffer(pattern.encode()) for pattern in patterns]
        for index, text in enumerate(texts):
            pairs[2 * index] = ctypes.addressof(text)
            pairs[2 * index + 1] = _main_memory()
        params.tensor_buft_overrides = ctypes.addressof(pairs)
        kept += [pairs, texts]
    return kept


def expert_patterns(layers: int) -> list[str]:
    """Regular expressions for the experts of the first layers, as llama.cpp matches names."""
    return [rf"blk\.{layer}\.ffn_(up|down|gate|gate_up)_(ch|)exps" for layer in range(layers)]


def _devices() -> list[tuple[int, Device]]:
    count = native("ggml_backend_dev_count", ctypes.c_size_t)()
    get = native("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = native("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    describe = native("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
    sizes = [ctypes.POINTER(ctypes.c_size_t)] * 2
    memory = native("ggml_backend_dev_memory", None, ctypes.c_void_p, *sizes)
    found = []
    for index in range(count):
        device = get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        memory(device, ctypes.byref(free), ctypes.byref(total))
        name = (describe(device) or b"").decode("utf-8", "replace").strip()
        found.append((int(kind(device)), Device(name or "GPU", int(free.value))))
    return found


def _main_memory() -> int:
    """The kind of buffer that lies in main memory."""
    by_type = native("ggml_backend_dev_by_type", ctypes.c_void_p, ctypes.c_int)
    buffer = native("ggml_backend_dev_buffer_type", ctypes.c_void_p, ctypes.c_void_p)
    return int(buffer(by_type(CPU)))
