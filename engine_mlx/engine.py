"""The MLX engine: several answers at once, each step one prefill chunk or one decode cycle."""

import collections
import collections.abc
import time

import mlx.core as mx

from app.engine.constraint import TokenMask
from app.engine.depth import DepthChooser
from app.engine.errors import AppError, bad_request, context_overflow, no_embeddings
from app.engine.protocol import (
    Event,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    ModelInfo,
    Piece,
    Progress,
    PromptPart,
    Timings,
    Usage,
)
from app.engine.text import PieceAssembler
from engine_mlx.decode import Decoder
from engine_mlx.kv_cache import SLACK_TOKENS
from engine_mlx.prefix import Kept, PrefixCache
from engine_mlx.sampling import Sampler
from engine_mlx.sequence import Sequence
from engine_mlx.tokenizer import Tokenizer
from engine_mlx.trunk import Trunk

MAX_LIVE = 8  # sequences in one batch; others wait

_CLOSE_TOKENS = 128  # between two marks of which only one is kept on disk


class MlxEngine:
    """Answers requests. See ``app.engine.protocol.Engine``."""

    def __init__(
        self,
        info: ModelInfo,
        trunk: Trunk,
        tokenizer: Tokenizer,
        chooser: DepthChooser,
        prefixes: PrefixCache,
    ) -> None:
        self.info = info
        self.chooser = chooser
        self._trunk = trunk
        self._tokenizer = tokenizer
        self._prefixes = prefixes
        self._decoder = Decoder(trunk, chooser)
        self._queue: collections.deque[GenerateRequest] = collections.deque()
        self._live: list[Sequence] = []
        self._cancelled: set[str] = set()

    def submit(self, request: GenerateRequest) -> None:
        self._queue.append(request)

    def cancel(self, request_id: str) -> None:
        known = [request.id for request in self._queue]
        known += [sequence.request.id for sequence in self._live]
        if request_id in known:
            self._cancelled.add(request_id)

    def count_tokens(self, text: str) -> int:
        return self._tokenizer.count(text)

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        return len(self._tokenizer.encode(prompt)[0])

    def embed(self, texts: "collections.abc.Sequence[str]") -> list[list[float]]:
        raise no_embeddings(self.info.name)

    def close(self) -> None:
        self._live.clear()
        self._queue.clear()
        self._prefixes.save()
        mx.clear_cache()

    def step(self) -> list[Event]:
        events = self._end_cancelled()
        while self._queue and len(self._live) < MAX_LIVE:
            events += self._begin(self._queue.popleft())
        if not self._live:
            self._prefixes.save()  # nobody waits now
        prefilling = [sequence for sequence in self._live if sequence.is_prefilling]
        decoding = [sequence for sequence in self._live if not sequence.is_prefilling]
        for sequence in prefilling:
            self._decoder.prefill(sequence)
            events.append(_progress(sequence))
        if decoding:
            for sequence, tokens in zip(decoding, self._decoder.cycle(decoding), strict=True):
                events += self._take(sequence, tokens)
        return events

    def _begin(self, request: GenerateRequest) -> list[Event]:
        prompt, marks = self._tokenizer.encode(request.prompt)
        if not prompt:
            return [Failed(request.id, bad_request("The prompt is empty."))]
        if len(prompt) >= self.info.context_length:
            return [Failed(request.id, context_overflow(len(prompt), self.info.context_length))]
        try:
            sampler = self._sampler(request)
        except AppError as error:
            return [Failed(request.id, error)]
        submitted_at = time.perf_counter()
        live = [_kept(sequence, is_live=True) for sequence in self._live]
        keep_tokens = self._to_keep(request, prompt, marks)
        # A state is written as it is when the prompt has been read up to there, so not beyond.
        reusable = prompt[: min(keep_tokens or len(prompt), len(prompt) - 1)]
        found = self._prefixes.take(reusable, live, request.session)
        sequence = Sequence(
            request,
            prompt,
            len(prompt),
            # A snapshot serves positions up to its slack behind it too.
            [mark for mark in marks if mark + SLACK_TOKENS // 2 < len(prompt)] + [keep_tokens],
            found.position,
            found.state,
            found.chain,
            sampler,
            PieceAssembler(request.stop),
            self.info.context_length,
            list(found.marks),
            keep_tokens=keep_tokens,
            submitted_at=submitted_at,
        )
        if keep_tokens and found.position == keep_tokens:
            sequence.snapshots.append(sequence.state.mark(sequence.chain.hidden))
        self._live.append(sequence)
        return [_progress(sequence)]

    def _to_keep(self, request: GenerateRequest, prompt: list[int], marks: list[int]) -> int:
        """How much of a prompt is still to be kept on disk under the request's name.

        A state serves one position. Of two marks close to each other the first is of use to more
        prompts, and those that agree further compute little more.
        """
        mark = next((mark for mark in marks[-2:] if mark > marks[-1] - _CLOSE_TOKENS), 0)
        if not request.keep_as or not mark:
            return 0
        return mark if self._prefixes.wants(request.keep_as, prompt[:mark]) else 0

    def _sampler(self, request: GenerateRequest) -> Sampler:
        mask = None
        if request.constraint is not None:
            size = self._trunk.vocab_size
            mask = TokenMask(self._tokenizer.for_grammars(size), request.constraint, size)
        tokenizer = self._tokenizer
        return Sampler(request.sampling, tokenizer.end_tokens, mask, tokenizer.bytes_of)

    def _take(self, sequence: Sequence, tokens: list[int]) -> list[Event]:
        """Tell new tokens, until the answer is over."""
        events: list[Event] = []
        for token in tokens:
            is_end = token in self._tokenizer.end_tokens
            told, reason = sequence.take(token, self._tokenizer.bytes_of(token), is_end=is_end)
            events += told
            if reason is not None:
                self._write_kept(sequence)
                events += self._end(
                    sequence, "length" if reason == "length" else "stop", reason != "stopped"
                )
                break
        return _merged(events)

    def _write_kept(self, sequence: Sequence) -> None:
        """Put the state on disk that the request wants to be there before it ends."""
        if sequence.keep_tokens:
            tokens = sequence.tokens[: sequence.keep_tokens]
            name = sequence.request.keep_as
            self._prefixes.write(name, tokens, sequence.state, sequence.snapshots)

    def _end(self, sequence: Sequence, reason: FinishReason, flush: bool = True) -> list[Event]:
        depth, why_none = self._decoder.standing(len(self._live))
        self._drop(sequence)
        return sequence.finish(reason, flush=flush, depth=depth, why_none=why_none)

    def _drop(self, sequence: Sequence) -> None:
        """Take a sequence out of the batch and keep its state for later prompts."""
        self._live.remove(sequence)
        beyond = sequence.state.offset - len(sequence.tokens)
        if beyond > 0:
            sequence.state.rewind(beyond)
            sequence.chain = sequence.chain.at(sequence.state.offset)
        self._prefixes.keep(_kept(sequence, is_live=False))

    def _end_cancelled(self) -> list[Event]:
        events: list[Event] = []
        for request in [queued for queued in self._queue if queued.id in self._cancelled]:
            self._queue.remove(request)
            events.append(Finished(request.id, "cancelled", Usage(0, 0, 0), Timings(0.0, 0.0)))
        for sequence in [live for live in self._live if live.request.id in self._cancelled]:
            events += self._end(sequence, "cancelled")
        self._cancelled.clear()
        return events


def _kept(sequence: Sequence, *, is_live: bool) -> Kept:
    tokens = sequence.tokens[: sequence.state.offset]
    marks, session = list(sequence.snapshots), sequence.request.session
    began_s = time.time() - (time.perf_counter() - sequence.submitted_at)
    return Kept(tokens, sequence.state, sequence.chain, marks, is_live, session, began_s)


def _progress(sequence: Sequence) -> Progress:
    done = min(sequence.state.offset, sequence.prompt_tokens)
    return Progress(sequence.request.id, done, sequence.prompt_tokens, sequence.cached)


def _merged(events: list[Event]) -> list[Event]:
    """Pieces of one cycle as one piece."""
    merged: list[Event] = []
    for event in events:
        last = merged[-1] if merged else None
        if isinstance(event, Piece) and isinstance(last, Piece):
            text, count = last.text + event.text, last.token_count + event.token_count
            merged[-1] = Piece(event.request_id, text, count, last.logprobs + event.logprobs)
        else:
            merged.append(event)
    return merged
