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
    from app.models.inspect import inspect
    from engine_gguf.embedder import GgufEmbedder, is_embedding_model
    from engine_gguf.engine import GgufEngine
    from engine_gguf.loading import choose_placement, load_model
    from engine_gguf.model import LoadedModel, length_of

    facts = inspect(model)  # before native code sees the file
    placement = choose_placement(facts, options, length_of(facts, options))
    loaded = load_model(facts.files[0], options, placement, on_progress)
    if is_embedding_model(loaded):
        return GgufEmbedder(facts.files[0], loaded, options)
    return GgufEngine(LoadedModel.around(facts, loaded, placement, options), options)
