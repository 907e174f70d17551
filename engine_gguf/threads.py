"""How many threads decode: what measures fastest, of all of them, half of them, … and one.

Threads meet hundreds of times per token, so those of a small model wait longer for each other than
they compute. And when another program holds one of them up, all wait: on a busy machine with two
cores one thread was 5 to 20 times faster than two.
"""

import statistics
from collections import deque

_RECENT = 5  # steps whose median is compared
_HELD_UP = 2.0  # times the best step seen: something is in the way
_DRIFT = 1.0005  # the best step gets slower as the context grows
_FASTER = 0.95  # of the time: what another number must stay below to be taken
_HOPELESS = 1.5  # times as slow: a look ends early
_FIRST_WAIT = 32  # steps between two looks, doubled while the choice holds
_LONGEST_WAIT = 1024


class ThreadChooser:
    """Fed with the seconds of calls of one size, in which answers are written."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = most  # for the next call
        self._chosen = most
        self._goes_up = False  # where the next look goes
        self._best_s = float("inf")
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._chosen_s = 0.0  # median when a look began
        self._wait = _RECENT
        self._steps = 0  # since the last look

    def record(self, seconds: float) -> None:
        """Note a step of ``count`` threads, and decide on those of the next."""
        if self.most == 1:
            return
        self._recent.append(seconds)
        if self.count != self._chosen:
            self._look_on()
            return
        self._steps += 1
        self._best_s = min(self._best_s * _DRIFT, seconds)
        if len(self._recent) == _RECENT and (self._steps >= self._wait or self._is_held_up()):
            self._look()

    def _is_held_up(self) -> bool:
        return self._chosen > 1 and statistics.median(self._recent) > _HELD_UP * self._best_s

    def _look(self) -> None:
        """Try the next number up or down, in turns; down when something is in the way."""
        self._chosen_s = statistics.median(self._recent)
        self._goes_up = self._chosen == 1 or (
            self._goes_up and self._chosen < self.most and not self._is_held_up()
        )
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
            # The next one in this direction, if there is one, may be faster still.
            self._wait = _RECENT if 1 < self.count < self.most else _FIRST_WAIT
        else:
            self._goes_up = not self._goes_up
            self._best_s = self._chosen_s  # slow or not, it is what this machine can do now
            self._wait = min(max(2 * self._wait, _FIRST_WAIT), _LONGEST_WAIT)
        self.count = self._chosen
        self._steps = 0
        tried.clear()
