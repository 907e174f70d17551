"""Opening a model folder: config, weights, tokenizer, and the engine around them."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlx.core as mx
import psutil

from app.engine.depth import DepthChooser
from app.engine.errors import AppError, ErrorKind, model_invalid, out_of_memory
from app.engine.protocol import EngineOptions, ModelInfo
from engine_mlx.config import StepConfig, is_step, read_config
from engine_mlx.engine import MlxEngine
from engine_mlx.estimate import kv_bytes_per_token
from engine_mlx.kept import KeptStates
from engine_mlx.linear import Linear
from engine_mlx.model import Model
from engine_mlx.mtp import mtp_heads
from engine_mlx.other_models import load_other
from engine_mlx.prefix import PrefixCache
from engine_mlx.snapshots import SnapshotFolder
from engine_mlx.tokenizer import Tokenizer
from engine_mlx.trunk import StepTrunk, Trunk
from engine_mlx.weights import ADDON_FILE, Weights

log = logging.getLogger(__name__)

STATE_VERSION = 1  # of the prefix states on disk
NGRAM_DEPTH = 3
MEMORY_SHARE = 0.85  # of the machine's memory, for weights and caches
_SAMPLE_BYTES = 1 << 16
_HASH_WHOLE_BELOW = 1 << 26


def load_engine(
    folder: Path, options: EngineOptions, on_progress: Callable[[float], None]
) -> MlxEngine:
    """Open the folder. Raises AppError that names what is wrong with it."""
    folder = folder if folder.is_dir() else folder.parent
    untrusted_config = _read_config_file(folder)
    tokenizer = Tokenizer(folder)
    kv_bits = 8 if options.kv_type == "q8_0" else 16
    notices: list[str] = []
    if is_step(untrusted_config):
        trunk, size, config = _load_step(folder, untrusted_config, kv_bits, notices, on_progress)
        trained, per_token = config.max_position_embeddings, kv_bytes_per_token(config, kv_bits)
    else:
        trunk, size = load_other(folder, untrusted_config)
        text = untrusted_config.get("text_config") or untrusted_config
        trained, per_token = int(text.get("max_position_embeddings") or 8192), 0
        on_progress(1.0)
    length = _context_length(options.context_length, trained, size, per_token)
    info = ModelInfo(
        name=folder.name,
        architecture=str(untrusted_config.get("model_type") or ""),
        context_length=length,
        chat_template=tokenizer.chat_template,
        bos_token=tokenizer.bos_token,
        eos_token=tokenizer.eos_token,
        mtp_depth=len(trunk.heads),
        engine=f"MLX ({version('mlx')})",
        size_bytes=size,
        notices=tuple(notices),
    )
    deepest = len(trunk.heads) or NGRAM_DEPTH
    states = kept = None
    if options.cache_dir is not None or options.kept_dir is not None:
        identity = identity_of(folder, tokenizer.chat_template, kv_bits)
        if options.cache_dir is not None:
            states = SnapshotFolder(Path(options.cache_dir), identity, options.cache_disk_bytes)
        if options.kept_dir is not None:
            kept = KeptStates(Path(options.kept_dir), identity)
    prefixes = PrefixCache(trunk, options.cache_memory_bytes, states, kept)
    return MlxEngine(info, trunk, tokenizer, DepthChooser(deepest, options.draft_depth), prefixes)


def identity_of(folder: Path, chat_template: str | None, kv_bits: int) -> str:
    """Everything that a prefix state depends on, as one hash.

    Large weight files count by their size, header and samples spread over them: reading all of
    111 GB would take longer than the prefill that is saved.
    """
    digest = hashlib.sha256()
    facts = (STATE_VERSION, version("mlx"), kv_bits, mx.metal.is_available(), chat_template)
    digest.update(repr(facts).encode())
    for name in ("config.json", "tokenizer.json"):
        file = folder / name
        digest.update(file.read_bytes() if file.is_file() else b"")
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(f"{path.name} {path.stat().st_size}".encode())
        for block in _samples(path):
            digest.update(block)
    return digest.hexdigest()


def _samples(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < _HASH_WHOLE_BELOW:
            while block := file.read(1 << 20):
                yield block
            return
        for place in range(64):
            file.seek(place * (size - _SAMPLE_BYTES) // 63)
            yield file.read(_SAMPLE_BYTES)


def _load_step(
    folder: Path,
    untrusted_config: dict[str, Any],
    kv_bits: int,
    notices: list[str],
    on_progress: Callable[[float], None],
) -> tuple[Trunk, int, StepConfig]:
    config = read_config(folder.name, untrusted_config)
    # On a CPU mlx multiplies by experts in fp32 only.
    dtype = mx.bfloat16 if mx.metal.is_available() else mx.float32
    weights = Weights(folder, config, dtype)
    if weights.size_bytes > psutil.virtual_memory().total:
        raise out_of_memory(f"{folder.name} has {weights.size_bytes / 1e9:.0f} GB of weights.")
    config, ignored = _choose_mtp(config, weights, notices)
    model, heads = Model(config, weights), mtp_heads(config, weights)
    weights.check(ignored)
    if weights.has_addon:
        notices.append(f"Multi-token prediction comes from {ADDON_FILE}.")
    parts = [model, *heads]
    arrays = [array for part in parts for array in arrays_of(part)]
    for number, array in enumerate(arrays):
        mx.eval(array)
        if number % 16 == 15:
            on_progress((number + 1) / len(arrays))
    weights.close()
    on_progress(1.0)
    if mx.metal.is_available():
        mx.set_wired_limit(int(mx.device_info()["max_recommended_working_set_size"]))
    return StepTrunk(model, heads, kv_bits), weights.size_bytes, config


def _choose_mtp(
    config: StepConfig, weights: Weights, notices: list[str]
) -> tuple[StepConfig, frozenset[int]]:
    """Use as many MTP layers as the files have; say so when they have none."""
    trunk = config.num_hidden_layers
    found = sorted(layer for layer in weights.layers() if layer >= trunk)
    count = len(found) if found == list(range(trunk, trunk + len(found))) else 0
    if config.num_nextn_predict_layers and not found:
        notices.append(
            "This copy of the model has no layers for multi-token prediction, so it writes more "
            "slowly than it could. doorstep mtp-addon adds them."
        )
    config = config.with_mtp(count)
    return config, frozenset(layer for layer in found if layer >= trunk + count)


def arrays_of(part: object) -> Iterator[mx.array]:
    """Every array of a model's objects, in the order they were made."""
    if isinstance(part, mx.array):
        yield part
    elif isinstance(part, Linear):
        yield from part.arrays()
    elif isinstance(part, list):
        for item in part:
            yield from arrays_of(item)
    elif type(part).__module__.startswith("engine_mlx.") and hasattr(part, "__dict__"):
        for item in vars(part).values():
            yield from arrays_of(item)


def _context_length(asked: int | None, trained: int, size: int, per_token: int) -> int:
    """As asked, else what fits into memory beside the weights; never more than trained."""
    if asked is not None:
        return max(1, min(asked, trained))
    room = int(psutil.virtual_memory().total * MEMORY_SHARE) - size
    fits = room // per_token if per_token else 8192
    return max(1, min(trained, max(4096, fits)))


def _read_config_file(folder: Path) -> dict[str, Any]:
    file = folder / "config.json"
    if not file.is_file():
        raise AppError(
            ErrorKind.MODEL_NOT_FOUND,
            "There is no model here",
            f"{folder.name} has no config.json. Choose the folder that holds the model's files.",
        )
    try:
        untrusted_config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise model_invalid(file.name, "it is damaged.") from error
    if not isinstance(untrusted_config, dict):
        raise model_invalid(file.name, "it is damaged.")
    return untrusted_config
