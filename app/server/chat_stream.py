"""An answer of the chat protocol as server-sent events."""

import functools
from typing import Any

from app.chat.turn import ContentDelta, ReasoningDelta, TurnFinished, TurnUpdate
from app.server import sse
from app.server.chat_format import ChatWriter, reasoning_fields


class ChatStream:
    """Tells what the writer takes; where usage is asked for, every chunk has the field."""

    def __init__(self, writer: ChatWriter, *, wants_usage: bool) -> None:
        self._writer = writer
        self._wants_usage = wants_usage
        self._no_usage: dict[str, Any] = {"usage": None} if wants_usage else {}

    @property
    def reasoning(self) -> str:
        return self._writer.reasoning

    def opening(self) -> bytes:
        return self._chunk({"role": "assistant", "content": "", "refusal": None})

    def tell(self, update: TurnUpdate) -> bytes:
        """Its event; empty for what is told later or not at all."""
        delta = self._writer.take(update)
        match update:
            case ContentDelta(text, ()):
                return self._content_mould.cast(text)
            case ReasoningDelta(text):
                return self._reasoning_mould.cast(text)
        return self._chunk(delta, logprobs=self._writer.logprobs(update)) if delta else b""

    def ending(self, last: TurnFinished, reasoning_tokens: int) -> bytes:
        end = sse.data(self._writer.chunk({}, last) | self._no_usage)
        if not self._wants_usage:
            return end
        return end + sse.data(self._writer.usage_chunk(last, reasoning_tokens))

    @functools.cached_property
    def _content_mould(self) -> sse.Mould:
        return sse.Mould(self._chunk({"content": sse.BLANK_TEXT}))

    @functools.cached_property
    def _reasoning_mould(self) -> sse.Mould:
        return sse.Mould(self._chunk(reasoning_fields(sse.BLANK_TEXT)))

    def _chunk(self, delta: dict[str, Any], *, logprobs: dict[str, Any] | None = None) -> bytes:
        return sse.data(self._writer.chunk(delta, logprobs=logprobs) | self._no_usage)
