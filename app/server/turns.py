"""The live turns of the endpoint. Every protocol runs its answers through here.

Their number is bounded; beyond it the client is told to come back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from app.chat.turn import TurnRequest, TurnUpdate, prompt_of
from app.engine.client import EngineClient
from app.engine.errors import AppError
from app.engine.protocol import ModelInfo
from app.server.errors import ApiError, endpoint_closing, too_many_requests
from app.server.handover import Handover
from app.server.inspector import Inspector
from app.server.live_turn import LiveTurn, model_ready
from app.server.sessions import Sessions

_STARTER_THREADS = 8  # rendering and submitting only: nobody waits for a model in a thread
_EMBEDDER_THREADS = 2  # the engine makes one batch at a time; the other waits at its door
_EMBED_BATCH = 16  # texts


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
        self._embedder = ThreadPoolExecutor(_EMBEDDER_THREADS, "endpoint-embed")
        self._embedding = 0  # requests for embeddings, running and waiting
        self._sessions = Sessions()
        self._is_closing = False
        self._handover: Handover[TurnUpdate | ApiError] | None = None  # made on the loop

    @property
    def live_count(self) -> int:
        return len(self._live)

    @contextlib.asynccontextmanager
    async def open(self, request: TurnRequest) -> AsyncIterator[LiveTurn]:
        """Start a turn; leaving the context cancels it if it still runs.

        Raises ApiError 429 when too many are live.
        """
        if self._is_closing:
            raise endpoint_closing()
        if len(self._live) >= self._max_live:
            raise too_many_requests()
        if self._handover is None:
            self._handover = Handover()
        inspection = self._inspector.begin(request)
        request = replace(request, session_key=self._sessions.name_for(request))
        turn = LiveTurn(self._engine, request, self._starters, self._handover, inspection)
        self._live.add(turn)
        try:
            yield turn
        finally:
            self._live.discard(turn)
            turn.leave()

    async def model(self) -> ModelInfo:
        """The loaded model; waits while it loads. Raises AppError."""
        await model_ready(self._engine)
        return self._engine.wait_ready(0)

    async def embed(self, texts: tuple[str, ...]) -> tuple[list[list[float]], int]:
        """A vector per text, and how many tokens they have in all.

        In small batches, so that running answers go on in between and nothing more is done once
        the client has left. Raises AppError, or ApiError 429 when too many wait.
        """
        if self._embedding >= self._max_live:
            raise too_many_requests()
        vectors: list[list[float]] = []
        tokens = 0
        self._embedding += 1
        try:
            for start in range(0, len(texts), _EMBED_BATCH):
                found, count = await asyncio.get_running_loop().run_in_executor(
                    self._embedder, _embed, self._engine, texts[start : start + _EMBED_BATCH]
                )
                vectors += found
                tokens += count
        finally:
            self._embedding -= 1
        return vectors, tokens

    async def count_tokens(self, text: str) -> int:
        """Tokens of plain text; 0 when the engine has just gone, as this is only statistics."""
        if not text:
            return 0
        try:
            return await asyncio.to_thread(self._engine.count_tokens, text)
        except AppError:
            return 0

    async def count_prompt(self, request: TurnRequest) -> int:
        """Tokens of a prompt, counted beside whatever is running. Raises AppError."""
        await model_ready(self._engine)
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
        self._embedder.shutdown(wait=False, cancel_futures=True)


def _embed(engine: EngineClient, texts: tuple[str, ...]) -> tuple[list[list[float]], int]:
    vectors = engine.embed(texts)
    return vectors, sum(engine.count_tokens(text) for text in texts)


def _count_prompt(engine: EngineClient, request: TurnRequest) -> int:
    return engine.count_prompt(prompt_of(engine.wait_ready(), request))
