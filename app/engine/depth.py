"""How many tokens to draft: the depth that gives most tokens per second, by measurement.

Drafting pays when a cycle's extra milliseconds are fewer than those of the tokens it saves, and
that depends on machine, model, context and text. So costs and acceptance are measured while
running. Looking at other depths is paid from measured seconds: it may lose a two-hundredth of the
decode time, and the longer a choice has held, the more seldom it is looked at again. The choice
lives as long as the engine, across requests. Both engines use this; it knows nothing of either.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_SAMPLES = 24  # cycle times kept per depth
_INTERRUPTED = 1.6  # times the lower quartile: another program had the processor
_WARM_SAMPLES = 2  # measured at each depth before any choice; one before them is dropped
_PRIOR = 0.6  # acceptance assumed before anything is known, worth _PRIOR_WEIGHT drafts
_PRIOR_WEIGHT = 2.0
_MEMORY = 40.0  # drafts after which an older one counts for little
_REMEMBERED = 8.0  # drafts that count of what was known before a look
_STALE_CYCLES = 60  # after so many without a measurement, older times hardly count
_STALE_SAMPLES = 2  # that are kept of them
_ADVANTAGE = 1.015  # a depth must be so much faster to be switched to
_SURE = 1.04  # and drafting at all must win by this: what is not sure is not worth being slower
_PROBE_SHARE = 0.005  # of the decode time may be lost to looking at other depths
_DEAREST_S = 0.06  # counted of what a look lost: a busy moment must not end all looking
_PROBE_CYCLES = 4  # of which the first may have to catch up
_HOPELESS = 0.7  # of the speed: a look ends early
_CLOSE = 0.96  # of the speed: the next look is soon
_DECIDE_S = 0.02  # of decoding between two comparisons: they must not cost what they save
_FIRST_WAIT_S = 0.25  # of decoding between two looks, doubled while the choice holds
_LEAD_CYCLES = 96  # before a look, in which what drafts need is gathered
_LONGEST_WAIT_S = 8.0
_UNTOLD_CYCLES = 16  # without drafts that may be told as one, far from the next look
_DATED = 0.75  # of an old time counts: the machine may have been busy
_DATED_START = 0.5  # … of one that was measured at the start alone, in a moment


@dataclass(slots=True)
class _Cost:
    """Cycle times at one depth, in seconds."""

    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_SAMPLES))
    is_warm: bool = False  # the first cycle, which compiles and allocates, has been
    measured_at: int = 0  # cycle number
    none_s: float = 0.0  # what a cycle without drafts took then
    _typical_s: float | None = None  # None: to be computed

    def add(self, seconds: float, cycle: int) -> None:
        if cycle - self.measured_at > _STALE_CYCLES:
            # Other programs may have come or gone, and the context has grown.
            while len(self.seconds) > _STALE_SAMPLES:
                self.seconds.popleft()
        self.seconds.append(seconds)
        self.measured_at = cycle
        self._typical_s = None

    @property
    def typical_s(self) -> float:
        """The mean, since slow cycles are part of the price, without interrupted ones."""
        if self._typical_s is None:
            ordered = sorted(self.seconds)
            limit = _INTERRUPTED * ordered[(len(ordered) - 1) // 4]
            counted = [seconds for seconds in ordered if seconds <= limit]
            self._typical_s = sum(counted) / len(counted)
        return self._typical_s


@dataclass(slots=True)
class _Acceptance:
    """Share of drafts at one position that were right, given that those before them were."""

    share: float = _PRIOR
    weight: float = _PRIOR_WEIGHT

    def add(self, is_right: bool) -> None:
        self.weight = min(self.weight + 1, _MEMORY)
        self.share += (is_right - self.share) / self.weight


@dataclass(slots=True)
class _Probe:
    """A look at another depth that is under way."""

    depth: int
    left: int = _PROBE_CYCLES
    tokens: int = 0  # that its cycles gave


@dataclass(slots=True)
class _Choice:
    """What is known for cycles of so many sequences, and the depth in use."""

    costs: list[_Cost]
    current: int | None = None
    probe: _Probe | None = None
    debt_s: float = 0.0  # lost by probing and not yet earned back
    wait_s: float = _FIRST_WAIT_S  # between two looks
    since_s: float = 0.0  # of decoding since the last look
    held_s: float = _DECIDE_S  # of decoding since the depths were compared
    lead_s: float = 0.0  # of decoding before a look, in which what it needs is gathered

    def seconds(self) -> list[float]:
        """What a cycle takes at each depth.

        A deeper one computes all of it and more, so what took longer was held up. Infinite where
        nothing is known.
        """
        least, found = float("inf"), list[float]()
        for cost in reversed(self.costs):
            least = min(least, cost.typical_s) if cost.seconds else least
            found.insert(0, least)
        return found

    def least_s(self, depth: int) -> float:
        """What a cycle at a depth may take now, when it was last measured long ago.

        A machine that was busy then slowed cycles without drafts, too.
        """
        taken, cost = self.seconds(), self.costs[depth]
        pace = min(1.0, taken[0] / cost.none_s) if cost.none_s else 1.0
        is_sure = len(cost.seconds) > _WARM_SAMPLES
        return (_DATED if is_sure else _DATED_START) * pace * taken[depth]

    def until_look_s(self) -> float:
        """Seconds of decoding before the next look can begin."""
        return max(self.wait_s - self.since_s, self.debt_s / _PROBE_SHARE)


class DepthChooser:
    """Says how many tokens to draft in the next cycle, 0 … ``deepest``.

    ``fixed`` asks for one depth always. Costs are kept per number of sequences in a cycle.
    """

    def __init__(self, deepest: int, fixed: int | None = None) -> None:
        self.deepest = deepest
        self.fixed = None if fixed is None else min(fixed, deepest)
        self._choices: dict[int, _Choice] = {}
        self._accepted = [_Acceptance() for _ in range(deepest)]
        self._cycle = 0

    def depth(self, sequences: int = 1) -> int:
        """The depth for the next cycle of so many sequences."""
        if self.fixed is not None:
            return self.fixed
        choice = self._choice(sequences)
        if choice.held_s < _DECIDE_S and choice.probe is None and choice.current is not None:
            return choice.current
        for depth, cost in enumerate(choice.costs):
            if len(cost.seconds) < _WARM_SAMPLES:
                return depth
        choice.held_s = 0.0
        best = self._best(choice, sequences)
        if choice.probe is None and choice.until_look_s() <= 0:
            self._begin_probe(choice, best)
        return best if choice.probe is None else choice.probe.depth

    def choice(self, sequences: int = 1) -> int | None:
        """The depth that measured fastest, whatever is being tried out; None = not yet known."""
        if self.fixed is not None:
            return self.fixed
        choice = self._choices.get(sequences)
        return None if choice is None else choice.current

    def untold_cycles(self, sequences: int = 1) -> int:
        """So many cycles to come draft nothing, whatever they take; they may be told as one."""
        return _UNTOLD_CYCLES if self.is_resting(sequences) else 0

    def is_resting(self, sequences: int = 1) -> bool:
        """Whether nothing is drafted now and for some cycles to come.

        What only drafts need, such as states of rows, need not be kept until then.
        """
        if self.fixed is not None:
            return self.fixed == 0
        choice = self._choices.get(sequences)
        return (
            choice is not None
            and choice.current == 0
            and choice.probe is None
            and choice.until_look_s() > choice.lead_s
        )

    def record(
        self,
        depth: int,
        seconds: float,
        accepted: Sequence[int],
        *,
        cycles: int = 1,
        is_clean: bool = True,
        is_whole: bool = True,
    ) -> None:
        """Tell what a cycle took and how many drafts each of its sequences accepted.

        ``cycles``: so many took as long, on average. They drafted nothing.
        ``is_clean`` False: the time holds other work too, such as catching up on rows, and says
        nothing about later cycles. ``is_whole`` False: an answer ended before the draft after the
        accepted ones was judged.
        """
        self._cycle += cycles
        sequences = len(accepted)
        for count in accepted:
            for position in range(min(depth, count + is_whole)):
                self._accepted[position].add(position < count)
        if self.fixed is not None:
            return
        choice = self._choice(sequences)
        cost = choice.costs[depth]
        if is_clean and cost.is_warm:
            cost.add(seconds, self._cycle)
            if depth and choice.costs[0].seconds:
                cost.none_s = choice.costs[0].typical_s
        cost.is_warm = True
        self._settle(choice, depth, cycles * seconds, sum(accepted) + sequences, sequences)

    def rate(self, depth: int, sequences: int = 1) -> float:
        """Tokens per second expected at a depth; 0 while its cost is unknown."""
        choice = self._choices.get(sequences)
        if choice is None or not choice.costs[depth].seconds:
            return 0.0
        return sequences * self._tokens(depth) / choice.seconds()[depth]

    def reason(self, sequences: int = 1) -> str:
        """Why nothing is drafted in cycles of so many sequences, for the user; "" if it is."""
        if self.fixed is not None:
            return "" if self.fixed else "Drafting is switched off."
        choice = self._choices.get(sequences)
        if not self.deepest or (choice is not None and choice.current):
            return ""
        if choice is None or choice.current is None:
            return "The answer ended before drafting could be measured."
        rates = [self.rate(depth, sequences) for depth in range(1, self.deepest + 1)]
        share = max(rates) / max(self.rate(0, sequences), 1e-9)
        if share < 1:
            return f"Measured here, drafting would write at {share:.0%} of the speed."
        return "Measured here, drafting would not be clearly faster."

    def _choice(self, sequences: int) -> _Choice:
        if sequences not in self._choices:
            self._choices[sequences] = _Choice([_Cost() for _ in range(self.deepest + 1)])
        return self._choices[sequences]

    def _tokens(self, depth: int) -> float:
        """Tokens that a cycle gives each sequence, on average."""
        tokens, chance = 1.0, 1.0
        for accepted in self._accepted[:depth]:
            chance *= accepted.share
            tokens += chance
        return tokens

    def _best(self, choice: _Choice, sequences: int) -> int:
        """The fastest depth; the current one stays unless another is clearly faster."""
        times = choice.seconds()
        rates = [self._tokens(depth) / times[depth] for depth in range(self.deepest + 1)]
        rates[0] *= _SURE
        best = rates.index(max(rates))
        current = best if choice.current is None else choice.current
        if rates[best] > rates[current] * (_ADVANTAGE if best else 1.0):
            current = best
            choice.wait_s = _FIRST_WAIT_S
        choice.current = current
        choice.lead_s = _LEAD_CYCLES * times[0]
        return current

    def _begin_probe(self, choice: _Choice, best: int) -> None:
        """Look at the depth that was not measured for longest, of those that may be faster."""
        others = [depth for depth in range(self.deepest + 1) if depth != best]
        reached = self._tokens(best) / choice.seconds()[best]
        # To look at no drafts costs next to nothing, and everything depends on it.
        hopeful = [d for d in others if d == 0 or (d + 1) / choice.least_s(d) > reached]
        choice.since_s = 0.0
        choice.wait_s = min(2 * choice.wait_s, _LONGEST_WAIT_S)
        found = others if choice.wait_s == _LONGEST_WAIT_S else hopeful
        if found:
            stalest = min(found, key=lambda depth: choice.costs[depth].measured_at)
            choice.probe = _Probe(stalest)
            # The text may have changed since drafts were made at these positions.
            for accepted in self._accepted[best:stalest]:
                accepted.weight = min(accepted.weight, _REMEMBERED)

    def _settle(
        self, choice: _Choice, depth: int, seconds: float, tokens: int, sequences: int
    ) -> None:
        """Count what a probe cost against the best depth; ordinary cycles earn the next one."""
        probe = choice.probe
        if probe is None or depth != probe.depth:
            choice.since_s += seconds
            choice.held_s += seconds
            # What was not used is not saved up: a long answer would end in a burst of looks.
            choice.debt_s = max(choice.debt_s - _PROBE_SHARE * seconds, 0.0)
            return
        rate = self.rate(choice.current or 0, sequences)
        if rate > 0:
            choice.debt_s = min(choice.debt_s + seconds - tokens / rate, _DEAREST_S)
        probe.left -= 1
        probe.tokens += tokens
        share = self.rate(depth, sequences) / rate if rate > 0 else 1.0
        if probe.left and (share >= _HOPELESS or 2 * probe.left > _PROBE_CYCLES):
            return
        made = probe.tokens / (_PROBE_CYCLES - probe.left) / choice.seconds()[depth]
        if made > rate > 0 and depth != choice.current:
            # What was right until now counts for little yet in the shares, so go on.
            choice.probe = _Probe(depth)
            return
        choice.probe = None
        if share > _CLOSE:
            choice.wait_s = _FIRST_WAIT_S
