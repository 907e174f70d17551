"""What is known of a model that has not been opened: its shape, and the memory it will take."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.engine import sizes
from app.models.gguf_header import Tensor

KvType = Literal["f16", "q8_0"]
Format = Literal["gguf", "folder"]

_LAYER = re.compile(r"^blk\.(\d+)\.")
_BYTES_PER_ELEMENT = {"f16": 2.0, "q8_0": 34 / 32}
# What a worker takes besides buffers: Python, numpy, llama.cpp. Measured on Linux, x86-64.
_PROCESS_BYTES = 51 * 1024**2
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
    """A model as its files describe it; split files are joined."""

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
    format: Format = "gguf"
    embedding_size: int = 0  # numbers in a vector; 0 = it writes text
    head_size: int = 0  # numbers in a key of one head

    @property
    def weights_bytes(self) -> int:
        return sum(tensor.size_bytes for tensor in self.tensors)

    @property
    def is_embedding_model(self) -> bool:
        return self.embedding_size > 0

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

    def live(self, context_length: int, kv_type: KvType, free_bytes: int) -> int:
        """Requests that may be answered at the same time within so much memory, at least one."""
        counts = (sizes.MAX_LIVE, sizes.MAX_LIVE // 2, sizes.MAX_LIVE // 4)
        for count in counts:
            if self.memory(context_length, kv_type, count).total <= free_bytes:
                return count
        return 1

    def memory(
        self, context_length: int, kv_type: KvType = "f16", live: int = sizes.MAX_LIVE
    ) -> Memory:
        """What the GGUF engine takes with this model on a CPU, for so many requests at once."""
        length = min(context_length, self.context_length or context_length)
        cells, rows = sizes.cells(length), min(sizes.CHUNK_TOKENS, length)
        parallel = sizes.sequences(has_window=self.window > 0, live=live)
        kept = sizes.window_cells(cells, self.window, parallel, rows) if self.window else None
        kv = self.kv_bytes(cells, kept, kv_type) + self._mtp_kv_bytes(kv_type)
        process = _PROCESS_BYTES + _TOKEN_BYTES * self.vocabulary + _HEAD_BYTES * self.mtp_depth
        outputs = sizes.outputs(rows, parallel, live)
        compute = self._compute_bytes(rows, cells, kept or 0, outputs)
        return Memory(self.weights_bytes, kv, compute, process)

    def _mtp_kv_bytes(self, kv_type: KvType) -> int:
        """Every MTP head has a context of its own with cells for all heads."""
        width = sum(layer.kv_width for layer in self.layers if layer.is_mtp)
        cells = sizes.padded(sizes.MTP_CELLS)
        if self.window:
            cells = sizes.window_cells(cells, self.window, 1, sizes.MTP_ROWS)
        return int(self.mtp_depth * width * cells * _BYTES_PER_ELEMENT[kv_type])

    def _compute_bytes(self, rows: int, cells: int, window_cells: int, outputs: int) -> int:
        """Activations of one call and its results. The KV cache's layout is exact, this is not:
        llama.cpp's allocator reuses what it can, so the largest tensors are counted.
        """
        logits = 2 * 4 * self.vocabulary * outputs  # computed, and handed out
        hidden = 4 * rows * 2 * (self.feed_forward + self.width)
        mask = 2 * rows * (cells + window_cells)
        states = 4 * rows * self.width if self.mtp_depth else 0
        head = 2 * 4 * sizes.MTP_ROWS * (self.vocabulary + self.feed_forward + self.width)
        return logits + hidden + mask + states + self.mtp_depth * head
