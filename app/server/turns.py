"""Chat turns as asyncio sees them: started in a thread, read from a queue, cancelled when left.

Every protocol runs its answers through here. The number of live turns is bounded; beyond it the
client is told to come back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor

from app.chat.turn import (
    PromptProgress,
    Turn,
    TurnFailed,
    TurnRequest,
    TurnUpdate,
    prompt_of,
    start_turn,
)
from app.engine.client import EngineClient, EngineState
from app.engine.errors import AppError, ErrorKind, engine_not_running
from app.server.edge import log_bug
from app.server.errors import ApiError, endpoint_closing, from_app_error, too_many_requests
from app.server.inspector import Inspection, Inspector

_STARTER_THREADS = 8  # rendering and submitting only: nobody waits for a model in a thread


class Turns:
    """The live turns of one endpoint. Used on the endpoint's loop only, but for ``live_count``."""

    def __init__(
        self, engine: EngineClient, max_live: int, inspector: Inspector | None = None
    ) -> None:
        self._inspector = inspector or Inspector()
        self._engine = engine
        self._max_live = max_live
        self._live: set[LiveTurn] = set()
        self._starters = ThreadPoolExecutor(_STARTER_THREADS, "endpoint-turn")
        # One thread: agents count two dozen prompts at once, which must not hold up a turn.
        self._counter = ThreadPoolExecutor(1, "endpoint-count")
        self._is_closing = False

    @property
    def live_count(self) -> int:
        return len(self._live)

    @contextlib.asynccontextmanager
    async def open(self, request: TurnRequest) -> AsyncIterator["LiveTurn"]:
        """Start a turn; leaving the context cancels it if it still runs.

        Raises ApiError 429 when too many are live.
        """
        if self._is_closing:
            raise endpoint_closing()
        if len(self._live) >= self._max_live:
            raise too_many_requests()
        inspection = self._inspector.begin(request)
        turn = LiveTurn(self._engine, request, self._starters, inspection)
        self._live.add(turn)
        try:
            yield turn
        finally:
            self._live.discard(turn)
            turn.leave()

    async def count_tokens(self, text: str) -> int:
        """Tokens of plain text; 0 when the engine has just gone, as this is only statistics."""
        try:
            return await asyncio.to_thread(self._engine.count_tokens, text)
        except AppError:
            return 0

    async def count_prompt(self, request: TurnRequest) -> int:
        """Tokens of a prompt, counted beside whatever is running. Raises AppError."""
        await _model_ready(self._engine)
        return await asyncio.get_running_loop().run_in_executor(
            self._counter, _count_prompt, self._engine, request
        )

    def close(self) -> None:
        """End every live turn with an error that says so, and start no more."""
        self._is_closing = True
        for turn in self._live:
            turn.fail(endpoint_closing())
        self._starters.shutdown(wait=False, cancel_futures=True)
        self._counter.shutdown(wait=False, cancel_futures=True)


class LiveTurn:
    """One answer being generated, from the moment it was asked for, also while the model loads."""

    def __init__(
        self,
        engine: EngineClient,
        request: TurnRequest,
        starters: ThreadPoolExecutor,
        inspection: Inspection | None = None,
    ) -> None:
        self._inspection = inspection
        self._engine = engine
        self._request = request
        self._starters = starters
        self._loop = asyncio.get_running_loop()
        self.prompt: PromptProgress | None = None  # how far the prompt was read
        self._updates: asyncio.Queue[TurnUpdate | ApiError] = asyncio.Queue()
        self._turn: Future[Turn] | None = None
        self._starter = self._loop.create_task(self._start())

    async def next(self, timeout_s: float | None = None) -> TurnUpdate | None:
        """The next update other than progress; None when there was none in time.

        Raises ApiError when the turn failed. Not to be called again after the last update.
        """
        try:
            update = await self._next_update(timeout_s)
        except TimeoutError:
            return None
        match update:
            case ApiError():
                raise update
            case TurnFailed(error):
                raise from_app_error(error)
            case _:
                return update

    async def _next_update(self, timeout_s: float | None) -> "TurnUpdate | ApiError":
        """Sets up no timer where something waits already. Raises TimeoutError."""
        while not self._updates.empty():
            if not isinstance(update := self._updates.get_nowait(), PromptProgress):
                return update
            self.prompt = update
        async with asyncio.timeout(timeout_s):
            while isinstance(update := await self._updates.get(), PromptProgress):
                self.prompt = update
        return update

    def fail(self, error: ApiError) -> None:
        if self._inspection is not None:
            self._inspection.fail(error.code or error.kind)
        self._updates.put_nowait(error)

    def leave(self) -> None:
        """Cancel the turn now or, when a thread is still starting it, as soon as it exists."""
        self._starter.cancel()
        if self._inspection is not None:
            self._inspection.leave()
        if self._turn is not None:
            self._turn.cancel()
            self._turn.add_done_callback(_cancel_started)

    async def _start(self) -> None:
        try:
            await _model_ready(self._engine)
            self._turn = self._starters.submit(self._start_turn)
            await asyncio.wrap_future(self._turn)
        except AppError as error:
            self.fail(from_app_error(error))
        except Exception as error:  # the client is told; the log says where
            log_bug(error)
            self.fail(from_app_error(AppError(ErrorKind.INTERNAL, "", "")))

    def _start_turn(self) -> Turn:
        """On a thread of the starters."""
        turn = start_turn(self._engine, self._request, self._on_update)
        if self._inspection is not None:
            self._inspection.read_prompt("".join(part.text for part in turn.prompt))
        return turn

    def _on_update(self, update: TurnUpdate) -> None:
        """On a thread of the engine client."""
        if self._inspection is not None:
            self._inspection.take(update)
        _call_soon(self._loop, self._updates.put_nowait, update)


def _count_prompt(engine: EngineClient, request: TurnRequest) -> int:
    return engine.count_prompt(prompt_of(engine.wait_ready(), request))


def _cancel_started(turn: Future[Turn]) -> None:
    """On whichever thread completed the start."""
    if not turn.cancelled() and turn.exception() is None:
        turn.result().cancel()


async def _model_ready(engine: EngineClient) -> None:
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


def _call_soon(
    loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *values: object
) -> None:
    """Hand over to the loop from another thread; nobody is left to hear it once it is closed."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *values)
