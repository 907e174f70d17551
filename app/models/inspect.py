"""What a model file is, read from its headers without its weights."""

import re
from pathlib import Path

from app.engine.errors import model_invalid
from app.models.facts import Layer, ModelFacts
from app.models.folder import inspect_folder
from app.models.gguf_header import Header, Tensor, read_header

_SPLIT_NAME = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_LAYER = re.compile(r"^blk\.(\d+)\.")
_MAX_LAYERS = 4096
_MAX_SPLITS = 512
_POOLING_NONE, _POOLING_RANK = 0, 4  # how a header says that it makes no vectors


def inspect(path: Path) -> ModelFacts:
    """Read the headers of a .gguf file, split or whole, or of a folder. Raises AppError."""
    if path.is_dir():
        return inspect_folder(path)
    files = _parts(path)
    headers = [read_header(file) for file in files]
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    return _facts(path, files, headers[0], tensors)


def described(path: Path) -> str:
    """Its names and architecture, as the header gives them, with the name of the file."""
    fields = _Fields(path, read_header(path))
    keys = ("general.name", "general.basename", "general.architecture")
    return " ".join((path.stem, *(fields.text(key) for key in keys)))


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
        embedding_size=_embedding_size(fields, architecture),
        head_size=_head_size(fields, architecture, count),
    )


def _embedding_size(fields: "_Fields", architecture: str) -> int:
    pooling = fields.number(f"{architecture}.pooling_type")
    is_causal = fields.flag(f"{architecture}.attention.causal", default=True)
    if pooling == _POOLING_RANK or (is_causal and pooling == _POOLING_NONE):
        return 0
    return fields.number(f"{architecture}.embedding_length")


def _head_size(fields: "_Fields", architecture: str, count: int, of: str = "key") -> int:
    """How long a key or a value of one head is."""
    attention = f"{architecture}.attention"
    heads = fields.numbers(f"{attention}.head_count", count)
    default = (
        fields.number(f"{architecture}.embedding_length") // heads[0] if heads and heads[0] else 0
    )
    return fields.number(f"{attention}.{of}_length") or default


def _layers(fields: "_Fields", architecture: str, count: int, trunk: int) -> tuple[Layer, ...]:
    attention = f"{architecture}.attention"
    heads = fields.numbers(f"{attention}.head_count", count)
    kv_heads = fields.numbers(f"{attention}.head_count_kv", count) or heads
    sizes = [_head_size(fields, architecture, count, of) for of in ("key", "value")]
    window = fields.number(f"{attention}.sliding_window")
    pattern = fields.numbers(f"{attention}.sliding_window_pattern", count)
    if not fields.flag(f"{attention}.causal", default=True):
        kv_heads = [0] * count  # a model that sees a whole text at once keeps nothing
    return tuple(
        Layer(
            kv_heads[index] * sum(sizes) if index < len(kv_heads) else 0,
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

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._untrusted.get(key, default)
        return value if isinstance(value, bool) else default

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
