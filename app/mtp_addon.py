"""``doorstep mtp-addon``: takes the MTP layers out of the hub's shards for a quantised model."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from app.errors import AppError, ErrorKind


def mtp_addon(shards: Sequence[Path], model: Path, bits: int) -> int:
    """Write the add-on into the model's folder. Raises AppError that names what is wrong."""
    for shard in shards:
        if not shard.is_file():
            raise AppError(
                ErrorKind.MODEL_NOT_FOUND,
                "No such shard",
                f"{shard} does not exist. Give the .safetensors files that hold layers 45 to 47.",
            )
    # Works on files alone, in this process: nothing else runs beside it.
    addon = importlib.import_module("engine_mlx.addon")
    written: Path = addon.extract_addon(
        [path.absolute() for path in shards], model.absolute(), bits
    )
    print(f"Wrote {written} ({written.stat().st_size / 1e9:.2f} GB). It is used from now on.")
    return 0
