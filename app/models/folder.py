"""Reads a model in Hugging Face layout: config.json and the headers of its safetensors files.

Bounded in time and memory, whatever the files claim. A safetensors file begins with the length of
a JSON header: https://github.com/huggingface/safetensors#format
"""

import json
import math
import re
from pathlib import Path
from typing import Any

from app.engine.errors import AppError, model_invalid
from app.models.facts import Layer, ModelFacts
from app.models.gguf_header import Tensor

_MAX_JSON_BYTES = 64 * 1024 * 1024
_MAX_FILES = 1024
_MAX_LAYERS = 4096
_MAX_TENSORS = 262_144
_LAYER = re.compile(r"(?:^|\.)layers?\.(\d+)\.")
_BITS = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16,
    "I16": 16, "U16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8,
    "F4": 4, "C64": 64, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
}  # fmt: skip


def inspect_folder(path: Path) -> ModelFacts:
    """Raises AppError where the folder holds no model whose headers can be read."""
    config = _Config(path.name, _read_json(path / "config.json"))
    files = tuple(sorted(path.glob("*.safetensors"))[:_MAX_FILES])
    tensors = tuple(tensor for file in files for tensor in _read_tensors(file))
    count = config.number("num_hidden_layers")
    if count > _MAX_LAYERS:
        raise model_invalid(path.name, "it claims more layers than any model has.")
    mtp = _mtp_layers(tensors, count)
    width = config.number("hidden_size")
    return ModelFacts(
        name=path.name,
        architecture=config.text("model_type"),
        context_length=config.number("max_position_embeddings", "max_seq_len", "n_positions"),
        layers=_layers(config, count, mtp),
        heads=config.number("num_attention_heads"),
        width=width,
        feed_forward=config.number("intermediate_size"),
        vocabulary=config.number("vocab_size"),
        experts=config.number(
            "moe_num_experts", "num_experts", "n_routed_experts", "num_local_experts"
        ),
        experts_used=config.number("moe_top_k", "num_experts_per_tok", "num_experts_per_token"),
        window=config.number("sliding_window") if _has_windows(config) else 0,
        mtp_depth=mtp,
        quantisation=_quantisation(config, tensors),
        chat_template=_chat_template(path),
        parameters=_parameters(config, tensors),
        tensors=tensors,
        files=files,
        format="folder",
        embedding_size=width if (path / "modules.json").is_file() else 0,
    )


def _layers(config: "_Config", count: int, mtp: int) -> tuple[Layer, ...]:
    heads = config.number("num_attention_heads")
    width = config.number("head_dim") or (config.number("hidden_size") // heads if heads else 0)
    kv_heads = config.number("num_attention_groups", "num_key_value_heads") or heads
    kinds = config.words("layer_types")
    windowed = _has_windows(config)
    return tuple(
        Layer(
            2 * kv_heads * width,
            windowed and (kinds[index] == "sliding_attention" if index < len(kinds) else not kinds),
            index >= count,
        )
        for index in range(count + mtp)
    )


def _has_windows(config: "_Config") -> bool:
    kinds = config.words("layer_types")
    is_off = config.raw("use_sliding_window") is False
    return not is_off and (not kinds or "sliding_attention" in kinds)


def _mtp_layers(tensors: tuple[Tensor, ...], count: int) -> int:
    """Layers behind the last one that really have weights."""
    found = {int(match[1]) for one in tensors if (match := _LAYER.search(one.name))}
    return len([layer for layer in found if count <= layer < count + 16]) if count else 0


def _quantisation(config: "_Config", tensors: tuple[Tensor, ...]) -> str:
    for key in ("quantization", "quantization_config"):
        untrusted = config.raw(key)
        if isinstance(untrusted, dict):
            bits, method = untrusted.get("bits"), untrusted.get("quant_method")
            if isinstance(bits, int) and 1 <= bits <= 16:
                return f"{bits}-bit"
            if isinstance(method, str):
                return method[:40]
    by_type: dict[str, int] = {}
    for tensor in tensors:
        by_type[tensor.type] = by_type.get(tensor.type, 0) + tensor.size_bytes
    return max(by_type, key=lambda name: by_type[name], default="")


def _parameters(config: "_Config", tensors: tuple[Tensor, ...]) -> int:
    """Elements; those of packed integers hold several numbers, and scales are none."""
    untrusted = config.raw("quantization")
    bits = untrusted.get("bits") if isinstance(untrusted, dict) else None
    total = 0
    for tensor in tensors:
        if bits and tensor.name.endswith((".scales", ".biases")):
            continue
        packed = 32 // bits if isinstance(bits, int) and bits > 0 and tensor.type == "U32" else 1
        total += math.prod(tensor.shape) * packed
    return total


def _chat_template(path: Path) -> str | None:
    try:
        return _read_bytes(path / "chat_template.jinja").decode("utf-8", "replace")
    except AppError:
        pass
    try:
        untrusted = _read_json(path / "tokenizer_config.json").get("chat_template")
    except AppError:
        return None
    if isinstance(untrusted, list):  # several by name
        named = {one.get("name"): one.get("template") for one in untrusted if isinstance(one, dict)}
        untrusted = named.get("default")
    return untrusted if isinstance(untrusted, str) else None


def _read_tensors(file: Path) -> list[Tensor]:
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if not 2 <= length <= min(_MAX_JSON_BYTES, size - 8):
                raise model_invalid(file.name, "the file is cut off or damaged.")
            untrusted = _parsed(file, opened.read(length))
    except OSError as error:
        raise model_invalid(file.name, f"it cannot be read: {error.strerror}.") from error
    if len(untrusted) > _MAX_TENSORS:
        raise model_invalid(file.name, "it claims more parts than any model has.")
    data = size - 8 - length
    return [
        _tensor(file, name, told, data)
        for name, told in untrusted.items()
        if name != "__metadata__"
    ]


def _tensor(file: Path, name: str, untrusted: Any, data: int) -> Tensor:  # noqa: ANN401
    try:
        kind, shape = untrusted["dtype"], tuple(untrusted["shape"])
        start, end = untrusted["data_offsets"]
        numbers = (*shape, start, end)
        if not all(type(one) is int and 0 <= one < 1 << 50 for one in numbers) or len(shape) > 8:
            raise ValueError
        if math.prod(shape) * _BITS[kind] > 8 * (end - start) + 7 or not start <= end:
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise model_invalid(file.name, "a tensor has an impossible size or type.") from error
    if end > data:
        raise model_invalid(file.name, "the file is cut off or damaged.")
    return Tensor(name, kind, shape, end - start, start)


def _read_json(path: Path) -> dict[str, Any]:
    return _parsed(path, _read_bytes(path))


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait for somebody to write
            raise model_invalid(path.parent.name, f"it has no {path.name}.")
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise model_invalid(path.parent.name, f"its {path.name} is too large.")
        return path.read_bytes()
    except OSError as error:
        raise model_invalid(path.name, f"it cannot be read: {error.strerror}.") from error


def _parsed(path: Path, data: bytes) -> dict[str, Any]:
    try:
        untrusted = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise model_invalid(path.name, "it is not valid JSON.") from error
    if not isinstance(untrusted, dict):
        raise model_invalid(path.name, "it is not a JSON object.")
    return untrusted


class _Config:
    """Typed access to an untrusted config.json; models that also see keep theirs in text_config."""

    def __init__(self, name: str, untrusted: dict[str, Any]) -> None:
        inner = untrusted.get("text_config")
        self._untrusted = untrusted | inner if isinstance(inner, dict) else untrusted
        self._name = name

    def raw(self, key: str) -> object:
        return self._untrusted.get(key)

    def text(self, key: str) -> str:
        value = self._untrusted.get(key)
        return value[:80] if isinstance(value, str) else ""

    def words(self, key: str) -> list[str]:
        value = self._untrusted.get(key)
        return [str(item)[:40] for item in value[:_MAX_LAYERS]] if isinstance(value, list) else []

    def number(self, *keys: str) -> int:
        """The first of these that is there; 0 where none is."""
        for key in keys:
            value = self._untrusted.get(key)
            if value is None:
                continue
            if not isinstance(value, int) or not 0 <= value < 1 << 40:
                raise model_invalid(self._name, f"its setting {key} is impossible.")
            return int(value)
        return 0
