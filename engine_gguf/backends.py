"""Tries one GPU backend out, in a child that may not survive it."""

import ctypes
from collections.abc import Callable
from pathlib import Path

from app.engine.errors import model_unsupported
from app.engine.protocol import Engine, EngineOptions

_TRIAL_BYTES = 1 << 20


def open_engine(
    model: Path, options: EngineOptions, on_progress: Callable[[float], None]
) -> Engine:
    """``model`` is the library of a backend. Never returns: the way the child ends is the result.

    Ends with 0 when every device of it gave memory. Raises AppError where there is no device.
    """
    from engine_gguf import devices

    before = len(devices.gpus())
    devices.load_backends([str(model)])
    if len(devices.gpus()) <= before:
        raise model_unsupported(model.name, "it finds no device on this computer.")
    _take_memory()
    raise SystemExit(0)


def _take_memory() -> None:
    """Begin using each device, as loading a model would."""
    from engine_gguf.devices import native

    pointer = ctypes.c_void_p
    get = native("ggml_backend_dev_get", pointer, ctypes.c_size_t)
    begin = native("ggml_backend_dev_init", pointer, pointer, ctypes.c_char_p)
    kind = native("ggml_backend_dev_buffer_type", pointer, pointer)
    take = native("ggml_backend_buft_alloc_buffer", pointer, pointer, ctypes.c_size_t)
    for index in range(native("ggml_backend_dev_count", ctypes.c_size_t)()):
        device = get(index)
        if not begin(device, None) or not take(kind(device), _TRIAL_BYTES):
            raise SystemExit(1)
