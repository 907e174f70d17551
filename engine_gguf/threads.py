"""How many threads decode: all of them, or one while other programs keep the processor busy.

Threads meet hundreds of times per token. When another program holds one of them up, all wait: on a
busy machine with two cores one thread was 5 to 20 times faster than two.
"""

import statistics
from collections import deque

_RECENT = 5  # steps whose median is compared
_HELD_UP = 2.0  # times the best step seen: something is in the way
_RETRY = 256  # steps with one thread before all are tried again
_DRIFT = 1.0005  # the best step gets slower as the context grows


class ThreadChooser:
    """Fed with the seconds of calls of one size, in which answers are written."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = most
        self._best_s = float("inf")
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._with_all_s = 0.0  # median when they were given up
        self._steps = 0  # since the last change

    def record(self, seconds: float) -> bool:
        """Note a step; True when ``count`` has changed."""
        if self.most == 1:
            return False
        self._recent.append(seconds)
        self._steps += 1
        if len(self._recent) < _RECENT:
            return False
        median = statistics.median(self._recent)
        if self.count == self.most:
            self._best_s = min(self._best_s * _DRIFT, seconds)
            if median > _HELD_UP * self._best_s:
                self._with_all_s = median
                return self._change(1)
        elif median > self._with_all_s or self._steps > _RETRY:
            return self._change(self.most)
        return False

    def _change(self, count: int) -> bool:
        self.count = count
        self._steps = 0
        self._recent.clear()
        return True
