"""Tokens of texts that were tokenised lately: most of a prompt stood in the one before it."""

import collections
import threading
from collections.abc import Callable

import numpy as np

from engine_gguf.batch import Tokens

_ROOM = 2_000_000  # characters of all texts together
_EACH = 64  # … that a text counts for besides its own


class KnownRuns:
    """Asked for tokens from any thread; the texts used last are kept."""

    def __init__(self, tokenize: Callable[[str], list[int]]) -> None:
        self._tokenize = tokenize
        self._lock = threading.Lock()
        self._runs: collections.OrderedDict[str, Tokens] = collections.OrderedDict()
        self._taken = 0

    def tokens(self, text: str) -> list[int]:
        with self._lock:
            known = self._runs.get(text)
            if known is not None:
                self._runs.move_to_end(text)
        if known is None:
            known = np.array(self._tokenize(text), dtype=np.int32)
            self._keep(text, known)
        found: list[int] = known.tolist()
        return found

    def _keep(self, text: str, tokens: Tokens) -> None:
        if len(text) + _EACH > _ROOM:
            return
        with self._lock:
            if text not in self._runs:  # another thread may have been faster
                self._runs[text] = tokens
                self._taken += len(text) + _EACH
            while self._taken > _ROOM:
                oldest, _ = self._runs.popitem(last=False)
                self._taken -= len(oldest) + _EACH
