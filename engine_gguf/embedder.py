"""The llama.cpp engine for embedding models: texts go in, one vector of length 1 each comes out."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.errors import (
    bad_request,
    model_unsupported,
    only_embeddings,
    out_of_memory,
    text_too_long,
)
from app.engine.protocol import (
    EngineOptions,
    Event,
    Failed,
    GenerateRequest,
    ModelInfo,
    PromptPart,
)
from engine_gguf.batch import Batch, FloatView, Tokens
from engine_gguf.bindings import llama
from engine_gguf.loading import field
from engine_gguf.model import default_threads
from engine_gguf.tokenizer import Tokenizer

_ROWS = 512  # of one call: each attends to all others, so more at once only cost more
_LONGEST = 2048  # tokens of a text, where the user asks for no other limit
_TEXTS = 32  # of one call

_RANKING = llama.LLAMA_POOLING_TYPE_RANK


def is_embedding_model(model: Any) -> bool:  # noqa: ANN401
    """Whether the header says how to make one vector of a text, or that no text follows another."""
    architecture = field(model, "general.architecture")
    pooling = field(model, f"{architecture}.pooling_type")
    is_causal = field(model, f"{architecture}.attention.causal") != "false"
    return pooling not in ("", "0") or not is_causal


class GgufEmbedder:
    """One embedding model. See ``app.engine.protocol.Engine``; it answers no requests."""

    def __init__(self, path: Path, model: Any, options: EngineOptions) -> None:  # noqa: ANN401
        """Takes the model over. Raises AppError."""
        self._model = model
        architecture = field(model, "general.architecture")
        trained = llama.llama_model_n_ctx_train(model) or _LONGEST
        self._longest = min(options.context_length or _LONGEST, trained)
        self._rows = max(_ROWS, self._longest)
        self._context = _open_context(path, model, self._rows, options)
        self._vocab = llama.llama_model_get_vocab(model)
        self._tokenizer = Tokenizer(self._vocab)
        self._batch = Batch(self._rows, _TEXTS)
        self._width = llama.llama_model_n_embd_out(model)
        self._new: list[str] = []
        self.info = ModelInfo(
            name=path.stem,
            architecture=architecture,
            context_length=self._longest,
            chat_template=None,
            engine=f"llama.cpp ({version('llama-cpp-python')})",
            size_bytes=llama.llama_model_size(model),
            embedding_size=self._width,
        )

    def submit(self, request: GenerateRequest) -> None:
        self._new.append(request.id)

    def step(self) -> list[Event]:
        error = only_embeddings(self.info.name)
        events: list[Event] = [Failed(request_id, error) for request_id in self._new]
        self._new.clear()
        return events

    def cancel(self, request_id: str) -> None:
        """Nothing is ever running."""

    def count_tokens(self, text: str) -> int:
        return self._tokenizer.count(text)

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        return len(self._tokenizer.encode(prompt))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Texts of like length go through together; the vectors come in the order of the texts."""
        tokens = [self._encoded(text) for text in texts]
        found: list[list[float]] = [[] for _ in texts]
        group: list[int] = []
        rows = 0
        for index in sorted(range(len(texts)), key=lambda index: len(tokens[index])):
            size = len(tokens[index])
            if group and (len(group) == _TEXTS or rows + size > max(_ROWS, size)):
                self._run(group, tokens, found)
                group, rows = [], 0
            group.append(index)
            rows += size
        if group:
            self._run(group, tokens, found)
        return found

    def close(self) -> None:
        if self._context:
            llama.llama_free(self._context)
            llama.llama_model_free(self._model)
            self._context = self._model = None

    def _encoded(self, text: str) -> Tokens:
        """With the tokens that the model wants around a text; no marker forms out of it."""
        if len(text) // self._tokenizer.longest > self._longest:
            raise text_too_long(len(text) // self._tokenizer.longest, self._longest)
        tokens = np.array(self._tokenizer.enclosed(text), dtype=np.int32)
        if not len(tokens):
            raise bad_request("A text to embed must not be empty.")
        if len(tokens) > self._longest:
            raise text_too_long(len(tokens), self._longest)
        return tokens

    def _run(self, group: list[int], tokens: list[Tokens], found: list[list[float]]) -> None:
        batch = self._batch
        batch.clear()
        for sequence, index in enumerate(group):
            batch.add(tokens[index], 0, sequence, len(tokens[index]))
        memory = llama.llama_get_memory(self._context)
        if memory:  # a model that reads from left to right has one
            llama.llama_memory_clear(memory, True)
        if batch.decode(self._context) != 0:
            raise out_of_memory("The engine could not compute the embeddings.")
        for sequence, index in enumerate(group):
            pointer = llama.llama_get_embeddings_seq(self._context, sequence)
            vector = FloatView(self._width, 1).at(pointer)[0].astype(np.float64)
            found[index] = (vector / (np.linalg.norm(vector) or 1.0)).tolist()


def _open_context(path: Path, model: Any, rows: int, options: EngineOptions) -> Any:  # noqa: ANN401
    params = llama.llama_context_default_params()
    params.embeddings = True
    params.n_ctx = params.n_batch = params.n_ubatch = rows
    params.n_seq_max = _TEXTS
    params.kv_unified = True
    params.swa_full = False
    params.n_threads = params.n_threads_batch = options.threads or default_threads()
    context = llama.llama_init_from_model(model, params)
    if context and llama.llama_pooling_type(context) == llama.LLAMA_POOLING_TYPE_NONE:
        # The header names no way; the mean is what models without a word about it were made for.
        llama.llama_free(context)
        params.pooling_type = llama.LLAMA_POOLING_TYPE_MEAN
        context = llama.llama_init_from_model(model, params)
    if not context:
        llama.llama_model_free(model)
        raise out_of_memory(f"{path.name} with {rows:,} tokens at a time does not fit.")
    if llama.llama_pooling_type(context) == _RANKING:
        llama.llama_free(context)
        llama.llama_model_free(model)
        raise model_unsupported(path.name, "it ranks texts and makes no embeddings.")
    return context
