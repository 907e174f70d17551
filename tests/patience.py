"""How tests wait on a machine that may have other things to do."""

import time
from collections.abc import Callable

PATIENCE_S = 30.0  # for what comes at once where nothing else runs


def until(fact: Callable[[], object]) -> None:
    """Wait for a state that is to come about on another thread or in another process."""
    deadline = time.monotonic() + PATIENCE_S
    while not fact():
        assert time.monotonic() < deadline, "did not become true in time"
        time.sleep(0.01)


def is_soon_enough(attempt: Callable[[], bool], tries: int = 5) -> bool:
    """Whether it is in time at least once.

    A busy machine is late now and then; what is too slow is late each time.
    """
    return any(attempt() for _ in range(tries))


def is_done_within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether the work takes no longer, where the machine leaves it alone for as long."""

    def attempt() -> bool:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began < seconds

    return is_soon_enough(attempt)
