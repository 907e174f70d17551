"""Loading a GGUF file: the model, its context, and what the app must know of it."""

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from app.engine.errors import AppError, model_invalid, model_unsupported, out_of_memory
from app.engine.protocol import EngineOptions, ModelInfo
from engine_gguf.bindings import llama, native_log

CHUNK_TOKENS = 512  # one prefill step
DEFAULT_CONTEXT = 16_384  # tokens, where the user asks for nothing else
MAX_META_BYTES = 4 * 1024 * 1024  # a chat template is far smaller

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']{0,80})'")


@dataclass(slots=True)
class LoadedModel:
    """Handles of llama.cpp; one thread uses them. ``close`` frees them once."""

    info: ModelInfo
    model: Any
    context: Any
    vocab: Any
    context_length: int  # tokens
    window: int  # tokens a sliding-window layer sees, 0 = no such layer

    @classmethod
    def load(
        cls, path: Path, options: EngineOptions, on_progress: Callable[[float], None]
    ) -> "LoadedModel":
        """Open the file. Raises AppError that names what is wrong with it."""
        llama.llama_backend_init()
        native_log.errors.clear()
        model = _load_model(path, options, on_progress)
        if not model:
            raise _load_error(path)
        trained = llama.llama_model_n_ctx_train(model) or DEFAULT_CONTEXT
        length = min(options.context_length or DEFAULT_CONTEXT, trained)
        context = _make_context(model, length, options.threads)
        if not context:
            llama.llama_model_free(model)
            raise out_of_memory(f"{path.name} with a context of {length:,} tokens does not fit.")
        vocab = llama.llama_model_get_vocab(model)
        return cls(
            _describe(path, model, vocab, length),
            model,
            context,
            vocab,
            length,
            llama.llama_model_n_swa(model),
        )

    def close(self) -> None:
        if self.context:
            llama.llama_free(self.context)
            llama.llama_model_free(self.model)
            self.context = self.model = None


def _load_model(path: Path, options: EngineOptions, on_progress: Callable[[float], None]) -> Any:  # noqa: ANN401
    params = llama.llama_model_default_params()
    params.use_extra_bufts = options.use_extra_buffers
    shown = -1

    def report(fraction: float, _: ctypes.c_void_p) -> bool:
        nonlocal shown
        if int(fraction * 100) > shown:
            shown = int(fraction * 100)
            on_progress(min(1.0, fraction))
        return True

    callback = llama.llama_progress_callback(report)  # must outlive the call
    params.progress_callback = callback
    return llama.llama_model_load_from_file(str(path).encode(), params)


def _make_context(model: Any, length: int, threads: int | None) -> Any:  # noqa: ANN401
    params = llama.llama_context_default_params()
    params.n_ctx = length
    params.n_batch = params.n_ubatch = min(CHUNK_TOKENS, length)
    params.n_seq_max = 1
    params.n_threads = params.n_threads_batch = threads or psutil.cpu_count(logical=False) or 4
    # The default keeps every position of sliding-window layers: 48 GB for Step at 256K.
    params.swa_full = False
    return llama.llama_init_from_model(model, params)


def _describe(path: Path, model: Any, vocab: Any, length: int) -> ModelInfo:  # noqa: ANN401
    template = llama.llama_model_chat_template(model, None)
    return ModelInfo(
        name=path.stem,  # what the user chose; names inside files are often leftovers
        architecture=_meta(model, "general.architecture"),
        context_length=length,
        chat_template=template.decode("utf-8", "replace") if template else None,
        bos_token=_token_text(vocab, llama.llama_vocab_bos(vocab)),
        eos_token=_token_text(vocab, llama.llama_vocab_eos(vocab)),
        mtp_depth=llama.llama_model_n_layer_nextn(model),
        engine=f"llama.cpp ({version('llama-cpp-python')})",
        size_bytes=llama.llama_model_size(model),
    )


def _token_text(vocab: Any, token: int) -> str:  # noqa: ANN401
    if token < 0:
        return ""
    text: bytes = llama.llama_vocab_get_text(vocab, token) or b""
    return text.decode("utf-8", "replace")


def _meta(model: Any, key: str) -> str:  # noqa: ANN401
    buffer = ctypes.create_string_buffer(512)
    size = llama.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if size >= 0 else ""


def _load_error(path: Path) -> AppError:
    said = " ".join(native_log.errors)
    if found := _UNKNOWN_ARCHITECTURE.search(said):
        return model_unsupported(
            path.name, f"its architecture, {found[1]!r}, is not known to this version."
        )
    if "not within the file bounds" in said or "corrupted or incomplete" in said:
        return model_invalid(path.name, "the file is cut off or damaged.")
    if "allocate" in said or "out of memory" in said:
        return out_of_memory(f"{path.name} does not fit into memory.")
    if "magic" in said:
        return model_invalid(path.name, "it is not a GGUF file.")
    return model_invalid(path.name, "llama.cpp cannot read it.")
