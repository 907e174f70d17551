"""The pinned sampler order of the socket as a chain of llama.cpp's samplers."""

import ctypes
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.protocol import SamplingParams
from engine_gguf.batch import Rows
from engine_gguf.bindings import llama

_Candidate = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Sampler:
    """Chooses tokens for one request: penalties → top_k → top_p → min_p → temperature → draw.

    A draw is made, and the penalties move on, once for each token of the answer: drafts that are
    refused were never drawn. So a seed gives the same text with drafts and without.
    """

    def __init__(self, vocab: Any, params: SamplingParams, history: Sequence[int]) -> None:  # noqa: ANN401
        """``history``: the tokens before the first one drawn, for the penalties."""
        self.seed = secrets.randbelow(2**32 - 1) if params.seed is None else params.seed
        self._chain = None
        penalties = (params.repetition_penalty, params.frequency_penalty, params.presence_penalty)
        has_penalties = penalties != (1.0, 0.0, 0.0) and params.penalty_last_tokens > 0
        self._is_plain = params.temperature == 0 and not has_penalties
        if self._is_plain:
            return
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        if has_penalties:
            size = llama.llama_vocab_n_tokens(vocab)
            self._add(
                llama.llama_sampler_init_penalties(size, params.penalty_last_tokens, *penalties)
            )
        for sampler in self._after_penalties(params):
            self._add(sampler)
        for token in history[-params.penalty_last_tokens :] if has_penalties else ():
            llama.llama_sampler_accept(self._chain, int(token))

    def sample(self, logits: Rows) -> int:
        """The next token from its logits (V,)."""
        if self._is_plain:
            return int(logits.argmax())
        candidates = np.zeros(len(logits), dtype=_Candidate)
        candidates["id"] = np.arange(len(logits))
        candidates["logit"] = logits
        array = llama.llama_token_data_array(
            data=candidates.ctypes.data_as(llama.llama_token_data_p),
            size=len(candidates),
            selected=-1,
            sorted=False,
        )
        llama.llama_sampler_apply(self._chain, ctypes.byref(array))
        token = int(array.data[array.selected].id)
        llama.llama_sampler_accept(self._chain, token)
        return token

    def close(self) -> None:
        if self._chain:
            llama.llama_sampler_free(self._chain)
            self._chain = None

    def _add(self, sampler: Any) -> None:  # noqa: ANN401
        llama.llama_sampler_chain_add(self._chain, sampler)

    def _after_penalties(self, params: SamplingParams) -> list[Any]:
        if params.temperature == 0:
            return [llama.llama_sampler_init_greedy()]
        chain = []
        if params.top_k:
            chain.append(llama.llama_sampler_init_top_k(params.top_k))
        if params.top_p < 1:
            chain.append(llama.llama_sampler_init_top_p(params.top_p, 1))
        if params.min_p > 0:
            chain.append(llama.llama_sampler_init_min_p(params.min_p, 1))
        chain.append(llama.llama_sampler_init_temp(params.temperature))
        return [*chain, llama.llama_sampler_init_dist(self.seed)]
