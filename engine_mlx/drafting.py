"""Drafts from the MTP heads, with the rows of heads 2 and 3 chained as they were in training.

With tokens x_0 … x_n decided and the trunk's states known up to n-1, head k computes its rows up to
n-1: row t from the embedding of x_{t+1+k} and the output of head k-1 at row t. Rows that used a
draft are final when the draft was right, and are taken back when it was not. Rows are computed when
a draft is wanted, so not drafting costs nothing but keeping the last states. A head's cache may
skip rows: positions are absolute and only decide how likely a draft is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mlx.core as mx

from engine_mlx.kv_cache import ROOM_TOKENS, SLACK_TOKENS
from engine_mlx.model import Model, Rows
from engine_mlx.mtp import MtpHead

CATCH_UP_SHARE = 4  # of a window
MIN_CATCH_UP = 16  # rows
_MERGE_FROM = 64  # pieces of a buffer before they are joined


@dataclass(slots=True)
class RowBuffer:
    """The newest rows of something, (rows, hidden), by absolute position."""

    end: int = 0
    _pieces: list[mx.array] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.end - sum(piece.shape[0] for piece in self._pieces)

    def append(self, start: int, rows: mx.array, keep: int) -> None:
        """Add rows that follow what is held (else they replace it); hold at least ``keep``."""
        if start != self.end:
            self._pieces.clear()
        self._pieces.append(rows)
        self.end = start + rows.shape[0]
        while len(self._pieces) > 1 and self.end - self.start - self._pieces[0].shape[0] >= keep:
            del self._pieces[0]
        if len(self._pieces) >= _MERGE_FROM:
            joined = mx.concatenate(self._pieces)
            mx.async_eval(joined)  # type: ignore[no-untyped-call]
            self._pieces = [joined]

    def take(self, start: int, end: int) -> mx.array:
        """Rows of positions start … end-1, which must be held."""
        found, at = [], self.end
        for piece in reversed(self._pieces):
            at -= piece.shape[0]
            low, high = max(start - at, 0), min(end - at, piece.shape[0])
            if low < high:
                found.append(piece if high - low == piece.shape[0] else piece[low:high])
            if at <= start:
                break
        return found[0] if len(found) == 1 else mx.concatenate(found[::-1])

    def cut(self, end: int) -> None:
        """Forget positions from ``end`` on."""
        while self._pieces and self.end - self._pieces[-1].shape[0] >= end:
            self.end -= self._pieces.pop().shape[0]
        if self._pieces and self.end > end:
            last = self._pieces[-1]
            self._pieces[-1] = last[: last.shape[0] - (self.end - end)]
        self.end = min(self.end, end)

    def copy(self) -> "RowBuffer":
        return RowBuffer(self.end, list(self._pieces))

    def arrays(self) -> list[mx.array]:
        return list(self._pieces)


class ChainState:
    """What the heads know of one sequence."""

    def __init__(self, heads: Sequence[MtpHead], window: int) -> None:
        self._catch_up = max(MIN_CATCH_UP, window // CATCH_UP_SHARE)
        self._keep = self._catch_up + SLACK_TOKENS + ROOM_TOKENS
        self._window = window
        self._heads = heads
        self.hidden = RowBuffer()  # the trunk's states
        self._caches: list[Any] = [head.new_cache() for head in heads]
        self._rows = [0] * len(heads)  # each head's rows computed so far end here
        self._outputs = [RowBuffer() for _ in heads]

    def append(self, position: int, hidden: mx.array) -> None:
        """Trunk states of tokens now decided, (L, hidden) from ``position`` on."""
        if self._heads:
            self.hidden.append(position, hidden, self._keep)

    def first_row(self, number: int, end: int) -> int:
        """The first row that head ``number`` computes to draft at row ``end`` - 1.

        After a long time without drafts only the newest rows are made up for: the others would
        cost more than the drafts they improve.
        """
        oldest = max(self.source(number).start, end - self._catch_up)
        self._rows[number] = max(self._rows[number], oldest)
        return self._rows[number]

    def source(self, number: int) -> RowBuffer:
        """Where the hidden states for a head's rows are."""
        return self._outputs[number - 1] if number else self.hidden

    def cache(self, number: int) -> Any:  # noqa: ANN401 - a FullCache or WindowCache
        return self._caches[number]

    def computed(self, number: int, start: int, outputs: mx.array) -> None:
        """Head ``number`` has computed rows from ``start`` on."""
        self._rows[number] = start + outputs.shape[0]
        self._outputs[number].append(start, outputs, self._keep)

    def settle(self, end: int, depth: int, accepted: int) -> None:
        """Take back rows that used wrong drafts; ``end`` is where rows ended when drafting."""
        for number in range(depth):
            valid = max(0, min(end, end + accepted - number))
            if self._rows[number] > valid:
                self._caches[number].rewind(self._rows[number] - valid)
                self._rows[number] = valid
                self._outputs[number].cut(valid)

    def at(self, position: int, hidden: RowBuffer | None = None) -> "ChainState":
        """The state as it was at a position; the heads' rows are computed again when wanted."""
        past = ChainState(self._heads, self._window)
        past.hidden = (hidden or self.hidden).copy()
        past.hidden.cut(position)
        return past


def draft(
    model: Model, heads: Sequence[MtpHead], sequences: Sequence[tuple[ChainState, list[int]]]
) -> tuple[mx.array, int]:
    """One draft per head for each sequence, (sequences, heads), being computed.

    ``sequences``: the chain state and the decided tokens of each. Also returns how many rows the
    first head computed.
    """
    drafts: list[mx.array] = []  # per head: one token for each sequence
    first_rows = 0
    for number, head in enumerate(heads):
        ids, hidden, rows, starts = [], [], [], []
        for place, (chain, tokens) in enumerate(sequences):
            end, start = len(tokens) - 1, chain.first_row(number, len(tokens) - 1)
            known = tokens[start + 1 + number : end + 1]
            guessed = [
                drafts[j][place : place + 1] for j in range(max(0, start + number - end), number)
            ]
            ids += [mx.array(known, dtype=mx.int32)] * bool(known) + guessed
            hidden.append(chain.source(number).take(start, end))
            rows.append(Rows([chain.cache(number)], start, end - start))
            starts.append(start)
        count = sum(row.count for row in rows)
        first_rows = first_rows or count
        out = head(model.embed(_joined(ids)), _joined(hidden), rows)
        at, last = 0, []
        for (chain, _), row, start in zip(sequences, rows, starts, strict=True):
            chain.computed(number, start, out[at : at + row.count])
            at += row.count
            last.append(at - 1)
        final = out if count == len(last) else out[mx.array(last)]
        drafts.append(head.logits(final).argmax(axis=-1).astype(mx.int32))
        # The machine computes this head while the next one is put together.
        mx.async_eval(drafts[-1])  # type: ignore[no-untyped-call]
    return mx.stack(drafts, axis=1), first_rows


def _joined(parts: list[mx.array]) -> mx.array:
    return parts[0] if len(parts) == 1 else mx.concatenate(parts)
