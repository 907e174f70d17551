"""Makes the same conversation the same prompt, in whatever form a client sends it back.

The engine reuses what it has computed only as far as a prompt agrees with the one before. Clients
put things into a conversation that change from request to request and mean nothing to a model, and
give an answer back in other forms than they got it. Order is never changed: agents append messages
of every role, and moving one would break the prefix before it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.chat.messages import Message, Part, ReasoningPart, TextPart, ToolCallPart
from app.chat.stream_parser import OPEN_TAG, ReasoningDelta, StreamParser

# Claude Code's first system block names its build and the session (and in some versions a number
# that is new in every request): two sessions then share 69 of 49,227 characters.
_VOLATILE = re.compile(r"\s*x-anthropic-billing-header:(?:\s*[\w.-]+=[^;\s]*;?)*\s*")


def canonical(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages as they are rendered."""
    found = (_canonical(message) for message in messages)
    return tuple(message for message in found if message is not None)


def lasting_blocks(texts: Iterable[str]) -> list[str]:
    """The blocks of a system prompt without those that are only about the client."""
    return [text for text in texts if text and not _VOLATILE.fullmatch(text)]


def _canonical(message: Message) -> Message | None:
    if message.role == "system":
        return _without_header(message)
    return _with_reasoning(message) if message.role == "assistant" else message


def _without_header(message: Message) -> Message | None:
    header = _VOLATILE.match(message.text)
    if header is None:
        return message
    text = message.text[header.end() :]
    return replace(message, parts=(TextPart(text),)) if text else None


def _with_reasoning(message: Message) -> Message:
    """Reasoning that stands in tags before the answer is reasoning again."""
    if not message.text.lstrip().startswith(OPEN_TAG):
        return message
    parser = StreamParser()
    deltas = [*parser.feed(message.text), *parser.flush()]
    thought = "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))
    text = "".join(delta.text for delta in deltas if not isinstance(delta, ReasoningDelta))
    parts: list[Part] = [ReasoningPart(message.reasoning or thought)]
    parts += [TextPart(text)] if text else []
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    return replace(message, parts=(*parts, *calls))
