"""Log probabilities of tokens, as each protocol asks for them and tells them."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.engine.protocol import MAX_TOP_LOGPROBS, TokenLogprob, TokenLogprobs
from app.server.errors import invalid
from app.server.fields import Fields

_UNKNOWN = "\ufffd"  # stands for bytes that are not whole characters
_LOWEST = -9999.0  # for a probability of nothing: JSON has no infinity


def read_top_logprobs(fields: Fields) -> int:
    """How many alternatives are asked for; none when nothing is said. Raises ApiError 400."""
    count = fields.whole("top_logprobs") or 0
    if not 0 <= count <= MAX_TOP_LOGPROBS:
        raise invalid(f"top_logprobs must be between 0 and {MAX_TOP_LOGPROBS}.", "top_logprobs")
    return count


def chat_logprobs(tokens: Iterable[TokenLogprobs]) -> list[dict[str, Any]]:
    """Also the form of whole items of the Responses protocol."""
    return [
        _with_bytes(token.chosen) | {"top_logprobs": [_with_bytes(other) for other in token.top]}
        for token in tokens
    ]


def event_logprobs(tokens: Iterable[TokenLogprobs]) -> list[dict[str, Any]]:
    """As events of the Responses protocol have them: without the bytes."""
    return [
        _plain(token.chosen) | {"top_logprobs": [_plain(other) for other in token.top]}
        for token in tokens
    ]


def completion_logprobs(tokens: Iterable[TokenLogprobs], offset: int) -> Mapping[str, Any]:
    """The older form: side by side, with where each token begins in the text, in characters."""
    texts, offsets, numbers, tops = [], [], [], []
    for token in tokens:
        texts.append(token.chosen.text)
        offsets.append(offset)
        numbers.append(_number(token.chosen))
        tops.append({other.text: _number(other) for other in token.top})
        offset += len(token.chosen.text)
    return {
        "tokens": texts,
        "token_logprobs": numbers,
        "top_logprobs": tops,
        "text_offset": offsets,
    }


def _plain(token: TokenLogprob) -> dict[str, Any]:
    return {"token": token.text, "logprob": _number(token)}


def _with_bytes(token: TokenLogprob) -> dict[str, Any]:
    known = None if _UNKNOWN in token.text else list(token.text.encode("utf-8", "replace"))
    return _plain(token) | {"bytes": known}


def _number(token: TokenLogprob) -> float:
    return max(token.logprob, _LOWEST)
