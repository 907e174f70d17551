"""Weights of a Step model from a folder, in the hub's layout or mlx-community's.

Arrays are lazy: mlx reads a tensor from its file when it is first evaluated, straight into the
memory it stays in. Every tensor is checked by name, shape and type before anything is computed.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx

from app.engine.errors import AppError, model_invalid
from engine_mlx.config import StepConfig
from engine_mlx.linear import Linear
from engine_mlx.shards import Header, ShardError, TensorInfo, read_header

ADDON_FILE = "mtp-addon.safetensors"
_FLOATS = ("F32", "F16", "BF16")
_PACKED_BITS = (2, 3, 4, 5, 6, 8)
_IGNORED = ("vision_model.", "vit_large_projector.", "visual.", "model.vision", "model.vit_")
# mlx-lm's names (models/step3p5.py, sanitize) and the hub's.
_RENAMED = (
    (".mlp.switch_mlp.", ".moe."),
    (".mlp.gate.gate.", ".moe.gate."),
    (".mlp.gate.router_bias", ".moe.router_bias"),
    (".mlp.share_expert.", ".share_expert."),
)
_LAYER = re.compile(r"model\.layers\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where one tensor lies."""

    path: Path
    name: str  # in the file
    info: TensorInfo
    is_norm_raw: bool  # a zero-centred gain without its 1


class Weights:
    """Hands out tensors by their published names and remembers what was wrong with them."""

    def __init__(self, folder: Path, config: StepConfig, dtype: mx.Dtype) -> None:
        """Read the headers. Raises AppError for a missing, truncated or foreign file."""
        self.name = folder.name
        self._dtype = dtype
        self._is_zero_centered = config.zero_centered
        self._files: dict[Path, dict[str, mx.array]] = {}
        self._entries = _index(folder, config)
        self._read: set[str] = set()
        self._problems: list[str] = []

    def layers(self) -> set[int]:
        """Numbers of the layers that have any tensor here."""
        found = (_LAYER.match(name) for name in self._entries)
        return {int(match[1]) for match in found if match}

    @property
    def has_addon(self) -> bool:
        return any(entry.path.name == ADDON_FILE for entry in self._entries.values())

    def close(self) -> None:
        """Let go of the files; arrays that were not evaluated keep theirs."""
        self._files.clear()

    @property
    def size_bytes(self) -> int:
        return sum(entry.info.end - entry.info.begin for entry in self._entries.values())

    def linear(self, prefix: str, shape: tuple[int, ...], dtype: mx.Dtype | None = None) -> Linear:
        """The matrix ``prefix``.weight of this shape, (out, in) or (E, out, in)."""
        dtype = dtype or self._dtype
        name = f"{prefix}.weight"
        entry = self._entry(name)
        if entry is None:
            return Linear(mx.zeros(shape, dtype))
        if f"{prefix}.scales" in self._entries:
            return self._packed(prefix, shape, dtype)
        if entry.info.dtype == "F8_E4M3":
            return Linear(self._fp8(prefix, shape, dtype))
        return Linear(self._array(name, shape, _FLOATS).astype(dtype))

    def vector(self, name: str, size: int, dtype: mx.Dtype | None = None) -> mx.array:
        if self._entry(name) is None:
            return mx.zeros((size,), dtype or self._dtype)
        return self._array(name, (size,), _FLOATS).astype(dtype or self._dtype)

    def norm(self, prefix: str, size: int) -> mx.array:
        """A norm's gain, ready to multiply: the 1 of zero-centred gains is added exactly once."""
        name = f"{prefix}.weight"
        gain = self.vector(name, size, mx.float32)
        entry = self._entries.get(name)
        if entry is not None and entry.is_norm_raw and self._is_zero_centered:
            gain = gain + 1
        return gain.astype(self._dtype)

    def check(self, ignored_layers: frozenset[int] = frozenset()) -> None:
        """Raise AppError that names every missing, misshapen or unknown tensor (the first few)."""
        problems = list(self._problems)
        for name in sorted(set(self._entries) - self._read):
            match = _LAYER.match(name)
            if not (match and int(match[1]) in ignored_layers):
                problems.append(f"{name} is unknown")
        if problems:
            more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
            raise model_invalid(self.name, f"{'; '.join(problems[:5])}{more}.")

    def _entry(self, name: str) -> _Entry | None:
        self._read.add(name)
        if name not in self._entries:
            self._problems.append(f"{name} is missing")
            return None
        return self._entries[name]

    def _array(self, name: str, shape: tuple[int, ...], dtypes: tuple[str, ...]) -> mx.array:
        entry = self._entries[name]
        self._read.add(name)
        if entry.info.shape != shape:
            self._problems.append(f"{name} has shape {entry.info.shape} instead of {shape}")
            return mx.zeros(shape)
        if entry.info.dtype not in dtypes:
            self._problems.append(f"{name} has type {entry.info.dtype}")
            return mx.zeros(shape)
        if entry.path not in self._files:
            loaded: Any = mx.load(str(entry.path))
            self._files[entry.path] = loaded
        return self._files[entry.path][entry.name]

    def _packed(self, prefix: str, shape: tuple[int, ...], dtype: mx.Dtype) -> Linear:
        """An affine-quantised matrix; bits and group size follow from the shapes."""
        *outer, width = shape
        packed = self._entries[f"{prefix}.weight"].info.shape[-1]
        groups = self._entries[f"{prefix}.scales"].info.shape[-1]
        bits, group_size = packed * 32 // width, width // max(1, groups)
        if bits not in _PACKED_BITS or group_size not in (32, 64, 128):
            self._problems.append(f"{prefix}.weight is packed in an unknown way")
            return Linear(mx.zeros(shape, dtype))
        if f"{prefix}.biases" not in self._entries:
            self._problems.append(f"{prefix}.biases is missing")
            return Linear(mx.zeros(shape, dtype))
        small = (*outer, groups)
        return Linear(
            self._array(f"{prefix}.weight", (*outer, width * bits // 32), ("U32",)),
            self._array(f"{prefix}.scales", small, _FLOATS).astype(dtype),
            self._array(f"{prefix}.biases", small, _FLOATS).astype(dtype),
            group_size,
            bits,
        )

    def _fp8(self, prefix: str, shape: tuple[int, ...], dtype: mx.Dtype) -> mx.array:
        """Dequantise e4m3 with one scale per tensor, per row, or per block of rows and columns."""
        values = mx.from_fp8(self._array(f"{prefix}.weight", shape, ("F8_E4M3",)), mx.float32)
        for suffix in ("weight_scale_inv", "weight_scale"):
            name = f"{prefix}.{suffix}"
            if name in self._entries:
                scale = self._array(name, self._entries[name].info.shape, _FLOATS)
                return (values * _spread(scale.astype(mx.float32), shape)).astype(dtype)
        self._problems.append(f"{prefix}.weight_scale_inv is missing")
        return values.astype(dtype)


def _spread(scale: mx.array, shape: tuple[int, ...]) -> mx.array:
    """Repeat block scales, for example (out / 128, in / 128), to the shape of the weights."""
    if scale.size == 1:
        return scale.reshape(())
    if scale.ndim == len(shape) - 1:
        scale = scale[..., None]
    for axis, size in enumerate(shape):
        blocks = scale.shape[axis]
        if blocks not in (1, size):
            block = next(
                width for width in (128, 64, 32, -(-size // blocks)) if -(-size // width) == blocks
            )
            scale = mx.repeat(scale, block, axis=axis)
            scale = mx.take(scale, mx.arange(size), axis=axis)
    return scale


def _index(folder: Path, config: StepConfig) -> dict[str, _Entry]:
    """Every tensor of the folder by its published name."""
    files = _files(folder)
    headers = {path: _header(path) for path in files}
    names = [name for header in headers.values() for name in header.tensors]
    is_hub = any(".moe." in name for name in names)
    entries: dict[str, _Entry] = {}
    for path, header in headers.items():
        is_raw = _are_norms_raw(header, is_hub)
        for name, info in header.tensors.items():
            if name.startswith(_IGNORED):
                continue
            entries.setdefault(published_name(name), _Entry(path, name, info, is_raw))
    addon = folder / ADDON_FILE
    if addon.exists():
        _add_addon(entries, addon, config)
    return entries


def _add_addon(entries: dict[str, _Entry], addon: Path, config: StepConfig) -> None:
    """Take the MTP layers of an add-on where the model has none."""
    if any(
        int(match[1]) >= config.num_hidden_layers for match in map(_LAYER.match, entries) if match
    ):
        return
    header = _header(addon)
    expected = {
        "num_hidden_layers": config.num_hidden_layers,
        "hidden_size": config.hidden_size,
        "vocab_size": config.vocab_size,
    }
    if any(header.metadata.get(key) != str(value) for key, value in expected.items()):
        raise model_invalid(
            addon.name, "these MTP layers belong to another model. Remove the file or make it anew."
        )
    for name, info in header.tensors.items():
        entries[name] = _Entry(addon, name, info, header.metadata.get("norms") != "plus_one")


def _are_norms_raw(header: Header, is_hub: bool) -> bool:
    """Whether the 1 of zero-centred norms is still to be added for this file.

    mlx-lm adds it when it converts, and then the hub's names of expert tensors are gone. A file
    of the hub beside converted ones (MTP layers) still says that it was written by torch.
    """
    return is_hub or header.metadata.get("format") == "pt"


def published_name(name: str) -> str:
    """The hub's name of a tensor, without the prefixes of Step 3.7's text tower."""
    name = name.removeprefix("language_model.")
    if name.startswith("model.language_model."):
        name = "model." + name.removeprefix("model.language_model.")
    if name.startswith("model.lm_head."):
        name = name.removeprefix("model.")
    for ours, hub in _RENAMED:
        name = name.replace(ours, hub)
    return name


def _files(folder: Path) -> list[Path]:
    """The shards of a folder. Raises AppError that names a missing one."""
    index = folder / "model.safetensors.index.json"
    if index.exists():
        try:
            untrusted_map: Any = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
            names = sorted({str(name) for name in untrusted_map.values()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise model_invalid(index.name, "the list of its files is damaged.") from error
        if any(Path(name).name != name for name in names):
            raise model_invalid(index.name, "it names files outside of the folder.")
    else:
        found = folder.glob("*.safetensors")
        names = sorted(path.name for path in found if path.name != ADDON_FILE)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise model_invalid(folder.name, f"the file {missing[0]} is missing.")
    if not names:
        raise model_invalid(folder.name, "there is no safetensors file in it.")
    return [folder / name for name in names]


def _header(path: Path) -> Header:
    try:
        return read_header(path)
    except ShardError as error:
        raise model_invalid(path.name, f"{error}.") from error
    except OSError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> AppError:
    return model_invalid(path.name, "the file cannot be read.")
