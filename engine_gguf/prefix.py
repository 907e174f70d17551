"""Where a new prompt can go on from, and what is kept for prompts to come."""

import time
from collections.abc import Iterator
from collections.abc import Sequence as Many

from engine_gguf.batch import Tokens
from engine_gguf.endings import Endings
from engine_gguf.kept import Keeping
from engine_gguf.live import Live
from engine_gguf.sequences import Sequence, Sequences
from engine_gguf.snapshots import Origin, Snapshot, Snapshots
from engine_gguf.states import State, StateError

_LONGEST_RUN = 2048  # tokens in one saved run
_SHORTEST_RUN = 32  # … and fewer are not worth a file
_LONGEST_REST = 512  # tokens that are copied only to have their cells free
_QUICK_BYTES = 256 * 1024 * 1024  # states that are put back in a tenth of a second


class Prefixes:
    """Joins the sequences of the context and the saved states."""

    def __init__(self, sequences: Sequences, snapshots: Snapshots, window: int) -> None:
        self._sequences = sequences
        self._snapshots = snapshots
        self._window = window
        self.endings = Endings()

    def begin(self, prompt: Tokens, session: str = "") -> Sequence | None:
        """A sequence that holds as much of the prompt as possible, at most all but its last token.

        The last token is computed anew, for its logits. ``session`` names the conversation. None
        when no sequence is free.
        """
        if self._snapshots.forget_emptied():
            self.endings.clear()
            while self._sequences.evict():
                pass
        sequence = self._begin(prompt, session)
        if sequence is not None:
            sequence.session = session or sequence.session
            self._sequences.share(sequence)
        return sequence

    def _begin(self, prompt: Tokens, session: str) -> Sequence | None:
        wanted = prompt[:-1]
        source, most = self._sequences.best(wanted)
        window = self._snapshots.window(wanted) if self._window else None
        if window is not None and window.what.end > most:
            found = self._with_window(wanted, window, session)
            if found is not None:
                return found
        runs, covered = self._snapshots.chain(wanted)
        if not self._window and covered - most >= _SHORTEST_RUN:
            found = self._from_runs(wanted, runs, covered, None)
            if found is not None:
                return found
        if source is not None:
            return self._sequences.continue_from(source, most, session=session)
        return self._sequences.open()

    def _has_window_at_end(self, tokens: Tokens) -> bool:
        if not self._window:
            return True
        window = self._snapshots.window(tokens)
        return window is not None and window.what.end == len(tokens)

    def set_aside(self) -> None:
        """Empty the finished sequences that saved states can bring back, once requests have begun.

        Attention goes over all cells in use, whosever they are: 5,000 idle ones made each token of
        SmolLM2 half as slow again. Cells that a request which begins has taken over stay.
        """
        for idle in self._sequences.idle():
            tokens = idle.tokens[: idle.held]
            runs, covered = self._snapshots.chain(tokens)
            is_quick = sum(run.size_bytes for run in runs) <= _QUICK_BYTES
            if not is_quick or not self._has_window_at_end(tokens):
                continue
            start = _end_of_whole(runs, covered)
            if 0 < idle.held - covered < _SHORTEST_RUN and idle.held - start <= _LONGEST_REST:
                state = self._sequences.states.run(idle.id, start, idle.held)
                self._snapshots.add_rest(tokens, state, start, idle.session)
                covered = self._snapshots.chain(tokens)[1]
            if covered == idle.held:
                self._sequences.drop(idle)

    def after_rows(self, live: Live, before: int) -> None:
        """Save the window at every mark that the last rows of a prompt went past."""
        sequence = live.sequence
        if not self._window or sequence is None:
            return
        for mark in live.marks:
            if before < mark <= sequence.held:
                start = max(0, mark - self._window)
                state = self._sequences.states.window_at(sequence.id, start, mark)
                self._snapshots.add_window(live.tokens[:mark], state, _origin(live))

    def copy_kept(self, live: Live, *, is_patient: bool = False) -> None:
        """Copy out what a request asked to keep, as far as it is computed."""
        sequence, keeping = live.sequence, live.keeping
        assert sequence is not None
        assert keeping is not None
        for end in keeping.windows:
            if end <= sequence.held:
                start = max(0, end - self._window)
                keeping.put_window(end, self._sequences.states.window_at(sequence.id, start, end))
        keeping.copy(self._sequences.states, sequence.id, sequence.held, is_patient=is_patient)

    def put_saved_windows(self, keeping: Keeping) -> None:
        """Those that are saved already need not be computed again for being kept."""
        for end in keeping.windows:
            window = self._snapshots.window(keeping.tokens[:end])
            state = None
            if window is not None and window.what.end == end:
                state = self._snapshots.read(window)
            if state is not None:
                keeping.put_window(end, state)

    def keep(self, live: Live) -> None:
        """Save what a finished request has computed and nobody has saved before."""
        sequence = live.sequence
        if sequence is None or sequence.held < _SHORTEST_RUN:
            return
        tokens = sequence.tokens[: sequence.held]
        runs, covered = self._snapshots.chain(tokens, with_rest=False)
        session = live.request.session
        for run in runs if session else ():
            run.session = session
        start = _end_of_whole(runs, covered)
        if len(tokens) - covered >= _SHORTEST_RUN:
            cuts = self._states(sequence, start, _ends(live.marks, start, len(tokens)))
            self._snapshots.add_runs(tokens, cuts, start, _origin(live))
        if self._window:
            state = self._sequences.states.window(sequence.id)
            self._snapshots.add_window(tokens, state, _origin(live))

    def _states(
        self, sequence: Sequence, start: int, ends: Many[int]
    ) -> Iterator[tuple[int, State]]:
        for end in ends:
            yield end, self._sequences.states.run(sequence.id, start, end)
            start = end

    def _with_window(self, wanted: Tokens, window: Snapshot, session: str) -> Sequence | None:
        """Go on from a saved window, with the other layers' cells from wherever they are."""
        for source, agreed in self._sequences.agreeing(wanted):
            if agreed >= window.what.end:
                state = self._snapshots.read(window)
                if state is None:
                    return None
                try:
                    return self._sequences.continue_from(source, window.what.end, state, session)
                except StateError:
                    return None
        runs, covered = self._snapshots.chain(wanted)
        if covered < window.what.end:
            return None
        return self._from_runs(wanted, runs, window.what.end, window)

    def _from_runs(
        self, wanted: Tokens, runs: Many[Snapshot], keep: int, window: Snapshot | None
    ) -> Sequence | None:
        """Put saved runs into an empty sequence; None when one of them cannot be read."""
        self._sequences.make_room(keep)
        sequence = self._sequences.open()
        if sequence is None:
            return None
        try:
            for run in runs:
                if run.what.start >= keep:
                    break
                self._sequences.states.put_run(sequence.id, self._read(run))
                sequence.held = run.what.end
            sequence.tokens = wanted
            self._sequences.cut(sequence, keep)
            if window is not None:
                self._sequences.states.put_window(sequence.id, self._read(window))
        except StateError:
            self._sequences.drop(sequence)
            return None
        return sequence

    def _read(self, snapshot: Snapshot) -> State:
        state = self._snapshots.read(snapshot)
        if state is None:
            raise StateError
        return state


def _origin(live: Live) -> Origin:
    return Origin(live.request.session, time.time() - (time.monotonic() - live.arrived_at))


def _end_of_whole(runs: Many[Snapshot], covered: int) -> int:
    """Where the last run of a chain ends; where it begins when it agrees in part only."""
    return runs[-1].what.start if runs and covered < runs[-1].what.end else covered


def _ends(marks: Many[int], start: int, end: int) -> list[int]:
    """Where runs end: at marks, because texts often part there, and before they grow too long."""
    ends: list[int] = []
    at = start
    for stop in [*(mark for mark in marks if start < mark < end), end]:
        while stop - at > _LONGEST_RUN:
            at += _LONGEST_RUN
            ends.append(at)
        if stop - at >= _SHORTEST_RUN or stop == end:
            at = stop
            ends.append(at)
    return ends
