"""Drafts by prompt lookup: what followed the last few tokens when they stood here before."""

from engine_gguf.batch import Tokens

_KEY = 3  # tokens that must agree
_REACH = 32_768  # tokens back that are looked at


class LookupDrafts:
    """Where each run of three tokens of one text ended last."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, ...], int] = {}
        self._done = 0  # tokens looked at

    def draft(self, tokens: Tokens, total: int, depth: int) -> list[int]:
        """At most ``depth`` tokens that may follow the first ``total``."""
        self._read(tokens, total)
        if total < _KEY:
            return []
        at = self._seen.get(tuple(tokens[total - _KEY : total].tolist()))
        return [] if at is None else tokens[at : min(at + depth, total)].tolist()

    def _read(self, tokens: Tokens, total: int) -> None:
        """Remember every run that something follows."""
        start = max(self._done, _KEY, total - _REACH)
        text = tokens[start - _KEY : total - 1].tolist() if start < total else []
        for offset in range(len(text) - _KEY + 1):
            self._seen[tuple(text[offset : offset + _KEY])] = start + offset
        self._done = max(start, total)
