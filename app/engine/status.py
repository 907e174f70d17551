"""What is known of the engine, for all who show it or wait for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.engine.errors import AppError, engine_not_running, still_loading
from app.engine.protocol import ModelInfo


class EngineState(StrEnum):
    STOPPED = "stopped"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The engine as the user sees it.

    ``error`` says why it failed or, while it is loading or ready again, why it was restarted.
    ``notice`` is a sentence to show once. ``crashes`` counts unexpected ends since ``start``.
    """

    state: EngineState
    model: ModelInfo | None = None
    error: AppError | None = None
    load_fraction: float | None = None
    notice: str | None = None
    memory_bytes: int | None = None
    crashes: int = 0


_STOPPED = EngineStatus(EngineState.STOPPED)


class StatusBoard:
    """The status as it is now. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._listeners: list[Callable[[EngineStatus], None]] = []
        self._now = _STOPPED

    @property
    def now(self) -> EngineStatus:
        return self._now

    def subscribe(self, on_status: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Hear of every change, on the thread that makes it. Returns the way to stop hearing."""
        with self._changed:
            self._listeners.append(on_status)

        def unsubscribe() -> None:
            with self._changed:
                if on_status in self._listeners:
                    self._listeners.remove(on_status)

        return unsubscribe

    def change(self, state: EngineState, **changes: Any) -> None:  # noqa: ANN401
        """Tell everybody; what is not named stays as it is."""
        self._change(state=state, **changes)

    def notice(self, sentence: str) -> None:
        """Tell everybody a sentence to show, whatever the state is just now."""
        self._change(notice=sentence)

    def forget(self) -> None:
        """Begin anew, and say so with the next change."""
        with self._changed:
            self._now = _STOPPED

    def wait_ready(self, timeout_s: float | None) -> ModelInfo:
        """The loaded model. Raises AppError when loading fails or takes longer than the limit."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while True:
                status = self._now
                if status.state is EngineState.READY and status.model is not None:
                    return status.model
                if status.state is EngineState.FAILED and status.error is not None:
                    raise status.error
                if status.state is EngineState.STOPPED:
                    raise engine_not_running()
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise still_loading()
                self._changed.wait(left)

    def _change(self, **changes: Any) -> None:  # noqa: ANN401
        with self._changed:
            self._now = replace(self._now, **changes)
            status, listeners = self._now, list(self._listeners)
            self._changed.notify_all()
        for on_status in listeners:
            on_status(status)
