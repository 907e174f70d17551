"""What follows the prompts that were computed last, so that one asked again is answered at once.

Somebody wants another answer, or several to one prompt, or a client tries again.
"""

import collections
import hashlib

from engine_gguf.batch import Rows, Tokens

_MOST = 8  # prompts; a row is as wide as the vocabulary


class Endings:
    """The logits behind whole prompts."""

    def __init__(self) -> None:
        self._rows: collections.OrderedDict[bytes, Rows] = collections.OrderedDict()

    def put(self, prompt: Tokens, logits: Rows) -> None:
        """Keep a copy of the row (V,) of the prompt's last token."""
        key = _digest(prompt)
        self._rows[key] = logits.copy()
        self._rows.move_to_end(key)
        if len(self._rows) > _MOST:
            self._rows.popitem(last=False)

    def get(self, prompt: Tokens) -> Rows | None:
        """A copy of the row (V,), if it is known."""
        row = self._rows.get(_digest(prompt))
        return None if row is None else row.copy()

    def clear(self) -> None:
        self._rows.clear()


def _digest(prompt: Tokens) -> bytes:
    return hashlib.sha256(prompt.tobytes()).digest()
