"""MLX engine: all of Step 3.5 and 3.7 with multi-token prediction, other models by mlx-lm."""

from collections.abc import Callable
from pathlib import Path

from app.engine.protocol import Engine, EngineOptions

__all__ = ["open_engine"]


def open_engine(
    model: Path, options: EngineOptions, on_progress: Callable[[float], None]
) -> Engine:
    """Load a folder in Hugging Face or MLX layout; see ``app.engine.protocol.OpenEngine``."""
    # Imported here so that naming the package does not load native code.
    from engine_mlx.load import load_engine

    return load_engine(model, options, on_progress)
