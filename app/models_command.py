"""``doorstep models``: what is on this computer, and what a model file is and needs."""

import json
from collections.abc import Sequence
from pathlib import Path

from app.engine.backends import Backends
from app.errors import AppError, ErrorKind
from app.models.facts import ModelFacts
from app.models.fit import Fit, fit, machine
from app.models.found import find_models
from app.models.inspect import inspect
from app.models.locate import find_model

_DEFAULT_CONTEXT = 16_384


def models_command(
    models_dir: Path, action: str, name: str | None, context: int | None, *, is_json: bool
) -> int:
    """List models, or inspect one. Raises AppError."""
    if action == "list":
        return _list(models_dir, is_json=is_json)
    if name is None:
        raise AppError(
            ErrorKind.BAD_REQUEST, "No file was named", "Use: doorstep models inspect FILE."
        )
    path = find_model(name, models_dir)
    facts = inspect(path)
    wanted = context or min(facts.context_length or _DEFAULT_CONTEXT, _DEFAULT_CONTEXT)
    found = fit(facts, machine(), wanted)
    if is_json:
        print(json.dumps(_as_json(facts, found), indent=1))
    else:
        print("\n".join(f"{label:<16}{text}" for label, text in _rows(facts, found)))
    return 0


def devices_command(backends: Backends, *, is_again: bool) -> int:
    """Print the GPU backends, trying out those that nobody has tried; all of them when again."""
    if is_again:
        backends.try_again()
    _, told = backends.usable()
    for backend in backends.all():
        print(f"{backend.name:<10} {backend.state or 'not tried':<10} {backend.path}")
    if not backends.all():
        print("No GPU backend is installed: models run on the processor.")
    if told:
        print(told)
    return 0


def _list(models_dir: Path, *, is_json: bool) -> int:
    models = find_models(models_dir)
    if is_json:
        told = [
            {
                "name": one.name,
                "path": str(one.path),
                "source": one.source,
                "format": one.format,
                "size_bytes": one.size_bytes,
            }
            for one in models
        ]
        print(json.dumps(told, indent=1))
        return 0
    for one in models:
        print(f"{_gb(one.size_bytes):>10}  {one.source:<12} {one.name}  {one.path}")
    if not models:
        print(f"No models. Put a .gguf file into {models_dir}, or use --model starter.")
    return 0


def _rows(facts: ModelFacts, found: Fit) -> Sequence[tuple[str, str]]:
    trunk = sum(not layer.is_mtp for layer in facts.layers)
    sliding = sum(layer.is_sliding and not layer.is_mtp for layer in facts.layers)
    memory = found.memory
    layers = f"{trunk}, {sliding} of them see {facts.window} tokens" if sliding else str(trunk)
    experts = f"{facts.experts}, {facts.experts_used} used" if facts.experts else "none"
    template = "yes" if facts.chat_template else "none"
    return [
        ("model", facts.name),
        ("files", str(len(facts.files))),
        ("architecture", facts.architecture),
        ("parameters", f"{facts.parameters / 1e9:.3g} billion"),
        ("quantisation", facts.quantisation),
        ("context", f"{facts.context_length:,} tokens as trained"),
        ("layers", layers),
        ("heads", str(facts.heads)),
        ("experts", experts),
        ("MTP heads", str(facts.mtp_depth)),
        ("chat template", template),
        ("embeddings", f"{facts.embedding_size} numbers" if facts.embedding_size else "no"),
        ("", ""),
        ("memory", f"{_gb(memory.total)} at {found.context_length:,} tokens of context"),
        ("  weights", _gb(memory.weights)),
        ("  KV cache", f"{_gb(memory.kv_cache)} ({found.kv_type})"),
        ("  compute", _gb(memory.compute)),
        ("  system", _gb(memory.process)),
        ("this computer", f"{found.verdict}, {_gb(found.spare_bytes)} to spare"),
        ("longest context", f"{found.largest_context:,} tokens"),
    ]


def _as_json(facts: ModelFacts, found: Fit) -> dict[str, object]:
    memory = found.memory
    return {
        "name": facts.name,
        "format": facts.format,
        "files": [str(path) for path in facts.files],
        "architecture": facts.architecture,
        "parameters": facts.parameters,
        "quantisation": facts.quantisation,
        "context_length": facts.context_length,
        "layers": sum(not layer.is_mtp for layer in facts.layers),
        "heads": facts.heads,
        "experts": facts.experts,
        "experts_used": facts.experts_used,
        "window": facts.window,
        "mtp_heads": facts.mtp_depth,
        "chat_template": facts.chat_template,
        "embedding_size": facts.embedding_size,
        "memory_bytes": {
            "weights": memory.weights,
            "kv_cache": memory.kv_cache,
            "compute": memory.compute,
            "system": memory.process,
            "total": memory.total,
        },
        "for_context_length": found.context_length,
        "kv_type": found.kv_type,
        "verdict": found.verdict,
        "spare_bytes": found.spare_bytes,
        "longest_context": found.largest_context,
    }


def _gb(size: int) -> str:
    return f"{size / 1e9:,.2f} GB" if abs(size) >= 1e9 else f"{size / 1e6:,.0f} MB"
