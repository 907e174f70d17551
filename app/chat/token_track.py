"""Follows tokens through a parser, so that each text keeps the log probabilities of its own.

A parser holds back what may be a tag and drops what is one. Tokens of reasoning, tags and calls
belong to no text and are left out; a token that is partly text counts as text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.chat.answer_parser import AnswerUpdate
from app.chat.stream_parser import ContentDelta, ReasoningDelta
from app.engine.protocol import Piece, TokenLogprobs


@dataclass(slots=True)
class _Fed:
    """Text that the parser got, and the tokens it came from."""

    start: int  # in characters of all that was fed and is not yet told
    text: str
    tokens: tuple[TokenLogprobs, ...]


class TokenTrack:
    """Stands between the pieces of one answer and its parser."""

    def __init__(self, feed: Callable[[str], list[AnswerUpdate]]) -> None:
        self._feed = feed
        self._pending: list[_Fed] = []
        self._text = ""

    def feed(self, piece: Piece) -> list[AnswerUpdate]:
        """Token by token, so that what comes out came from the last few that went in."""
        updates: list[AnswerUpdate] = []
        for text, tokens in _cut(piece):
            self._pending.append(_Fed(len(self._text), text, tokens))
            self._text += text
            updates += self.told(self._feed(text))
        return updates

    def told(self, updates: list[AnswerUpdate]) -> list[AnswerUpdate]:
        """The same updates, with its tokens on every text."""
        found: list[AnswerUpdate] = []
        at = 0
        for update in updates:
            if isinstance(update, ContentDelta | ReasoningDelta):
                start = max(at, self._text.find(update.text, at))
                at = start + len(update.text)
                if isinstance(update, ContentDelta):
                    update = replace(update, logprobs=self._take(start, at))
            else:
                at = len(self._text)
            found.append(update)
        if at:
            self._forget(at)
        return found

    def _take(self, start: int, end: int) -> tuple[TokenLogprobs, ...]:
        """Each token once, with the first of the text that it is part of."""
        tokens: list[TokenLogprobs] = []
        for fed in self._pending:
            if fed.start < end and fed.start + len(fed.text) > start:
                tokens += fed.tokens
                fed.tokens = ()
        return tuple(tokens)

    def _forget(self, end: int) -> None:
        """What ends before ``end`` will not be told any more."""
        self._text = self._text[end:]
        kept = [fed for fed in self._pending if fed.start + len(fed.text) > end]
        self._pending = kept
        for fed in kept:
            fed.start -= end


def _cut(piece: Piece) -> Iterator[tuple[str, tuple[TokenLogprobs, ...]]]:
    """One by one where the tokens are whole characters and nothing of them was held back."""
    texts = [token.chosen.text for token in piece.logprobs]
    if "".join(texts) != piece.text:
        yield piece.text, piece.logprobs
        return
    for text, token in zip(texts, piece.logprobs, strict=True):
        yield text, (token,)
