"""What of a long conversation fits into the prompt: the newest of it, cut in coarse steps.

The cut moves rarely, so that one prompt after another begins alike and its state can be used again.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.chat.messages import Message, TextPart

STEP = 0.4  # of the context, cut at once
RESERVE = 0.25  # of the context, for the answer; at most …
MOST_RESERVED_TOKENS = 4096

_MESSAGE_BYTES = 64  # what a template writes around one


@dataclass(frozen=True, slots=True)
class Fitted:
    """The messages to send, how many before them were left out, and the tokens of the prompt."""

    messages: tuple[Message, ...]
    left_out: int
    tokens: int


def fit(
    messages: Sequence[Message], count: Callable[[Sequence[Message]], int], context_length: int
) -> Fitted:
    """Leave out the oldest messages until the prompt and some answer fit.

    Instructions at the beginning stay, documents that were asked about first, and the last
    question; whoever asks for something that does not fit even alone is told by the engine.
    ``count`` gives the tokens of a prompt.
    """
    limit = context_length - min(int(context_length * RESERVE), MOST_RESERVED_TOKENS)
    tokens = count(messages)
    if tokens <= limit:
        return Fitted(tuple(messages), 0, tokens)
    first = _first_after_instructions(messages)
    starts = [n for n, m in enumerate(messages) if n > first and m.role == "user"]
    if not starts:
        return Fitted(tuple(messages), 0, tokens)
    step = max(1, int(context_length * STEP))
    wanted = -(-(tokens - limit) // step) * step  # to leave out, in whole steps

    def without(start: int) -> tuple[Message, ...]:
        return (*messages[:first], *messages[start:])

    place = bisect_left(starts, wanted, key=lambda start: tokens - count(without(start)))
    start = starts[min(place, len(starts) - 1)]
    kept = without(start)
    return Fitted(kept, start - first, count(kept))


def is_surely_short(messages: Sequence[Message], context_length: int) -> bool:
    """Whether it fits without counting: a token has at least one byte, half is for the template."""
    size = sum(len(m.text.encode("utf-8", "replace")) + _MESSAGE_BYTES for m in messages)
    return size <= context_length // 2


def _first_after_instructions(messages: Sequence[Message]) -> int:
    """The first message that may be left out: not one with documents, nor the answer to it."""
    first = next((n for n, m in enumerate(messages) if m.role != "system"), len(messages))
    if first < len(messages) and _holds_documents(messages[first]):
        following = (n for n in range(first + 1, len(messages)) if messages[n].role == "user")
        return next(following, first)
    return first


def _holds_documents(message: Message) -> bool:
    return any(isinstance(part, TextPart) and part.is_checkpoint for part in message.parts)
