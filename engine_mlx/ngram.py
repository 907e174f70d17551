"""Drafts without a draft model: what followed the last time these words stood in the text."""

from collections.abc import Sequence

_LONGEST = 4  # tokens that must agree, tried from long to short
_LOOK_BACK = 4096  # tokens


def ngram_draft(tokens: Sequence[int], depth: int) -> list[int]:
    """Up to ``depth`` tokens that may come next (prompt lookup decoding)."""
    recent = list(tokens[-_LOOK_BACK:])
    for size in range(min(_LONGEST, len(recent) - 1), 1, -1):
        wanted = recent[-size:]
        for at in range(len(recent) - size - 1, -1, -1):
            if recent[at] == wanted[0] and recent[at : at + size] == wanted:
                return recent[at + size : at + size + depth]
    return []
