"""Hands values from other threads over to a loop: one wake-up, however many have come meanwhile."""

import asyncio
import collections
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Handover(Generic[T]):
    """Values in the order they were given. Made on the loop that takes them.

    Waking a loop costs a system call and a change of threads, dear for every token of a stream.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: collections.deque[tuple[Callable[[T], None], T]] = collections.deque()
        self._is_called = False

    def give(self, take: Callable[[T], None], value: T) -> None:
        """Have ``take`` called on the loop. From any thread; nobody hears it in a closed loop."""
        self._waiting.append((take, value))
        if not self._is_called:
            self._is_called = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._is_called = False  # first: what is given from here on calls again
        for _ in range(len(self._waiting)):
            take, value = self._waiting.popleft()
            take(value)
