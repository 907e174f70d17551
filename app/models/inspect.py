"""What a model file is and how much memory it takes, without reading its weights."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.engine import sizes
from app.engine.errors import model_invalid
from app.models.gguf_header import Header, Tensor, read_header

KvType = Literal["f16", "q8_0"]

_SPLIT_NAME = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_LAYER = re.compile(r"^blk\.(\d+)\.")
_MAX_LAYERS = 4096
_MAX_SPLITS = 512
_BYTES_PER_ELEMENT = {"f16": 2.0, "q8_0": 34 / 32}
# What a worker takes besides buffers: Python, numpy, llama.cpp. Measured on Linux, x86-64.
_PROCESS_BYTES = 50 * 1024**2
_HEAD_BYTES = 3 * 1024**2 // 2  # … for each MTP head's context: graph and scheduler
_TOKEN_BYTES = 512  # … and for each token of the vocabulary: texts, merges, hash tables


@dataclass(frozen=True, slots=True)
class Layer:
    """What attention of one layer keeps per token: elements of K and V together."""

    kv_width: int
    is_sliding: bool
    is_mtp: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that an open model takes."""

    weights: int
    kv_cache: int
    compute: int
    process: int

    @property
    def total(self) -> int:
        return self.weights + self.kv_cache + self.compute + self.process


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A GGUF model as its header describes it; split files are joined."""

    name: str
    architecture: str
    context_length: int  # tokens, as trained; 0 where the file does not say
    layers: tuple[Layer, ...]
    heads: int  # attention heads, the most of any layer
    width: int  # of the embedding
    feed_forward: int
    vocabulary: int
    experts: int
    experts_used: int
    window: int  # tokens, 0 = no sliding-window layer
    mtp_depth: int  # heads whose tensors are there
    quantisation: str  # the type that most bytes have
    chat_template: str | None
    parameters: int
    tensors: tuple[Tensor, ...]
    files: tuple[Path, ...]

    @property
    def weights_bytes(self) -> int:
        return sum(tensor.size_bytes for tensor in self.tensors)

    @property
    def is_embedding_model(self) -> bool:
        return not any(tensor.name == "output.weight" for tensor in self.tensors) and (
            "bert" in self.architecture or "embed" in self.architecture
        )

    def layer_bytes(self) -> list[int]:
        """Bytes of weights in each layer, for placing layers on a device."""
        found = [0] * len(self.layers)
        for tensor in self.tensors:
            match = _LAYER.match(tensor.name)
            if match and int(match[1]) < len(found):
                found[int(match[1])] += tensor.size_bytes
        return found

    def kv_bytes(self, cells: int, window_cells: int | None = None, kv_type: KvType = "f16") -> int:
        """K and V of the trunk's layers. ``window_cells`` None: every layer keeps all cells."""
        kept = cells if window_cells is None else window_cells
        elements = sum(
            layer.kv_width * (kept if layer.is_sliding else cells)
            for layer in self.layers
            if not layer.is_mtp
        )
        return int(elements * _BYTES_PER_ELEMENT[kv_type])

    def memory(self, context_length: int, kv_type: KvType = "f16") -> Memory:
        """What the GGUF engine takes with this model on a CPU."""
        length = min(context_length, self.context_length or context_length)
        cells, rows = sizes.cells(length), min(sizes.CHUNK_TOKENS, length)
        parallel = sizes.sequences(has_window=self.window > 0)
        kept = sizes.window_cells(cells, self.window, parallel, rows) if self.window else None
        kv = self.kv_bytes(cells, kept, kv_type) + self._mtp_kv_bytes(kv_type)
        process = _PROCESS_BYTES + _TOKEN_BYTES * self.vocabulary + _HEAD_BYTES * self.mtp_depth
        compute = self._compute_bytes(rows, cells, kept or 0, parallel)
        return Memory(self.weights_bytes, kv, compute, process)

    def _mtp_kv_bytes(self, kv_type: KvType) -> int:
        """Every MTP head has a context of its own with cells for all heads."""
        width = sum(layer.kv_width for layer in self.layers if layer.is_mtp)
        cells = sizes.padded(sizes.MTP_CELLS)
        if self.window:
            cells = sizes.window_cells(cells, self.window, 1, sizes.MTP_ROWS)
        return int(self.mtp_depth * width * cells * _BYTES_PER_ELEMENT[kv_type])

    def _compute_bytes(self, rows: int, cells: int, window_cells: int, parallel: int) -> int:
        """Activations of one call and its results. The KV cache's layout is exact, this is not:
        llama.cpp's allocator reuses what it can, so the largest tensors are counted.
        """
        outputs = min(rows, max(parallel, sizes.MAX_LIVE * (1 + sizes.MAX_DRAFTS)))
        logits = 2 * 4 * self.vocabulary * outputs  # computed, and handed out
        hidden = 4 * rows * 2 * (self.feed_forward + self.width)
        mask = 2 * rows * (cells + window_cells)
        states = 4 * rows * self.width if self.mtp_depth else 0
        head = 2 * 4 * sizes.MTP_ROWS * (self.vocabulary + self.feed_forward + self.width)
        return logits + hidden + mask + states + self.mtp_depth * head


def inspect(path: Path) -> ModelFacts:
    """Read the header of a model, of all its parts when it is split. Raises AppError."""
    files = _parts(path)
    headers = [read_header(file) for file in files]
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    return _facts(path, files, headers[0], tensors)


def _facts(
    path: Path, files: tuple[Path, ...], header: Header, tensors: tuple[Tensor, ...]
) -> ModelFacts:
    fields = _Fields(path, header)
    architecture = fields.text("general.architecture")
    if not architecture:
        raise model_invalid(path.name, "it does not say which architecture it has.")
    count = fields.number(f"{architecture}.block_count")
    if count > _MAX_LAYERS:
        raise model_invalid(path.name, "it claims more layers than any model has.")
    mtp = _mtp_layers(tensors)
    by_type: dict[str, int] = {}
    for tensor in tensors:
        by_type[tensor.type] = by_type.get(tensor.type, 0) + tensor.size_bytes
    return ModelFacts(
        name=path.stem,
        architecture=architecture,
        context_length=fields.number(f"{architecture}.context_length"),
        layers=_layers(fields, architecture, count, min(mtp, default=count)),
        heads=max(fields.numbers(f"{architecture}.attention.head_count", count), default=0),
        width=fields.number(f"{architecture}.embedding_length"),
        feed_forward=max(fields.numbers(f"{architecture}.feed_forward_length", count), default=0),
        vocabulary=_vocabulary(header, tensors),
        experts=fields.number(f"{architecture}.expert_count"),
        experts_used=fields.number(f"{architecture}.expert_used_count"),
        window=fields.number(f"{architecture}.attention.sliding_window"),
        mtp_depth=len(mtp),
        quantisation=max(by_type, key=lambda name: by_type[name], default=""),
        chat_template=fields.text("tokenizer.chat_template") or None,
        parameters=sum(_elements(tensor) for tensor in tensors),
        tensors=tensors,
        files=files,
    )


def _layers(fields: "_Fields", architecture: str, count: int, trunk: int) -> tuple[Layer, ...]:
    attention = f"{architecture}.attention"
    heads = fields.numbers(f"{attention}.head_count", count)
    kv_heads = fields.numbers(f"{attention}.head_count_kv", count) or heads
    width = fields.number(f"{architecture}.embedding_length")
    default = width // heads[0] if heads and heads[0] else 0
    key = fields.number(f"{attention}.key_length") or default
    value = fields.number(f"{attention}.value_length") or default
    window = fields.number(f"{attention}.sliding_window")
    pattern = fields.numbers(f"{attention}.sliding_window_pattern", count)
    return tuple(
        Layer(
            kv_heads[index] * (key + value) if index < len(kv_heads) else 0,
            bool(window and index < len(pattern) and pattern[index]),
            index >= trunk,
        )
        for index in range(count)
    )


def _mtp_layers(tensors: tuple[Tensor, ...]) -> list[int]:
    """Layers that are MTP heads and really there; some files only announce them."""
    found = [_LAYER.match(one.name) for one in tensors if one.name.endswith("nextn.eh_proj.weight")]
    return sorted({int(match[1]) for match in found if match})


def _vocabulary(header: Header, tensors: tuple[Tensor, ...]) -> int:
    for tensor in tensors:
        if tensor.name == "token_embd.weight" and len(tensor.shape) == 2:
            return tensor.shape[1]
    return header.counts.get("tokenizer.ggml.tokens", 0)


def _elements(tensor: Tensor) -> int:
    elements = 1
    for length in tensor.shape:
        elements *= length
    return elements


def _parts(path: Path) -> tuple[Path, ...]:
    """The file, or all parts of a split model. Raises AppError when one is missing."""
    match = _SPLIT_NAME.search(path.name)
    if match is None:
        return (path,)
    count, stem = int(match[2]), path.name[: match.start()]
    if not 1 <= int(match[1]) <= count <= _MAX_SPLITS:
        raise model_invalid(path.name, "the name of this part is impossible.")
    names = [f"{stem}-{index:05}-of-{count:05}.gguf" for index in range(1, count + 1)]
    missing = [name for name in names if not (path.parent / name).is_file()]
    if missing:
        raise model_invalid(path.name, f"its part {missing[0]} is missing.")
    return tuple(path.parent / name for name in names)


class _Fields:
    """Typed access to untrusted fields; a missing one is 0 or empty."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self._untrusted = header.fields

    def text(self, key: str) -> str:
        value = self._untrusted.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        value = self._untrusted.get(key, 0)
        if isinstance(value, list):
            value = max(value, default=0)
        if not isinstance(value, int) or not 0 <= value < 1 << 40:
            raise model_invalid(self._path.name, f"its field {key[:80]} is impossible.")
        return int(value)

    def numbers(self, key: str, count: int) -> list[int]:
        """One number for each layer, or the same for all."""
        value = self._untrusted.get(key)
        if isinstance(value, list):
            found = [int(item) for item in value[:count]]
            if any(not 0 <= item < 1 << 32 for item in found):
                raise model_invalid(self._path.name, f"its field {key[:80]} is impossible.")
            return found + found[-1:] * (count - len(found))
        return [self.number(key)] * count if value is not None else []
