"""Loading a GGUF file: the model, its context, and what the app must know of it."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from app.engine.errors import out_of_memory
from app.engine.protocol import LEAST_CONTEXT, EngineOptions, ModelInfo
from app.engine.sizes import CHUNK_TOKENS, cells, outputs, sequences
from app.models.facts import ModelFacts
from app.models.placement import Placement
from engine_gguf.bindings import llama
from engine_gguf.heads import Heads, open_heads
from engine_gguf.loading import field

DEFAULT_CONTEXT = 16_384  # tokens, where the user asks for nothing else


@dataclass(slots=True)
class LoadedModel:
    """Handles of llama.cpp; one thread uses them. ``close`` frees them once."""

    info: ModelInfo
    model: Any
    context: Any
    vocab: Any
    context_length: int  # tokens of one request
    cells: int  # tokens of all sequences together
    sequences: int
    live: int  # requests answered at the same time
    window: int  # tokens a sliding-window layer sees, 0 = no such layer
    file_identity: str
    identity: str  # all that a saved state depends on
    heads: Heads

    @classmethod
    def around(
        cls,
        facts: ModelFacts,
        model: Any,  # noqa: ANN401
        placement: Placement,
        options: EngineOptions,
    ) -> "LoadedModel":
        """Take over a model that has been loaded. Raises AppError when it does not fit."""
        path, length = facts.files[0], length_of(facts, options)
        window = llama.llama_model_n_swa(model)
        params = _context_params(length, window, placement, options)
        context = llama.llama_init_from_model(model, params)
        if not context:
            llama.llama_model_free(model)
            raise out_of_memory(f"{path.name} with a context of {length:,} tokens does not fit.")
        heads = open_heads(facts, model, context, params, options)
        notices = (placement.reason, *heads.notices) if placement.reason else heads.notices
        vocab = llama.llama_model_get_vocab(model)
        return cls(
            _describe(path, model, vocab, length, len(heads.contexts), notices),
            model,
            context,
            vocab,
            length,
            llama.llama_n_ctx(context),
            params.n_seq_max,
            placement.live,
            window,
            *_identities(facts.files, params),
            heads,
        )

    def close(self) -> None:
        if self.context:
            self.heads.close()
            llama.llama_free(self.context)
            llama.llama_model_free(self.model)
            self.context = self.model = None


def length_of(facts: ModelFacts, options: EngineOptions) -> int:
    """Tokens of context that a model is opened with."""
    trained = facts.context_length or DEFAULT_CONTEXT
    # llama.cpp ends the process where a header claims less than a batch of drafts.
    return max(LEAST_CONTEXT, min(options.context_length or DEFAULT_CONTEXT, trained))


def _context_params(length: int, window: int, placement: Placement, options: EngineOptions) -> Any:  # noqa: ANN401
    params = llama.llama_context_default_params()
    params.n_ctx = cells(length)
    params.n_batch = params.n_ubatch = min(CHUNK_TOKENS, length)
    params.n_seq_max = sequences(has_window=window > 0, live=placement.live)
    params.kv_unified = True
    # Without a limit, room for the logits of every row of a chunk is set aside.
    params.n_outputs_max = outputs(params.n_batch, params.n_seq_max, placement.live)
    params.n_threads = params.n_threads_batch = options.threads or default_threads()
    # The default keeps every position of sliding-window layers: 48 GB for Step at 256K.
    params.swa_full = False
    if placement.kv_type == "q8_0":
        params.type_k = params.type_v = llama.GGML_TYPE_Q8_0
    if placement.needs_flash_attention:
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    return params


def default_threads() -> int:
    return psutil.cpu_count(logical=False) or 4


def _identities(files: tuple[Path, ...], params: Any) -> tuple[str, str]:  # noqa: ANN401
    """Of the model, and of all that must be the same for two states to fit together."""
    stats = [path.stat() for path in files]
    with files[0].open("rb") as file:
        header = hashlib.sha256(file.read(1 << 20)).hexdigest()
    names = ("type_k", "type_v", "flash_attn_type", "swa_full", "rope_freq_base", "rope_freq_scale")
    settings = [f"{name}={getattr(params, name)}" for name in names]
    parts = " ".join(f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats)
    file_identity = f"{parts} {header}"
    library = version("llama-cpp-python")
    return file_identity, f"{file_identity} {library} {' '.join(settings)}"


def _describe(
    path: Path,
    model: Any,  # noqa: ANN401
    vocab: Any,  # noqa: ANN401
    length: int,
    heads: int,
    notices: tuple[str, ...],
) -> ModelInfo:
    template = llama.llama_model_chat_template(model, None)
    return ModelInfo(
        name=path.stem,  # what the user chose; names inside files are often leftovers
        architecture=field(model, "general.architecture"),
        context_length=length,
        chat_template=template.decode("utf-8", "replace") if template else None,
        bos_token=_token_text(vocab, llama.llama_vocab_bos(vocab)),
        eos_token=_token_text(vocab, llama.llama_vocab_eos(vocab)),
        mtp_depth=heads,
        notices=notices,
        engine=f"llama.cpp ({version('llama-cpp-python')})",
        size_bytes=llama.llama_model_size(model),
    )


def _token_text(vocab: Any, token: int) -> str:  # noqa: ANN401
    if token < 0:
        return ""
    text: bytes = llama.llama_vocab_get_text(vocab, token) or b""
    return text.decode("utf-8", "replace")
