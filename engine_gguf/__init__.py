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
    from engine_gguf.embedder import GgufEmbedder, is_embedding_model
    from engine_gguf.engine import GgufEngine
    from engine_gguf.loading import load_model
    from engine_gguf.model import LoadedModel

    loaded = load_model(model, options, on_progress)
    if is_embedding_model(loaded):
        return GgufEmbedder(model, loaded, options)
    return GgufEngine(LoadedModel.around(model, loaded, options), options)
