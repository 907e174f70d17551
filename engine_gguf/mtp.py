"""Drafts from a model's own MTP heads, chained: head k sees what head k-1 made of each row.

Row q of every head takes token x_q. Head 0 takes with it the trunk's state of position q-1 (before
the final norm), head k the output of head k-1 at row q-1, as in training. llama.cpp's own driver
gives every head the trunk's state in rows already decided, which is where heads 2 and 3 lose half
of their acceptance.

Each head has a context of its own, so a row is computed once by each head: a row whose token was
drafted and then accepted had all the right inputs already, and accepted rows and the next draft go
through a head in one decode.
"""

from typing import Any

import numpy as np

from app.engine.sizes import MAX_DRAFTS, MTP_ROWS
from engine_gguf.batch import Batch, FloatView, Rows, Tokens
from engine_gguf.bindings import llama, llama_mtp
from engine_gguf.threads import Threads

_CLEAN_ROWS = MAX_DRAFTS + 2  # of a head in a cycle: with more it is catching up


class History:
    """The last states of a run of positions, (positions, width), in a ring."""

    def __init__(self, size: int, width: int) -> None:
        self._ring: Rows = np.zeros((size, width), dtype=np.float32)
        self.first = 0  # oldest position held
        self.end = 0  # after the newest one

    def put(self, position: int, rows: Rows) -> None:
        """Set states from ``position`` on; later ones are forgotten."""
        size = len(self._ring)
        if len(rows) > size:
            position, rows = position + len(rows) - size, rows[-size:]
        if not self.first <= position <= self.end:
            self.first = position
        self.end = position + len(rows)
        self.first = max(self.first, self.end - size)
        at = position % size
        until = min(len(rows), size - at)
        self._ring[at : at + until] = rows[:until]
        if until < len(rows):
            self._ring[: len(rows) - until] = rows[until:]

    def get(self, position: int, out: Rows) -> None:
        """Copy the states from ``position`` on into ``out``."""
        assert self.first <= position
        assert position + len(out) <= self.end
        at = position % len(self._ring)
        until = min(len(out), len(self._ring) - at)
        out[:until] = self._ring[at : at + until]
        if until < len(out):
            out[until:] = self._ring[: len(out) - until]

    def forget_from(self, position: int) -> None:
        self.end = max(self.first, min(self.end, position))


class Trunk:
    """The trunk's states of one text. The next request often goes on from it, and so can these."""

    def __init__(self, history: int, width: int) -> None:
        self.states = History(history, width)
        self.changed_from = 0  # oldest position that is another since drafts were made

    def put(self, position: int, rows: Rows) -> None:
        """States of decided tokens from ``position`` on, in place of those that were there."""
        if position < self.states.end:
            self.changed_from = min(self.changed_from, position)
        self.states.put(position, rows)

    def forget_from(self, position: int) -> None:
        """The tokens from here on are others now, or were drafts that were wrong."""
        if position < self.states.end:
            self.changed_from = min(self.changed_from, position)
            self.states.forget_from(position)


class Head:
    """One MTP head and its context. It follows one text at a time."""

    def __init__(self, context: Any, width: int, vocabulary: int, rows: int, history: int) -> None:  # noqa: ANN401
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._batch = Batch(rows, 1, width)
        self._threads = Threads(context)
        self._states = FloatView(width, rows)
        self._logits = FloatView(vocabulary, rows)
        self._history = history
        self.first = 0  # row the context begins with
        self.next = 0  # row to decode next
        self.outputs = History(history + 2 * rows, width)

    def restart(self) -> None:
        llama.llama_memory_seq_rm(self._memory, 0, -1, -1)
        self.first = self.next = 0
        self.outputs.first = self.outputs.end = 0

    def rewind(self, row: int) -> None:
        """Forget this row and those after it."""
        if self.next > row:
            llama.llama_memory_seq_rm(self._memory, 0, row, -1)
            self.next = row
            self.outputs.forget_from(row)

    def begin_at(self, inputs: History, last: int) -> int:
        """The first row to decode so that row ``last`` gets done; begins anew across a gap."""
        start = max(self.next, inputs.first + 1)
        if start != self.next or last + 1 - start > self._history:
            start = max(start, last + 1 - self._history)
            self.restart()
            self.first = self.next = start
        return start

    def run(self, tokens: Tokens, inputs: History, *, is_last: bool) -> int:
        """Decode rows for these tokens from ``next`` on; the likeliest token after the last one.

        ``is_last``: no later head needs the outputs.
        """
        batch, done, best = self._batch, 0, -1
        while done < len(tokens):
            part = tokens[done : done + batch.size]
            batch.clear()
            batch.add(part, self.next, 0, 1 if is_last else len(part))
            inputs.get(self.next - 1, batch.embedding[: len(part)])
            code = self._threads.decode(batch, is_writing=len(tokens) <= _CLEAN_ROWS)
            assert code == 0, f"an MTP head could not be decoded ({code})"
            rows = 1 if is_last else len(part)
            if not is_last:
                states = self._states.at(llama_mtp.llama_get_embeddings_nextn(self._context))
                self.outputs.put(self.next, states[:rows])
            best = int(self._logits.at(llama.llama_get_logits(self._context))[rows - 1].argmax())
            self.next += len(part)
            done += len(part)
        if self.next - self.first > 2 * self._history:
            self.first = self.next - self._history
            llama.llama_memory_seq_rm(self._memory, 0, -1, self.first)
        return best


class MtpDrafts:
    """Drafts for one text at a time; its trunk outlives its turns, and the heads follow it."""

    def __init__(self, heads: list[Any], width: int, vocabulary: int, history: int) -> None:
        self._width = width
        self._history = history
        self._heads = [Head(head, width, vocabulary, MTP_ROWS, history) for head in heads]
        self._followed: Trunk | None = None
        self.deepest = len(heads)

    def new_trunk(self) -> Trunk:
        """Where the trunk's states of a text are to be put."""
        return Trunk(self._history + MTP_ROWS, self._width)

    def draft(self, trunk: Trunk, tokens: Tokens, total: int, depth: int) -> tuple[list[int], bool]:
        """At most ``depth`` drafts after the first ``total`` tokens, and whether that was clean.

        Not clean: rows from before had to be caught up on, which took longer than usual.
        """
        for head in self._heads:
            if trunk is self._followed:
                head.rewind(trunk.changed_from)
            else:
                head.restart()
        self._followed, trunk.changed_from = trunk, total
        row, drafts, is_clean, inputs = total - 1, list[int](), True, trunk.states
        line = np.empty(depth, dtype=np.int32)
        for index in range(depth):
            head = self._heads[index]
            if inputs.end < row + index or inputs.first >= row + index:
                break  # not enough is known yet
            start = head.begin_at(inputs, row + index)
            is_clean = is_clean and row + index + 1 - start <= _CLEAN_ROWS
            known = min(start, total)
            text = np.concatenate([tokens[known:total], line[:index]])[start - known :]
            line[index] = head.run(text, inputs, is_last=index + 1 == self.deepest)
            drafts.append(int(line[index]))
            inputs = head.outputs
        return drafts, is_clean
