"""How many threads decode: what measures fastest, of all of them, half of them, … and one.

Threads meet hundreds of times per token, so those of a small model wait longer for each other than
they compute. And when another program holds one of them up, all wait: on a busy machine with two
cores one thread was 5 to 20 times faster than two. A look at another number costs the time of two
steps or more, so there has to be a sign that it may be the better one.
"""

import statistics
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psutil

from engine_gguf.batch import Batch
from engine_gguf.bindings import llama

_RECENT = 5  # steps whose median is compared
_MEETING_S = 0.005  # a step that takes longer computes more than its threads wait for each other
_HELD_UP = 2.0  # times the best step seen: something is in the way
_SHARE = 0.7  # of their processors: with less, something is in the way too
_DRIFT = 1.0005  # the best step gets slower as the context grows
_FASTER = 0.95  # of the time: what another number must stay below to be taken
_HOPELESS = 1.5  # times as slow: a look ends early
_FIRST_WAIT = 32  # steps between two looks, doubled while the choice holds
_LONGEST_WAIT = 1024
_UNASKED_WAIT = 512  # … where there is no sign at all
_IDLE = 0.7  # of the processors that more threads would need: nothing is in the way any more
_IDLE_S = 0.1  # over which that is seen, doubled each time
_LONGEST_IDLE_S = 3.0


def idle_seconds() -> float:
    """How long the processors of this machine have been idle, all together."""
    return float(psutil.cpu_times().idle)


class Threads:
    """The threads of one context: for each call as many as are best for calls of its size."""

    def __init__(self, context: Any) -> None:  # noqa: ANN401 - a pointer
        self._context = context
        self._all = self._now = int(llama.llama_n_threads(context))
        self._choosers: dict[int, ThreadChooser] = {}  # by rows of a call that only writes

    def decode(self, batch: Batch, *, is_writing: bool) -> int:
        """Run a batch; the code is that of ``Batch.decode``."""
        if not is_writing:
            self._use(self._all)
            return batch.decode(self._context)
        chooser = self._choosers.get(batch.rows)
        if chooser is None:
            chooser = self._choosers[batch.rows] = ThreadChooser(self._all)
        self._use(chooser.count)
        began_at, before_s = time.perf_counter(), time.process_time()
        code = batch.decode(self._context)
        seconds, got_s = time.perf_counter() - began_at, time.process_time() - before_s
        chooser.record(seconds, got_s / (seconds * chooser.count))
        return code

    def _use(self, threads: int) -> None:
        if threads != self._now:
            llama.llama_set_n_threads(self._context, threads, threads)
            self._now = threads


class ThreadChooser:
    """Fed with the seconds of calls of one size, in which answers are written."""

    def __init__(self, most: int, idle: Callable[[], float] = idle_seconds) -> None:
        self.most = most
        self.count = most  # for the next call
        self._chosen = most
        self._room = _Room(idle)
        self._is_in_way = False  # something, when the look at fewer threads began
        self._is_forced = False  # fewer were chosen for that reason
        self._goes_up = False  # where the next look goes
        self._best_s = float("inf")
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._shares: deque[float] = deque(maxlen=_RECENT)
        self._chosen_s = 0.0  # median when a look began
        self._wait = _RECENT
        self._has_looked = False
        self._steps = 0  # since the last look

    def record(self, seconds: float, share: float = 1.0) -> None:
        """Note a step of ``count`` threads, and decide on those of the next.

        ``share``: of the processors of these threads, what they got.
        """
        if self.most == 1:
            return
        self._recent.append(seconds)
        if self.count != self._chosen:
            self._look_on()
            return
        self._shares.append(share)
        self._steps += 1
        self._best_s = min(self._best_s * _DRIFT, seconds)
        if len(self._recent) == _RECENT and self._is_time():
            self._look()

    def _is_time(self) -> bool:
        if self._is_held_up() or (self._is_forced and self._room.is_there_for(self._chosen)):
            return True
        return self._steps >= (self._wait if self._has_sign() else _UNASKED_WAIT)

    def _is_held_up(self) -> bool:
        return self._chosen > 1 and statistics.median(self._recent) > _HELD_UP * self._best_s

    def _lacks_processors(self) -> bool:
        return self._chosen > 1 and statistics.median(self._shares) < _SHARE

    def _has_sign(self) -> bool:
        """Whether the number that would be looked at may well be faster."""
        is_short = not self._has_looked and statistics.median(self._recent) < _MEETING_S
        wants_more = self._goes_up and self._chosen < self.most
        return is_short or wants_more or self._chosen == 1 or self._lacks_processors()

    def _look(self) -> None:
        """Try the next number up or down, in turns; down when something is in the way."""
        self._chosen_s = statistics.median(self._recent)
        self._is_in_way = self._is_held_up() or self._lacks_processors()
        wants_more = self._goes_up or self._is_forced
        self._goes_up = self._chosen == 1 or (
            wants_more and self._chosen < self.most and not self._is_in_way
        )
        self._has_looked = True
        wanted = 2 * self._chosen if self._goes_up else self._chosen // 2
        self.count = min(wanted, self.most)
        self._recent.clear()

    def _look_on(self) -> None:
        """Judge the number that is being tried, as soon as it can be."""
        tried = self._recent
        is_hopeless = len(tried) > 1 and min(tried) > _HOPELESS * self._chosen_s
        if len(tried) < _RECENT and not is_hopeless:
            return
        if statistics.median(tried) < _FASTER * self._chosen_s:
            self._chosen, self._best_s = self.count, min(tried)
            self._is_forced = self._is_in_way
            self._room.begin()
            # The next one in this direction, if there is one, may be faster still.
            self._has_looked = not 1 < self.count < self.most
            self._wait = _FIRST_WAIT if self._has_looked else _RECENT
        else:
            self._goes_up = not self._goes_up
            self._best_s = self._chosen_s  # slow or not, it is what this machine can do now
            self._wait = min(max(2 * self._wait, _FIRST_WAIT), _LONGEST_WAIT)
        self.count = self._chosen
        self._steps = 0
        tried.clear()


class _Room:
    """Watches whether processors of this machine are idle while some of our threads compute."""

    def __init__(self, idle: Callable[[], float]) -> None:
        self._idle = idle
        self._over_s = _IDLE_S
        self._began_at, self._before_s = 0.0, 0.0

    def begin(self) -> None:
        self._over_s = _IDLE_S
        self._began_at, self._before_s = time.monotonic(), self._idle()

    def is_there_for(self, threads: int) -> bool:
        """Whether so many processors have been idle of late; each time it takes longer to tell."""
        now = time.monotonic()
        seconds = now - self._began_at
        if seconds < self._over_s:
            return False
        idle_s = self._idle() - self._before_s
        self._began_at, self._before_s = now, self._before_s + idle_s
        is_there = idle_s > _IDLE * threads * seconds
        if is_there:
            self._over_s = min(2 * self._over_s, _LONGEST_IDLE_S)
        return is_there
