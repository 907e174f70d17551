"""Constrained output: which tokens may come next, as a bit mask computed once for both engines."""

from typing import Any

import llguidance
import numpy as np
from numpy.typing import NDArray

from app.engine.errors import bad_request
from app.engine.protocol import Constraint

Bits = NDArray[np.int32]


class TokenMask:
    """The grammar of one answer, advanced token by token.

    It is asleep until the text ``starts_after`` has been written (the end of the reasoning, or the
    opening of a tool call); then only tokens that the grammar allows may follow. Each token taken
    can be taken back, which is what verifying drafts needs.
    """

    def __init__(
        self, tokenizer: llguidance.LLTokenizer, constraint: Constraint, size: int
    ) -> None:
        """``size``: V, the vocabulary. Raises AppError when the grammar cannot be compiled."""
        self._matcher = llguidance.LLMatcher(tokenizer, constraint.grammar)
        if self._matcher.is_error() and constraint.without_markers:
            self._matcher = llguidance.LLMatcher(tokenizer, constraint.without_markers)
        if self._matcher.is_error():
            raise bad_request(f"The required form is not usable: {_reason(self._matcher)}")
        self._starts_after = constraint.starts_after
        self._seen = ""  # the last characters, as long as the mask is asleep
        self._is_awake = not constraint.starts_after
        self._bits: Bits = np.zeros((size + 31) // 32, dtype=np.int32)
        self._taken: list[tuple[bool, str]] = []  # (was awake, seen) before each token

    @property
    def is_over(self) -> bool:
        """Nothing but the end of the answer may follow."""
        return self._is_awake and bool(self._matcher.is_stopped())

    def bits(self) -> Bits | None:
        """Allowed tokens, one bit each (little endian, ((V + 31) // 32,)); None = all of them.

        The array is used again by the next call.
        """
        if not self._is_awake:
            return None
        self._matcher.unsafe_compute_mask_ptr(self._bits.ctypes.data, self._bits.nbytes)
        return self._bits

    def accept(self, token: int, text: str) -> None:
        """Advance by the token that was chosen; ``text`` is what it stands for."""
        self._taken.append((self._is_awake, self._seen))
        if self._is_awake:
            if not self._matcher.consume_token(token):
                raise AssertionError(f"token {token} was not allowed")
            return
        self._seen = (self._seen + text)[-len(self._starts_after) - len(text) :]
        if self._starts_after in self._seen:
            self._is_awake = True

    def rollback(self, count: int) -> None:
        """Take back the last tokens."""
        for _ in range(count):
            was_awake, self._seen = self._taken.pop()
            if was_awake:
                self._matcher.rollback(1)
            self._is_awake = was_awake


def apply(bits: Bits, logits: NDArray[np.float32]) -> None:
    """Set the logits (V,) of forbidden tokens to -inf, in place."""
    allowed = np.unpackbits(bits.view(np.uint8), bitorder="little")[: len(logits)]
    logits[allowed == 0] = -np.inf


def check_grammar(grammar: str) -> None:
    """Raise AppError when a grammar cannot be compiled; needs no vocabulary."""
    if error := llguidance.LLMatcher.validate_grammar(grammar, None):
        raise bad_request(f"The required form is not usable: {error.splitlines()[0][:200]}")


def _reason(matcher: Any) -> str:  # noqa: ANN401 - llguidance has no types
    return str(matcher.get_error()).splitlines()[0][:200]
