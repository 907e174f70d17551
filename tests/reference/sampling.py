"""The pinned sampler order in plain numpy: what every engine must draw from."""

import numpy as np


def distribution(logits, params, history):
    """Probabilities over the vocabulary, (V,), for the next token after ``history``."""
    logits = np.array(logits, dtype=np.float64)
    last = list(history)[-params.penalty_last_tokens :] if params.penalty_last_tokens else []
    for token, count in zip(*np.unique(last, return_counts=True), strict=True):
        token = int(token)
        if logits[token] > 0:
            logits[token] /= params.repetition_penalty
        else:
            logits[token] *= params.repetition_penalty
        logits[token] -= count * params.frequency_penalty + params.presence_penalty
    order = np.argsort(-logits, kind="stable")
    if params.temperature == 0:
        return _only(logits, order[:1])
    if params.top_k:
        order = order[: params.top_k]
    if params.top_p < 1:
        reached = np.cumsum(_softmax(logits[order]))
        order = order[: int(np.searchsorted(reached, params.top_p)) + 1]
    if params.min_p > 0:
        order = order[_softmax(logits[order]) >= params.min_p * _softmax(logits[order])[0]]
    return _only(logits / params.temperature, order)


def _only(logits, kept):
    found = np.zeros_like(logits)
    found[kept] = _softmax(logits[kept])
    return found


def _softmax(logits):
    raised = np.exp(logits - logits.max())
    return raised / raised.sum()
