"""One answer being generated, as asyncio sees it: started in a thread, taken in as it comes."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from app.chat.turn import (
    PromptProgress,
    Turn,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.engine.client import EngineClient
from app.engine.errors import AppError, ErrorKind, engine_not_running
from app.engine.status import EngineState
from app.server.edge import log_bug
from app.server.errors import ApiError, from_app_error
from app.server.handover import Handover
from app.server.inspector import Inspection

_CLOCK_S = 0.02  # how coarse the clock of a loop may be


class LiveTurn:
    """From the moment it was asked for, also while the model loads. Used on the loop only."""

    def __init__(
        self,
        engine: EngineClient,
        request: TurnRequest,
        starters: ThreadPoolExecutor,
        handover: Handover[TurnUpdate | ApiError],
        inspection: Inspection | None = None,
    ) -> None:
        self.prompt: PromptProgress | None = None  # how far the prompt was read
        self.finished: TurnFinished | None = None  # once ``some`` has given it out
        self._inspection = inspection
        self._engine = engine
        self._request = request
        self._starters = starters
        self._handover = handover
        self._loop = asyncio.get_running_loop()
        self._ready: list[TurnUpdate | ApiError] = []
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._turn: Future[Turn | None] | None = None
        self._waiting: asyncio.Task[None] | None = None  # for the model
        if engine.status.state is EngineState.READY:
            self._start()
        else:
            self._waiting = self._loop.create_task(self._start_when_ready())

    async def begun(self, timeout_s: float | None = None) -> None:
        """Wait until there is an update, so that the model is known; or until the time is up."""
        if self._ready:
            return
        waiter = self._waiter = self._loop.create_future()
        if timeout_s is not None:
            self._wake_at(self._loop.time() + timeout_s)
        try:
            await waiter
        finally:
            self._waiter = None

    async def some(self, timeout_s: float | None = None) -> list[TurnUpdate]:
        """All updates that have come, but for progress; empty when there was none in time.

        Raises ApiError when the turn failed. Not to be called again once ``finished`` is there.
        """
        if not self._ready:
            await self.begun(timeout_s)
        return self._given_out()

    async def whole(self, take: Callable[[TurnUpdate], object]) -> TurnFinished:
        """Wait for all of the answer, showing every update to ``take``. Raises ApiError."""
        while self.finished is None:
            for update in await self.some():
                take(update)
        return self.finished

    def fail(self, error: ApiError) -> None:
        self._note(error)
        self._take(error)

    def leave(self) -> None:
        """Cancel the turn now or, when a thread is still starting it, as soon as it exists."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._inspection is not None:
            self._inspection.leave()
        if self._turn is not None and self.finished is None:
            self._turn.cancel()
            self._turn.add_done_callback(_cancel_started)

    def _take(self, update: TurnUpdate | ApiError) -> None:
        if isinstance(update, PromptProgress):
            self.prompt = update
            return
        self._ready.append(update)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _given_out(self) -> list[TurnUpdate]:
        """What is ready; a failure only when all that came before it is given out."""
        found: list[TurnUpdate] = []
        ready, self._ready = self._ready, []
        for at, update in enumerate(ready):
            if isinstance(update, ApiError | TurnFailed):
                if found:
                    self._ready = ready[at:]
                    break
                raise update if isinstance(update, ApiError) else from_app_error(update.error)
            if isinstance(update, TurnFinished):
                self.finished = update
            found.append(update)
        return found

    def _wake_at(self, deadline: float) -> None:
        """One timer for the whole stream: most of the time it is only told of a later deadline."""
        self._deadline = deadline
        if self._timer is not None and self._timer.when() <= deadline:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(deadline, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        is_early = self._loop.time() < self._deadline - _CLOCK_S
        if self._waiter is not None and is_early:
            self._wake_at(self._deadline)
        else:
            self._wake()

    async def _start_when_ready(self) -> None:
        try:
            await model_ready(self._engine)
        except AppError as error:
            self.fail(from_app_error(error))
        else:
            with contextlib.suppress(RuntimeError):  # the endpoint is closing, as the turn was told
                self._start()

    def _start(self) -> None:
        self._turn = self._starters.submit(self._start_turn)

    def _start_turn(self) -> Turn | None:
        """On a thread of the starters, and nothing wakes the loop when it is done."""
        try:
            turn = start_turn(self._engine, self._request, self._on_update)
            if self._inspection is not None:
                self._inspection.read_prompt("".join(part.text for part in turn.prompt))
        except AppError as error:
            self._refuse(from_app_error(error))
        except Exception as error:  # the client is told; the log says where
            log_bug(error)
            self._refuse(from_app_error(AppError(ErrorKind.INTERNAL, "", "")))
        else:
            return turn
        return None

    def _refuse(self, error: ApiError) -> None:
        """As ``fail``, from any thread."""
        self._note(error)
        self._handover.give(self._take, error)

    def _note(self, error: ApiError) -> None:
        if self._inspection is not None:
            self._inspection.fail(error.code or error.kind)

    def _on_update(self, update: TurnUpdate) -> None:
        """On a thread of the engine client."""
        if self._inspection is not None:
            self._inspection.take(update)
        self._handover.give(self._take, update)


async def model_ready(engine: EngineClient) -> None:
    """Wait while the model loads, holding no thread. Raises AppError when it will not be ready."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    unsubscribe = engine.subscribe(lambda _: _call_soon(loop, changed.set))
    try:
        while (status := engine.status).state is not EngineState.READY:
            if status.state is not EngineState.LOADING:
                raise status.error or engine_not_running()
            await changed.wait()
            changed.clear()
    finally:
        unsubscribe()


def _cancel_started(start: Future[Turn | None]) -> None:
    """On whichever thread completed the start."""
    turn = None if start.cancelled() else start.result()
    if turn is not None:
        turn.cancel()


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    """Hand over to the loop from another thread; nobody is left to hear it once it is closed."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)
