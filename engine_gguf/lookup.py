"""Drafts by prompt lookup: what followed the last few tokens when they stood here before."""

from dataclasses import dataclass, field

import numpy as np

from engine_gguf.batch import Tokens

_KEY = 3  # tokens that must agree
_REACH = 32_768  # tokens back that are looked at
_RUN_KEY = 8  # … before a long run is drafted, which is seldom wrong then
_FIRST_WAIT = 2  # runs let pass after one that did not pay, doubled each time
_LONGEST_WAIT = 128
_STRIDE = 4  # tokens between two looks for a run: each costs what the processor has to fetch anew
_NEAR = 64  # tokens after a run, in which the next one is looked for at each token


class LookupDrafts:
    """Where each run of so many tokens of one text ended last."""

    def __init__(self, key: int = _KEY) -> None:
        self._key = key
        self._seen: dict[bytes, int] = {}
        self._done = 0  # tokens looked at
        self._last = b""  # run that ends there

    def draft(self, tokens: Tokens, total: int, depth: int) -> list[int]:
        """At most ``depth`` tokens that may follow the first ``total``.

        A text that repeats itself is taken to go on doing so.
        """
        if total < self._key:
            return []
        self._read(tokens, total)
        at = self._seen.get(self._last)
        if at is None:
            return []
        return np.resize(tokens[at : min(at + depth, total)], depth).tolist()

    def _read(self, tokens: Tokens, total: int) -> None:
        """Remember every run that something follows."""
        key, seen, last = self._key, self._seen, self._last
        start = self._done
        if start < max(key, total - _REACH):
            start = max(key, total - _REACH)
            last = tokens[start - key : start].tobytes()
        for end in range(start, total):
            seen[last] = end
            last = tokens[end + 1 - key : end + 1].tobytes()
        self._done, self._last = total, last


@dataclass(slots=True)
class _Followed:
    """A text in which runs are looked for."""

    lookup: LookupDrafts = field(default_factory=lambda: LookupDrafts(_RUN_KEY))
    due_at: int = 0  # tokens of the text at the next look
    near_until: int = 0  # … up to which one is due at each token


class RunDrafts:
    """Drafts of long runs, as long as they are faster than what is done otherwise.

    Where code is quoted or a list goes on, text often repeats itself word for word. A run costs no
    head, and many rows at once are cheaper than a few rows often.
    """

    def __init__(self) -> None:
        self._followed: dict[str, _Followed] = {}  # by request
        self._wait = 0  # runs to let pass when the next one does not pay
        self._left = 0

    def draft(self, owner: str, tokens: Tokens, total: int, most: int) -> list[int]:
        text = self._followed.get(owner)
        if text is None:
            text = self._followed[owner] = _Followed()
        elif total < text.due_at:
            return []
        found = text.lookup.draft(tokens, total, most)
        if found:
            text.near_until = total + _NEAR
        text.due_at = total + (1 if total < text.near_until else _STRIDE)
        if found and self._left:
            self._left -= 1
            return []
        return found

    def judge(self, rate: float, usual_rate: float) -> None:
        """Tokens per second of a cycle that drafted a run, and of the others."""
        pays = rate > usual_rate
        self._wait = 0 if pays else min(max(_FIRST_WAIT, 2 * self._wait), _LONGEST_WAIT)
        self._left = self._wait

    def forget(self, owner: str) -> None:
        self._followed.pop(owner, None)
