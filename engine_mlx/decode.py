"""The decode loop: prefill in chunks, then cycles of draft, verify and accept.

A cycle computes each sequence's last decided token and its drafts in one forward pass, chooses a
token from the target's own logits at each row and goes on while that is the draft. So the text has
exactly the target's distribution, whatever was drafted and however tokens are chosen.
"""

import time
from collections.abc import Sequence as Many

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from app.engine.depth import DepthChooser
from engine_mlx.drafting import draft
from engine_mlx.ngram import ngram_draft
from engine_mlx.sequence import Sequence
from engine_mlx.trunk import StepTrunk, Trunk

CHUNK_TOKENS = 512  # one prefill step
_CLEAN_ROWS = 8  # a first head that had to compute more rows was catching up


class Decoder:
    """Advances sequences on one model. One thread uses it."""

    def __init__(self, trunk: Trunk, chooser: DepthChooser) -> None:
        self._trunk = trunk
        self._chooser = chooser

    def prefill(self, sequence: Sequence) -> None:
        """Compute the next chunk of the prompt; takes a snapshot where one is due."""
        start = sequence.state.offset
        ends = [mark for mark in sequence.marks if mark > start]
        end = min(start + CHUNK_TOKENS, *ends, sequence.prompt_tokens)
        tokens = mx.array(sequence.tokens[start:end], dtype=mx.int32)
        hidden = self._trunk.forward(tokens, [(sequence.state, end - start)])
        sequence.chain.append(start, hidden)
        if end == sequence.prompt_tokens:
            sequence.next_logits = self._trunk.logits(hidden[-1:])[0]
            mx.eval(sequence.next_logits)
        mx.eval(hidden)
        if end in sequence.marks or end == sequence.prompt_tokens:
            sequence.snapshots.append(sequence.state.mark(sequence.chain.hidden))

    def cycle(self, sequences: Many[Sequence]) -> list[list[int]]:
        """New tokens of each sequence, at least one, in the order of ``sequences``."""
        started = time.perf_counter()
        is_fast = all(sequence.is_fast for sequence in sequences)
        depth = self._depth(sequences)
        if depth == 0 and is_fast and all(sequence.room > 1 for sequence in sequences):
            was_ahead = all(sequence.next_token is not None for sequence in sequences)
            found = self._ahead(sequences)
            if was_ahead:
                self._record(0, started, [0] * len(sequences))
            return found
        pending = [sequence for sequence in sequences if sequence.is_pending]
        found_by_id = {id(sequence): [_read(sequence)] for sequence in pending}
        others = [sequence for sequence in sequences if id(sequence) not in found_by_id]
        if others:
            for sequence, tokens in zip(others, self._verify(others, depth, is_fast), strict=True):
                found_by_id[id(sequence)] = tokens
        return [found_by_id[id(sequence)] for sequence in sequences]

    def standing(self, sequences: int) -> tuple[int, str]:
        """Drafts a cycle of so many sequences, and where there are none, why."""
        depth = self._chooser.choice(sequences) or 0
        if depth or not isinstance(self._trunk, StepTrunk):
            return depth, ""
        if not self._trunk.heads:
            return 0, "This copy of the model has no layers for multi-token prediction."
        return 0, self._chooser.reason(sequences)

    def _depth(self, sequences: Many[Sequence]) -> int:
        if not self._chooser.deepest:
            return 0
        # The last row of a cycle is never a draft: a sequence near its end needs fewer.
        room = min(sequence.room for sequence in sequences) - 1
        if not self._trunk.heads and not all(
            sequence.state.can_rewind(0) for sequence in sequences
        ):
            return 0
        return max(0, min(self._chooser.depth(len(sequences)), room))

    def _ahead(self, sequences: Many[Sequence]) -> list[list[int]]:
        """One token each, with the next forward pass under way before the token is read."""
        for sequence in sequences:
            if not sequence.is_pending:
                self._launch([sequence], mx.array(sequence.tokens[-1:], dtype=mx.int32))
            elif sequence.next_token is None:
                assert sequence.next_logits is not None
                sequence.next_token = sequence.next_logits.argmax(keepdims=True).astype(mx.int32)
        current = [token for sequence in sequences if (token := sequence.next_token) is not None]
        tokens = current[0] if len(current) == 1 else mx.concatenate(current)
        self._launch(sequences, tokens)
        chosen = np.array(tokens).tolist()
        for sequence in sequences:
            sequence.cycles += 1
        return [[token] for token in chosen]

    def _launch(self, sequences: Many[Sequence], tokens: mx.array) -> None:
        """Start computing the tokens after ``tokens``, one per sequence."""
        starts = [sequence.state.offset for sequence in sequences]
        hidden = self._trunk.forward(tokens, [(sequence.state, 1) for sequence in sequences])
        following = self._trunk.logits(hidden).argmax(axis=-1).astype(mx.int32)
        mx.async_eval(following)  # type: ignore[no-untyped-call]
        is_alone = len(sequences) == 1
        for place, sequence in enumerate(sequences):
            row = hidden if is_alone else hidden[place : place + 1]
            sequence.chain.append(starts[place], row)
            sequence.next_token = following if is_alone else following[place : place + 1]
            sequence.next_logits = None

    def _verify(self, sequences: Many[Sequence], depth: int, is_fast: bool) -> list[list[int]]:
        """Draft, compute all rows at once, accept what the target itself would have chosen."""
        started = time.perf_counter()
        blocks, drafted, is_clean = self._blocks(sequences, depth)
        starts = [sequence.state.offset for sequence in sequences]
        counts = [1 + count for count in drafted]
        hidden = self._trunk.forward(
            blocks,
            [(sequence.state, count) for sequence, count in zip(sequences, counts, strict=True)],
        )
        logits = self._trunk.logits(hidden)
        if is_fast:
            chosen = logits.argmax(axis=-1)
            mx.eval(chosen, blocks)
            greedy, rows = np.array(chosen).tolist(), None
        else:
            logits = logits.astype(mx.float32)
            mx.eval(logits, blocks)
            greedy, rows = [], np.array(logits)
        drafts, at, found, accepted = np.array(blocks).tolist(), 0, [], []
        for sequence, start, count in zip(sequences, starts, counts, strict=True):
            guessed = drafts[at + 1 : at + count]
            if rows is None:
                tokens = _matching(greedy[at : at + count], guessed)
            else:
                tokens = _choose(sequence, rows[at : at + count], guessed)
            right = len(tokens) - 1
            sequence.state.rewind(count - 1 - right)
            sequence.chain.settle(start, depth if self._trunk.heads else 0, right)
            sequence.chain.append(start, hidden[at : at + 1 + right])
            sequence.count_drafts(count - 1, right)
            found.append(tokens)
            accepted.append(right)
            at += count
        self._record(depth, started, accepted, is_clean=is_clean)
        return found

    def _blocks(self, sequences: Many[Sequence], depth: int) -> tuple[mx.array, list[int], bool]:
        """All rows of a cycle in one array, how many drafts each sequence has, is it ordinary."""
        last = [mx.array(sequence.tokens[-1:], dtype=mx.int32) for sequence in sequences]
        if depth == 0:
            return mx.concatenate(last), [0] * len(sequences), True
        if isinstance(self._trunk, StepTrunk) and self._trunk.heads:
            known = [(sequence.chain, sequence.tokens) for sequence in sequences]
            drafts, rows = draft(self._trunk.model, self._trunk.heads[:depth], known)
            block = mx.concatenate(
                [mx.stack([token[0] for token in last])[:, None], drafts], axis=1
            )
            is_clean = rows <= _CLEAN_ROWS * len(sequences)
            return block.flatten(), [depth] * len(sequences), is_clean
        parts, counts = [], []
        for sequence, token in zip(sequences, last, strict=True):
            guessed = ngram_draft(sequence.tokens, depth)
            parts += [token] + [mx.array(guessed, dtype=mx.int32)] * bool(guessed)
            counts.append(len(guessed))
        return mx.concatenate(parts), counts, all(count == depth for count in counts)

    def _record(
        self, depth: int, started: float, accepted: list[int], *, is_clean: bool = True
    ) -> None:
        seconds = time.perf_counter() - started
        self._chooser.record(depth, seconds, accepted, is_clean=is_clean)


def _read(sequence: Sequence) -> int:
    """The next token of a sequence whose logits are there already."""
    if sequence.next_token is not None:
        token = int(np.array(sequence.next_token)[0])
    else:
        assert sequence.next_logits is not None
        logits = np.array(sequence.next_logits.astype(mx.float32))
        token = sequence.choose(logits, sequence.tokens)
    sequence.next_logits = sequence.next_token = None
    sequence.cycles += 1
    return token


def _matching(chosen: list[int], guessed: list[int]) -> list[int]:
    """The chosen tokens up to and including the first that is not the draft."""
    for place, token in enumerate(guessed):
        if chosen[place] != token:
            return chosen[: place + 1]
    return chosen


def _choose(sequence: Sequence, rows: NDArray[np.float32], guessed: list[int]) -> list[int]:
    """Choose row by row, each with all tokens before it known, while the drafts are right."""
    history, tokens = list(sequence.tokens), []
    for place, logits in enumerate(rows):
        token = sequence.choose(logits, history)
        tokens.append(token)
        history.append(token)
        is_last = place == len(guessed) or token != guessed[place]
        if is_last or token in sequence.sampler.end_tokens:
            break
    return tokens
