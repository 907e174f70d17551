"""llama.cpp engine: any GGUF file, on CUDA, Vulkan or plain CPU."""

from collections.abc import Callable
from pathlib import Path

from app.engine.protocol import Engine, EngineOptions

__all__ = ["open_engine"]


def open_engine(
    model: Path, options: EngineOptions, on_progress: Callable[[float], None]
) -> Engine:
    """Load a GGUF file; see ``app.engine.protocol.OpenEngine``."""
    # Imported here so that naming the package does not load native code.
    from engine_gguf.engine import GgufEngine
    from engine_gguf.model import LoadedModel

    return GgufEngine(LoadedModel.load(model, options, on_progress), options)
