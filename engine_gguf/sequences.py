"""The sequences of a context: which tokens each holds, and which one a prompt can go on from."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine_gguf.batch import Tokens
from engine_gguf.bindings import llama
from engine_gguf.states import State, States

_SHORT_TAIL = 64  # tokens of a finished sequence that are not worth keeping apart
_SHORT_HEAD = 32  # … and of a common beginning that are not worth sharing


@dataclass(slots=True)
class Sequence:
    """Tokens of one conversation and how many of them the context holds the state of."""

    id: int
    tokens: Tokens = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    held: int = 0
    is_live: bool = False  # a request is being answered with it
    used_at: int = 0
    session: str = ""  # the named conversation that it belongs to


class Sequences:
    """All sequences of one context; they share its cells."""

    def __init__(self, context: Any, count: int, cells: int, window: int) -> None:  # noqa: ANN401
        self.states = States(context, count - 1, has_window=window > 0)
        self._memory = llama.llama_get_memory(context)
        self._cells = cells
        self._window = window
        self._all = [Sequence(index) for index in range(count - 1)]  # the last one is a scratch
        self._clock = 0

    def best(self, prompt: Tokens) -> tuple[Sequence | None, int]:
        """The sequence that saves most of this prompt, and how many tokens it saves."""
        best, most = None, 0
        for sequence in self._all:
            usable = self._usable(sequence, shared(sequence.tokens[: sequence.held], prompt))
            # Of equals a finished one, because it can be taken over without copying.
            if usable > most or (usable == most > 0 and best is not None and best.is_live):
                best, most = sequence, usable
        return best, most

    def agreeing(self, prompt: Tokens) -> list[tuple[Sequence, int]]:
        """Every sequence with the number of tokens it agrees on, whatever windows still hold."""
        found = [(one, shared(one.tokens[: one.held], prompt)) for one in self._all]
        return [(sequence, count) for sequence, count in found if count]

    def open(self) -> Sequence | None:
        """An empty sequence, made by giving up the oldest finished one if need be."""
        empty = self._empty()
        if empty is None and self.evict():
            empty = self._empty()
        return self._begin(empty) if empty is not None else None

    def continue_from(
        self, source: Sequence, keep: int, window: State | None = None, session: str = ""
    ) -> Sequence | None:
        """A sequence that holds the first ``keep`` tokens of another.

        ``window``: what the window layers held there, where the source no longer does. The source
        is cut and taken over when it is finished, little would be lost, and it belongs to no other
        named conversation. Raises StateError.
        """
        is_free = not source.is_live and source.session in ("", session)
        if is_free and source.held - keep <= _SHORT_TAIL:
            self.cut(source, keep)
            if window is not None:
                self.states.put_window(source.id, window)
            return self._begin(source)
        source.used_at = self._tick()
        copy = self.open()
        if copy is None:
            return None
        if source.held < keep:  # it was the one given up
            return copy
        llama.llama_memory_seq_cp(self._memory, source.id, copy.id, 0, keep)
        copy.tokens, copy.held = source.tokens[:keep], keep
        if self._window:
            # Window cells with two owners are not used again, even when both have moved on.
            self.states.put_window(
                copy.id, self.states.window(copy.id) if window is None else window
            )
        return copy

    def share(self, sequence: Sequence) -> None:
        """Let the cells of a beginning that a live sequence has too be those of both.

        Attention goes over all cells in use, so each row of a batch pays for every copy.
        """
        if self._window:
            return
        held = sequence.tokens[: sequence.held]
        others = [one for one in self._all if one.is_live and one is not sequence]
        alike = [(shared(one.tokens[: one.held], held), one.id) for one in others]
        count, other = max(alike, default=(0, 0))
        if count >= _SHORT_HEAD and llama.llama_memory_seq_rm(self._memory, sequence.id, 0, count):
            llama.llama_memory_seq_cp(self._memory, other, sequence.id, 0, count)

    def cut(self, sequence: Sequence, keep: int) -> None:
        """Forget the state of every token from ``keep`` on."""
        if sequence.held > keep:
            llama.llama_memory_seq_rm(self._memory, sequence.id, keep, -1)
            sequence.held = keep

    def drop(self, sequence: Sequence) -> None:
        llama.llama_memory_seq_rm(self._memory, sequence.id, -1, -1)
        sequence.held = 0
        sequence.is_live = False
        sequence.session = ""
        sequence.tokens = sequence.tokens[:0]

    def finish(self, sequence: Sequence) -> None:
        sequence.is_live = False
        sequence.used_at = self._tick()

    def clear(self) -> None:
        """Forget everything; no sequence may be live."""
        llama.llama_memory_clear(self._memory, True)
        for sequence in self._all:
            sequence.held = 0
            sequence.session = ""
            sequence.tokens = sequence.tokens[:0]

    def idle(self) -> list[Sequence]:
        """Finished ones that hold something."""
        return [one for one in self._all if not one.is_live and one.held]

    def evict(self) -> bool:
        """Give up a finished sequence; False when there is none.

        Those of no named conversation go first, and of equals the one used longest ago.
        """
        idle = self.idle()
        if not idle:
            return False
        self.drop(min(idle, key=lambda one: (one.session != "", one.used_at)))
        return True

    def make_room(self, tokens: int) -> None:
        """Give up finished sequences until so many more tokens should fit.

        Cells that sequences share are counted twice here, which errs on the safe side.
        """
        while self._cells - sum(one.held for one in self._all) < tokens and self.evict():
            pass

    def _usable(self, sequence: Sequence, agreed: int) -> int:
        """How many of the agreed tokens can be gone on from: all, or none of them.

        Window layers hold only the last positions. Going on from an earlier one needs the whole
        window before it.
        """
        if not self._window or agreed == sequence.held or not agreed:
            return agreed
        first = llama.llama_memory_seq_pos_min(self._memory, sequence.id)
        return agreed if first <= max(0, agreed - self._window + 1) else 0

    def _empty(self) -> Sequence | None:
        return next((one for one in self._all if not one.is_live and not one.held), None)

    def _begin(self, sequence: Sequence) -> Sequence:
        sequence.is_live = True
        sequence.used_at = self._tick()
        return sequence

    def _tick(self) -> int:
        self._clock += 1
        return self._clock


def shared(held: Tokens, wanted: Tokens) -> int:
    """How many tokens two runs agree on from the start."""
    size = min(len(held), len(wanted))
    differs = held[:size] != wanted[:size]
    return int(differs.argmax()) if differs.any() else size
