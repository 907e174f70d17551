"""The llama.cpp engine: several requests in one batch, a chunk or a token of each in a step."""

import collections
import time
from collections.abc import Sequence
from pathlib import Path

from app.engine.errors import AppError, no_embeddings, out_of_memory
from app.engine.protocol import (
    EngineOptions,
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
from engine_gguf.batch import Batch, FloatView, Rows, warm_up
from engine_gguf.bindings import llama, llama_mtp
from engine_gguf.choosing import choose
from engine_gguf.drafting import Drafting
from engine_gguf.intake import take_in
from engine_gguf.kept import KeptStates
from engine_gguf.live import Live, tell_all
from engine_gguf.model import LoadedModel
from engine_gguf.prefix import Prefixes
from engine_gguf.scheduler import prompt_rows
from engine_gguf.sequences import Sequences
from engine_gguf.snapshot_files import SnapshotFiles
from engine_gguf.snapshots import Snapshots
from engine_gguf.threads import Threads
from engine_gguf.tokenizer import Tokenizer

_ANSWER_ROOM = 64  # tokens kept free for an answer when its request begins
_WRITING_S = 0.02  # to wait for the disk when nothing else is to be done
_TELLING_S = 0.0015  # left to the app to tell the first word before all processors are busy again
_LONG_CALL_S = 0.006  # in which that is little


class GgufEngine:
    """Answers several requests together. See ``app.engine.protocol.Engine``."""

    def __init__(self, loaded: LoadedModel, options: EngineOptions) -> None:
        self.info: ModelInfo = loaded.info
        self._loaded = loaded
        self._context = loaded.context
        self._tokenizer = Tokenizer(loaded.vocab)
        self._new: collections.deque[GenerateRequest] = collections.deque()
        self._waiting: collections.deque[Live] = collections.deque()
        self._live: list[Live] = []  # oldest first; each has a sequence
        self._closing: list[tuple[Live, Event]] = []  # told when their state is on disk
        self._cancelled: set[str] = set()
        rows = llama.llama_n_batch(loaded.context)
        self._batch = Batch(rows, loaded.sequences)
        self._logits = FloatView(llama.llama_vocab_n_tokens(loaded.vocab), rows)
        self._states = FloatView(llama.llama_model_n_embd_out(loaded.model), rows)
        self._sequences = Sequences(loaded.context, loaded.sequences, loaded.cells, loaded.window)
        files = None
        if options.cache_dir is not None:
            files = SnapshotFiles(
                Path(options.cache_dir), loaded.identity, options.cache_disk_bytes
            )
        self._kept = None
        if options.kept_dir is not None:
            self._kept = KeptStates(Path(options.kept_dir), loaded.identity, loaded.file_identity)
        self._snapshots = Snapshots(loaded.identity, options.cache_memory_bytes, files, self._kept)
        self._prefixes = Prefixes(self._sequences, self._snapshots, loaded.window)
        self._drafting = Drafting(loaded, options)
        self._threads = Threads(loaded.context)
        self._pause_s = 0.0  # before the next call
        warm_up(loaded.context)

    def submit(self, request: GenerateRequest) -> None:
        self._new.append(request)

    def cancel(self, request_id: str) -> None:
        known = [request.id for request in self._new]
        known += [live.id for live in (*self._waiting, *self._live)]
        known += [live.id for live, _ in self._closing]
        if request_id in known:
            self._cancelled.add(request_id)

    def count_tokens(self, text: str) -> int:
        return self._tokenizer.count(text)

    def count_prompt(self, prompt: tuple[PromptPart, ...]) -> int:
        return len(self._tokenizer.encode(prompt))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise no_embeddings(self.info.name)

    def close(self) -> None:
        for live in [*self._waiting, *self._live]:
            live.sampler.close()
        self._waiting.clear()
        self._live.clear()
        self._snapshots.close()
        if self._kept is not None:
            self._kept.close()
        self._loaded.close()

    def step(self) -> list[Event]:
        events: list[Event] = self._end_cancelled() if self._cancelled else []
        if self._new and (told := tell_all(self._live, is_at_once=True)):
            return events + told  # before a prompt is computed, which may take long
        if self._new or self._waiting:
            events += self._admit()
            if any(isinstance(event, Piece) for event in events):
                return events  # told without computing anything, so before anything is computed
        if self._live:
            events += self._advance()
        if self._closing:
            events += self._close_kept()
        return events

    def _end_cancelled(self) -> list[Event]:
        events: list[Event] = []
        for request in [one for one in self._new if one.id in self._cancelled]:
            self._new.remove(request)
            events.append(Finished(request.id, "cancelled", Usage(0, 0, 0), Timings(0.0, 0.0)))
        for live in [one for one in self._waiting if one.id in self._cancelled]:
            self._waiting.remove(live)
            events += live.finish("cancelled")
        for live in [one for one in self._live if one.id in self._cancelled]:
            events += self._end(live, "cancelled")
        for live, _ in self._closing:
            if live.id in self._cancelled and live.keeping is not None:
                live.keeping.give_up()
        self._cancelled.clear()
        return events

    def _admit(self) -> list[Event]:
        """Begin as many requests as there is room for, in the order they came."""
        events: list[Event] = []
        while self._new:
            request = self._new.popleft()
            try:
                self._waiting.append(take_in(request, self._loaded, self._tokenizer))
            except AppError as error:
                events.append(Failed(request.id, error))
        before = len(self._live)
        while self._waiting and len(self._live) < self._loaded.live:
            live = self._waiting[0]
            if (self._live and not self._fits(live)) or not self._begin(live):
                break
            self._waiting.popleft()
            self._live.append(live)
            events += self._answer_known(live)
            if live.total - live.held > self._batch.size:  # else the first call tells
                events += live.progress()
        if len(self._live) > before:
            self._prefixes.set_aside()
        return events

    def _answer_known(self, live: Live) -> list[Event]:
        """The first token of an answer to a prompt that was asked before."""
        if live.generated or live.held < live.total - 1:
            return []
        # The last token of the prompt is computed together with the first of the answer.
        logits = self._prefixes.endings.get(live.tokens[: live.total])
        if logits is None:
            return []
        read = Progress(live.id, live.total, live.prompt_tokens, live.cached)
        ended = self._take(live, choose(live, self._tokenizer, logits))
        return [read, *live.tell(), *ended]

    def _fits(self, live: Live) -> bool:
        taken = sum(one.total + _ANSWER_ROOM for one in self._live)
        return taken + live.total + _ANSWER_ROOM <= self._loaded.cells

    def _begin(self, live: Live) -> bool:
        if self._kept is not None and live.keep_mark and live.keeping is None:
            marks = [mark for mark in live.marks if mark <= live.keep_mark]
            name, tokens = live.request.keep_as, live.tokens[: live.keep_mark]
            live.keeping = self._kept.begin(name, tokens, marks if self._loaded.window else ())
            self._prefixes.put_saved_windows(live.keeping)
        # What window layers hold at a mark can be copied only when nothing went past it.
        wanted = live.keeping.windows if live.keeping is not None else []
        known = min([live.total, *(mark + 1 for mark in wanted)])
        sequence = self._prefixes.begin(live.tokens[:known], live.request.session)
        if sequence is None:
            return False
        sequence.tokens = live.tokens
        live.sequence = sequence
        if live.generated == 0:
            live.cached = sequence.held
        self._sequences.make_room(live.total - sequence.held + _ANSWER_ROOM)
        if live.keeping is not None:
            self._prefixes.copy_kept(live)
        return True

    def _advance(self) -> list[Event]:
        """One decode call and what follows from it."""
        time.sleep(self._pause_s)
        self._pause_s = 0.0
        began_at = time.perf_counter()
        writing = [live for live in self._live if live.is_decoding]
        reading = [live for live in self._live if not live.is_decoding]
        is_alone = len(self._live) == 1 and len(writing) == 1
        drafts = self._drafting.draft(writing[0]) if is_alone else []
        batch = self._batch
        batch.clear()
        for live in writing:
            batch.add_one(int(live.tokens[live.total - 1]), live.total - 1, self._id(live))
            for index, token in enumerate(drafts):
                batch.add_one(token, live.total + index, self._id(live))
        plan = prompt_rows(reading, batch.rows, batch.size)
        for live, count in plan:
            run = live.tokens[live.held : live.held + count]
            batch.add(run, live.held, self._id(live), live.held + count == live.total)
        code = self._threads.decode(batch, is_writing=not plan)
        if code != 0:
            return self._make_room() if code == 1 else self._fail_all()
        events: list[Event] = []
        row = output = 0
        for live in writing:
            events += self._verify(live, drafts, row, output, began_at if is_alone else None)
            row += 1 + len(drafts)
            output += 1 + len(drafts)
        for live, count in plan:
            events += self._read(live, count, row, output)
            row += count
            output += live.is_decoding
            call_s = time.perf_counter() - began_at
            if live.is_decoding and batch.rows == 1 and call_s > _LONG_CALL_S:
                self._pause_s = _TELLING_S
        return events + tell_all(self._live, is_at_once=bool(plan or self._waiting))

    def _id(self, live: Live) -> int:
        assert live.sequence is not None
        return live.sequence.id

    def _read(self, live: Live, count: int, row: int, output: int) -> list[Event]:
        """Rows of a prompt have been computed, ``count`` from ``row`` on."""
        sequence = live.sequence
        assert sequence is not None
        before = sequence.held
        sequence.held += count
        self._prefixes.after_rows(live, before)
        if live.keeping is not None:
            self._prefixes.copy_kept(live)
        self._hand_states(live, before, row, count)
        events = live.progress()
        if sequence.held == live.total:
            live.is_decoding = True
            logits = self._row(output)
            if live.generated == 0:
                self._prefixes.endings.put(live.tokens[: live.total], logits)
            events += self._take(live, choose(live, self._tokenizer, logits))
        return events

    def _verify(
        self, live: Live, drafts: list[int], row: int, output: int, began_at: float | None
    ) -> list[Event]:
        """Draw a token for each row until one differs from its draft; the state is cut there."""
        sequence = live.sequence
        assert sequence is not None
        known, accepted, is_right = live.total, 0, False
        sequence.held += 1 + len(drafts)
        self._hand_states(live, known - 1, row, 1 + len(drafts))
        if began_at is not None:
            live.count_drafts(len(drafts))
        events: list[Event] = []
        for index in range(1 + len(drafts)):
            token = choose(live, self._tokenizer, self._row(output + index))
            is_right = index < len(drafts) and token == drafts[index]
            if is_right:
                live.accepted[index] += 1
                accepted += 1
            events += self._take(live, token, keep=known + accepted)
            if live.is_over or not is_right:
                break
        if not live.is_over and len(drafts) > accepted:
            self._sequences.cut(sequence, known + accepted)
        if began_at is not None:
            seconds = time.perf_counter() - began_at
            self._drafting.verified(
                live, known, len(drafts), accepted, seconds, is_whole=not is_right
            )
        return events

    def _hand_states(self, live: Live, position: int, row: int, count: int) -> None:
        if self._drafting.wants_states:
            pointer = llama_mtp.llama_get_embeddings_nextn(self._context)
            self._drafting.saw(live, position, self._states.at(pointer)[row : row + count])

    def _row(self, output: int) -> Rows:
        """The logits (V,) of the row of the batch that is so many-th with logits."""
        row: Rows = self._logits.at(llama.llama_get_logits(self._context))[output]
        return row

    def _take(self, live: Live, token: int, keep: int | None = None) -> list[Event]:
        """Add a drawn token to the answer; the events are those of its end.

        ``keep``: tokens of the text whose state is good, should the answer end here.
        """
        if live.decoding_at is None:
            live.decoding_at = time.monotonic()
        if self._tokenizer.is_end(token):
            return self._end(live, "stop", keep=keep)
        live.take(token)
        spelled = self._tokenizer.bytes_of(token)
        if live.mask is not None:
            live.mask.accept(token, spelled.decode("utf-8", "replace"))
        text, count, is_stopped = live.assembler.feed(spelled)
        live.hold(text, count)
        if is_stopped:
            return self._end(live, "stop", flush=False, keep=keep)
        is_full = live.total > self._loaded.context_length
        if live.generated == live.request.max_tokens or is_full:
            return self._end(live, "length", keep=keep)
        return []

    def _end(
        self, live: Live, reason: FinishReason, *, flush: bool = True, keep: int | None = None
    ) -> list[Event]:
        sequence = live.sequence
        assert sequence is not None
        if keep is not None:
            self._sequences.cut(sequence, keep)
        self._prefixes.keep(live)
        depth, why_none = self._drafting.standing(alone=len(self._live) == 1)
        events = live.finish(reason, flush=flush, depth=depth, why_none=why_none)
        if live.keeping is None:
            self._release(live)
            return events
        if reason == "cancelled":
            live.keeping.give_up()
        self._drafting.forget(live)
        self._live.remove(live)
        self._closing.append((live, events.pop()))
        return events + self._close_kept(is_waiting=False)

    def _close_kept(self, *, is_waiting: bool = True, is_patient: bool = False) -> list[Event]:
        """Copy out more of what is to be kept; tell of those whose state is on disk."""
        events: list[Event] = []
        for live, last in list(self._closing):
            keeping = live.keeping
            assert keeping is not None
            if live.sequence is not None:
                self._prefixes.copy_kept(live, is_patient=is_patient)
                if keeping.is_copied:
                    self._sequences.finish(live.sequence)
                    live.sequence = None
            if is_waiting and not self._live and not self._new:
                keeping.wait(_WRITING_S)
            if keeping.is_done:
                for found in keeping.written:
                    self._snapshots.add_kept(*found)
                self._closing.remove((live, last))
                events.append(last)
        return events

    def _release(self, live: Live) -> None:
        """Give the sequence back; it stays as it is for later prompts."""
        assert live.sequence is not None
        self._sequences.finish(live.sequence)
        self._live.remove(live)
        self._drafting.forget(live)

    def _make_room(self) -> list[Event]:
        """The cells are full: give up what nobody uses, else let the youngest answer wait."""
        events = self._close_kept(is_waiting=False, is_patient=True)
        if self._sequences.evict():
            return events
        if len(self._live) == 1:
            return events + self._fail_all()
        youngest = self._live[-1]
        events += youngest.tell()
        sequence = youngest.sequence
        self._release(youngest)
        assert sequence is not None
        self._sequences.drop(sequence)
        youngest.sequence, youngest.is_decoding = None, False
        self._waiting.appendleft(youngest)
        return events

    def _fail_all(self) -> list[Event]:
        """A decode call failed: what the cells hold now is not known, so begin with none."""
        error = out_of_memory("The engine could not compute the next tokens.")
        events = tell_all(self._live, is_at_once=True)
        events += [Failed(live.id, error) for live in self._live]
        for live in list(self._live):
            live.sampler.close()
            if live.keeping is not None:
                live.keeping.give_up()
            self._release(live)
        for live, last in self._closing:
            assert live.keeping is not None
            live.keeping.give_up()
            events.append(last)
        self._closing.clear()
        self._sequences.clear()
        return events
