"""Loading a GGUF file: the model, its context, and what the app must know of it."""

import ctypes
import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from app.engine.errors import out_of_memory
from app.engine.protocol import EngineOptions, ModelInfo
from app.engine.sizes import (
    CHUNK_TOKENS,
    MAX_DRAFTS,
    MAX_LIVE,
    MTP_CELLS,
    MTP_ROWS,
    cells,
    sequences,
)
from engine_gguf.bindings import llama, llama_mtp
from engine_gguf.loading import field

DEFAULT_CONTEXT = 16_384  # tokens, where the user asks for nothing else
_SMALL_BYTES = 256 * 1024 * 1024
_HEADER_BYTES = 64 * 1024 * 1024  # tensor names stand within
_SPLIT_NAME = re.compile(r"-\d{5}-of-\d{5}\.gguf$")


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
    window: int  # tokens a sliding-window layer sees, 0 = no such layer
    file_identity: str
    identity: str  # all that a saved state depends on
    heads: list[Any]  # one context per MTP head

    @classmethod
    def around(cls, path: Path, model: Any, options: EngineOptions) -> "LoadedModel":  # noqa: ANN401
        """Take over a model that has been loaded. Raises AppError when it does not fit."""
        trained = llama.llama_model_n_ctx_train(model) or DEFAULT_CONTEXT
        length = min(options.context_length or DEFAULT_CONTEXT, trained)
        window = llama.llama_model_n_swa(model)
        params = _context_params(length, window, options)
        context = llama.llama_init_from_model(model, params)
        if not context:
            llama.llama_model_free(model)
            raise out_of_memory(f"{path.name} with a context of {length:,} tokens does not fit.")
        heads, notices = _make_heads(path, model, context, params, options)
        vocab = llama.llama_model_get_vocab(model)
        return cls(
            _describe(path, model, vocab, length, len(heads), notices),
            model,
            context,
            vocab,
            length,
            llama.llama_n_ctx(context),
            params.n_seq_max,
            window,
            *_identities(path, params),
            heads,
        )

    def close(self) -> None:
        if self.context:
            for head in self.heads:
                llama.llama_free(head)
            llama.llama_free(self.context)
            llama.llama_model_free(self.model)
            self.context = self.model = None


def _context_params(length: int, window: int, options: EngineOptions) -> Any:  # noqa: ANN401
    params = llama.llama_context_default_params()
    params.n_ctx = cells(length)
    params.n_batch = params.n_ubatch = min(CHUNK_TOKENS, length)
    params.n_seq_max = sequences(has_window=window > 0)
    params.kv_unified = True
    # Without a limit, room for the logits of every row of a chunk is set aside.
    params.n_outputs_max = min(params.n_batch, max(params.n_seq_max, MAX_LIVE * (1 + MAX_DRAFTS)))
    params.n_threads = params.n_threads_batch = options.threads or default_threads()
    # The default keeps every position of sliding-window layers: 48 GB for Step at 256K.
    params.swa_full = False
    if options.kv_type == "q8_0":
        params.type_k = params.type_v = llama.GGML_TYPE_Q8_0
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED  # quantised V needs it
    return params


def default_threads() -> int:
    return psutil.cpu_count(logical=False) or 4


def _make_heads(
    path: Path,
    model: Any,  # noqa: ANN401
    context: Any,  # noqa: ANN401
    trunk: Any,  # noqa: ANN401
    options: EngineOptions,
) -> tuple[list[Any], tuple[str, ...]]:
    """A context for each MTP head, and what to tell the user about them.

    Heads share cells when they share a context, and have to be decoded one after the other over
    the same rows. With contexts of their own, each row of a head is computed once.
    """
    count = min(llama.llama_model_n_layer_nextn(model), MAX_DRAFTS)
    if not count or options.draft_depth == 0 or not _has_heads(path):
        return [], ()
    if llama_mtp is None:
        return [], ("This build of llama.cpp cannot use the model's MTP heads.",)
    params = llama.llama_context_default_params()
    ctypes.pointer(params)[0] = trunk
    params.ctx_type = llama.LLAMA_CONTEXT_TYPE_MTP
    params.n_seq_max = 1  # one request drafts at a time
    params.n_ctx = MTP_CELLS
    params.n_batch = params.n_ubatch = params.n_outputs_max = MTP_ROWS
    if llama.llama_model_size(model) < _SMALL_BYTES:
        params.n_threads = 1  # threads would wait for each other longer than they compute
    heads: list[Any] = []
    for layer in range(count):
        head = llama.llama_init_from_model(model, params)
        if not head:
            for made in heads:
                llama.llama_free(made)
            return [], ("There is not enough memory for the model's MTP heads.",)
        llama_mtp.llama_set_embeddings_nextn(head, True, True)
        llama_mtp.llama_set_nextn_layer_offset(head, layer)
        heads.append(head)
    # Not masked: the state of every row is wanted, not only of those with logits.
    llama_mtp.llama_set_embeddings_nextn(context, True, False)
    return heads, ()


def _has_heads(path: Path) -> bool:
    """Whether the tensors of MTP heads are there; some files only announce them.

    llama.cpp ends the process when a head without tensors is opened.
    """
    found = _SPLIT_NAME.search(path.name)
    files = sorted(path.parent.glob(f"{path.name[: found.start()]}-*.gguf")) if found else [path]
    for file in files:
        with file.open("rb") as opened:
            if b".nextn.eh_proj.weight" in opened.read(_HEADER_BYTES):
                return True
    return False


def _identities(path: Path, params: Any) -> tuple[str, str]:  # noqa: ANN401
    """Of the file, and of all that must be the same for two states to fit together."""
    stat = path.stat()
    with path.open("rb") as file:
        header = hashlib.sha256(file.read(1 << 20)).hexdigest()
    names = ("type_k", "type_v", "flash_attn_type", "swa_full", "rope_freq_base", "rope_freq_scale")
    settings = [f"{name}={getattr(params, name)}" for name in names]
    library = version("llama-cpp-python")
    file_identity = f"{stat.st_size} {stat.st_mtime_ns} {header}"
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
