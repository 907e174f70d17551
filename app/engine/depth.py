"""How many tokens to draft: the depth that gives most tokens per second, by measurement.

Drafting pays when a cycle's extra milliseconds are fewer than those of the tokens it saves, and
that depends on machine, model, context and text. So costs and acceptance are measured while
running. Both engines use this; it knows nothing of either.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_SAMPLES = 15  # cycle times kept per depth
_QUANTILE = 0.3  # of them is the cost: other programs only ever make a cycle slower
_WARM_SAMPLES = 2  # measured at each depth before any choice; one before them is dropped
_PRIOR = 0.6  # acceptance assumed before anything is known, worth _PRIOR_WEIGHT drafts
_PRIOR_WEIGHT = 2.0
_MEMORY = 20.0  # drafts after which an older one counts for little
_STALE_CYCLES = 60  # after so many without a measurement, older times hardly count
_STALE_SAMPLES = 2  # that are kept of them
_ADVANTAGE = 1.03  # a depth must be so much faster to be switched to
_PROBE_SHARE = 0.008  # of the decode time may be lost to looking at other depths
_PROBE_CYCLES = 3  # of which the first may have to catch up


@dataclass(slots=True)
class _Cost:
    """Cycle times at one depth, in seconds."""

    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_SAMPLES))
    is_warm: bool = False  # the first cycle, which compiles and allocates, has been
    measured_at: int = 0  # cycle number

    @property
    def typical_s(self) -> float:
        return sorted(self.seconds)[int(_QUANTILE * len(self.seconds))]


@dataclass(slots=True)
class _Acceptance:
    """Share of drafts at one position that were right, given that those before them were."""

    share: float = _PRIOR
    weight: float = _PRIOR_WEIGHT

    def add(self, is_right: bool) -> None:
        self.weight = min(self.weight + 1, _MEMORY)
        self.share += (is_right - self.share) / self.weight


class DepthChooser:
    """Says how many tokens to draft in the next cycle, 0 … ``deepest``.

    ``fixed`` asks for one depth always. Costs are kept per number of sequences in a cycle.
    """

    def __init__(self, deepest: int, fixed: int | None = None) -> None:
        self.deepest = deepest
        self.fixed = None if fixed is None else min(fixed, deepest)
        self._costs: dict[int, list[_Cost]] = {}
        self._accepted = [_Acceptance() for _ in range(deepest)]
        self._current: dict[int, int] = {}
        self._debt_s = 0.0  # lost by probing and not yet earned back
        self._cycle = 0
        self._probe: tuple[int, int] | None = None  # depth, cycles left

    def depth(self, sequences: int = 1) -> int:
        """The depth for the next cycle of so many sequences."""
        if self.fixed is not None:
            return self.fixed
        costs = self._costs.setdefault(sequences, [_Cost() for _ in range(self.deepest + 1)])
        for depth, cost in enumerate(costs):
            if len(cost.seconds) < _WARM_SAMPLES:
                return depth
        best = self._best(sequences)
        if self._probe is None and self._debt_s <= 0 and self.deepest:
            others = [depth for depth in range(self.deepest + 1) if depth != best]
            stalest = min(others, key=lambda depth: costs[depth].measured_at)
            self._probe = (stalest, _PROBE_CYCLES)
        return best if self._probe is None else self._probe[0]

    def choice(self, sequences: int = 1) -> int | None:
        """The depth that measured fastest, whatever is being tried out; None = not yet known."""
        return self._current.get(sequences) if self.fixed is None else self.fixed

    def record(
        self, depth: int, seconds: float, accepted: Sequence[int], *, is_clean: bool = True
    ) -> None:
        """Tell what a cycle took and how many drafts each of its sequences accepted.

        ``is_clean`` False: the time holds other work too, such as catching up on rows, and says
        nothing about later cycles.
        """
        self._cycle += 1
        sequences = len(accepted)
        for count in accepted:
            for position in range(min(depth, count + 1)):
                self._accepted[position].add(position < count)
        if self.fixed is not None:
            return
        costs = self._costs.setdefault(sequences, [_Cost() for _ in range(self.deepest + 1)])
        cost = costs[depth]
        if is_clean and cost.is_warm:
            if self._cycle - cost.measured_at > _STALE_CYCLES:
                # Other programs may have come or gone, and the context has grown.
                while len(cost.seconds) > _STALE_SAMPLES:
                    cost.seconds.popleft()
            cost.seconds.append(seconds)
            cost.measured_at = self._cycle
        cost.is_warm = True
        self._settle(depth, seconds, sum(accepted) + sequences, sequences)

    def rate(self, depth: int, sequences: int = 1) -> float:
        """Tokens per second expected at a depth; 0 while its cost is unknown."""
        costs = self._costs.get(sequences)
        if not costs or not costs[depth].seconds:
            return 0.0
        tokens, chance = 1.0, 1.0
        for accepted in self._accepted[:depth]:
            chance *= accepted.share
            tokens += chance
        return sequences * tokens / costs[depth].typical_s

    def _best(self, sequences: int) -> int:
        """The fastest depth; the current one stays unless another is clearly faster."""
        rates = [self.rate(depth, sequences) for depth in range(self.deepest + 1)]
        best = rates.index(max(rates))
        current = self._current.get(sequences, best)
        if rates[best] > rates[current] * _ADVANTAGE:
            current = best
        self._current[sequences] = current
        return current

    def _settle(self, depth: int, seconds: float, tokens: int, sequences: int) -> None:
        """Count what a probe cost against the best depth; ordinary cycles earn the next one."""
        if self._probe is None or depth != self._probe[0]:
            self._debt_s -= _PROBE_SHARE * seconds
            self._debt_s = max(self._debt_s, -_PROBE_SHARE * 10)
            return
        rate = self.rate(self._current.get(sequences, 0), sequences)
        if rate > 0:
            self._debt_s = max(0.0, self._debt_s) + seconds - tokens / rate
        left = self._probe[1] - 1
        self._probe = (depth, left) if left else None
