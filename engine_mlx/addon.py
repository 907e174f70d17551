"""The MTP add-on: the MTP layers out of the hub's shards, for a model that came without them.

mlx-community's copies of Step drop layers 45 to 47. They are in one or two shards of the original;
this takes them out, quantises them and places them beside the model, where loading finds them. A
quantised head only moves how many drafts are right, never the text.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import mlx.core as mx

from app.engine.errors import AppError, ErrorKind, model_invalid
from engine_mlx.config import StepConfig, read_config
from engine_mlx.shards import ShardError, read_header
from engine_mlx.weights import ADDON_FILE, published_name

GROUP = 64


def extract_addon(shards: Sequence[Path], model: Path, bits: int = 4) -> Path:
    """Write the add-on into the folder ``model``; returns the file. Raises AppError in words."""
    config = read_config(model.name, _config(model))
    tensors = _mtp_tensors(shards, config)
    count = _complete_heads(tensors, config)
    made: dict[str, mx.array] = {}
    for name, value in tensors.items():
        made |= _packed(name, value, bits)
    facts = {
        "format": "mlx",
        "norms": "raw",
        "num_hidden_layers": str(config.num_hidden_layers),
        "hidden_size": str(config.hidden_size),
        "vocab_size": str(config.vocab_size),
        "num_nextn_predict_layers": str(count),
    }
    target = model / ADDON_FILE
    partial = target.with_name("mtp-addon.partial.safetensors")
    try:
        mx.save_safetensors(str(partial), made, facts)
        partial.replace(target)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise AppError(
            ErrorKind.MODEL_INVALID,
            "The add-on could not be written",
            f"Check that {model.name} can be written to and that its disk has room.",
        ) from error
    return target


def _mtp_tensors(shards: Sequence[Path], config: StepConfig) -> dict[str, mx.array]:
    """All tensors of layers behind the trunk, by published name."""
    found: dict[str, mx.array] = {}
    for shard in shards:
        try:
            read_header(shard)
        except (ShardError, OSError) as error:
            raise model_invalid(shard.name, "it is cut off or not a safetensors file.") from error
        loaded = mx.load(str(shard))
        assert isinstance(loaded, dict)
        for name, value in loaded.items():
            parts = published_name(name).split(".")
            is_layer = parts[:2] == ["model", "layers"] and parts[2].isdigit()
            if is_layer and int(parts[2]) >= config.num_hidden_layers:
                found[".".join(parts)] = value
    return found


def _complete_heads(tensors: dict[str, mx.array], config: StepConfig) -> int:
    """How many heads there are. Raises AppError when none is, one is cut, or none would fit."""
    trunk, hidden = config.num_hidden_layers, config.hidden_size
    layers = sorted({int(name.split(".")[2]) for name in tensors})
    if layers != list(range(trunk, trunk + len(layers))) or not layers:
        raise model_invalid(
            "These shards", f"they do not hold the MTP layers from {trunk} on. Name all of them."
        )
    for layer in layers:
        shapes = {
            "eh_proj.weight": (hidden, 2 * hidden),
            "transformer.shared_head.output.weight": (config.vocab_size, hidden),
        }
        for part, shape in shapes.items():
            name = f"model.layers.{layer}.{part}"
            if name not in tensors:
                raise model_invalid("These shards", f"{name} is missing. Name all of them.")
            if tensors[name].shape != shape:
                raise model_invalid("These shards", "they belong to another model.")
    return len(layers)


def _packed(name: str, value: mx.array, bits: int) -> dict[str, mx.array]:
    """A matrix quantised in groups; norms and what does not divide stay as they are."""
    if value.ndim != 2 or value.shape[-1] % GROUP:
        return {name: value}
    packed, scales, biases = mx.quantize(value, group_size=GROUP, bits=bits)
    prefix = name.removesuffix(".weight")
    return {name: packed, f"{prefix}.scales": scales, f"{prefix}.biases": biases}


def _config(model: Path) -> dict[str, object]:
    try:
        found = json.loads((model / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise model_invalid(model.name, "its config.json is missing or damaged.") from error
    if not isinstance(found, dict):
        raise model_invalid(model.name, "its config.json is damaged.")
    return found
