"""The pinned sampler order of the socket as a chain of llama.cpp's samplers."""

import secrets
from collections.abc import Sequence
from typing import Any

from app.engine.protocol import SamplingParams
from engine_gguf.bindings import llama


class Sampler:
    """Chooses tokens for one request: penalties → top_k → top_p → min_p → temperature → draw."""

    def __init__(self, vocab: Any, params: SamplingParams, prompt: Sequence[int]) -> None:  # noqa: ANN401
        self.seed = secrets.randbelow(2**32 - 1) if params.seed is None else params.seed
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for sampler in self._samplers(vocab, params):
            llama.llama_sampler_chain_add(self._chain, sampler)
        for token in prompt[-params.penalty_last_tokens :] if params.penalty_last_tokens else ():
            llama.llama_sampler_accept(self._chain, token)

    def sample(self, context: Any, row: int) -> int:  # noqa: ANN401
        """The next token from the logits of an output row; the penalties remember it."""
        return int(llama.llama_sampler_sample(self._chain, context, row))

    def close(self) -> None:
        if self._chain:
            llama.llama_sampler_free(self._chain)
            self._chain = None

    def _samplers(self, vocab: Any, params: SamplingParams) -> list[Any]:  # noqa: ANN401
        chain = []
        penalties = (params.repetition_penalty, params.frequency_penalty, params.presence_penalty)
        if penalties != (1.0, 0.0, 0.0) and params.penalty_last_tokens:
            size = llama.llama_vocab_n_tokens(vocab)
            last = params.penalty_last_tokens
            chain.append(llama.llama_sampler_init_penalties(size, last, *penalties))
        if params.temperature == 0:
            return [*chain, llama.llama_sampler_init_greedy()]
        if params.top_k:
            chain.append(llama.llama_sampler_init_top_k(params.top_k))
        if params.top_p < 1:
            chain.append(llama.llama_sampler_init_top_p(params.top_p, 1))
        if params.min_p > 0:
            chain.append(llama.llama_sampler_init_min_p(params.min_p, 1))
        chain.append(llama.llama_sampler_init_temp(params.temperature))
        return [*chain, llama.llama_sampler_init_dist(self.seed)]
