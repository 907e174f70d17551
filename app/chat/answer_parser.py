"""What a model writes, split into reasoning, text and tool calls."""

from app.chat.stream_parser import ContentDelta, ReasoningDelta, StreamParser
from app.chat.tool_parser import CallStyle, call_marker, tool_parser
from app.chat.tools import Tool, ToolUpdate

AnswerUpdate = ReasoningDelta | ContentDelta | ToolUpdate


class AnswerParser:
    """The reasoning first, then text and calls; without tools everything after it is text."""

    def __init__(
        self,
        *,
        starts_inside: bool = False,
        is_continued: bool = False,
        style: CallStyle | None,
        tools: tuple[Tool, ...] = (),
    ) -> None:
        if style is None:
            self._reasoning = StreamParser(starts_inside=starts_inside, is_continued=is_continued)
            self._calls = None
        else:
            self._reasoning = StreamParser(
                starts_inside=starts_inside, is_continued=is_continued, call=call_marker(style)
            )
            self._calls = tool_parser(style, tools)

    def feed(self, text: str) -> list[AnswerUpdate]:
        return self._split(self._reasoning.feed(text))

    def flush(self, *, is_complete: bool) -> list[AnswerUpdate]:
        """``is_complete``: the model ended by itself, so a call without its end is whole."""
        updates = self._split(self._reasoning.flush())
        return [*updates, *self._calls.flush(is_complete)] if self._calls else updates

    def _split(self, deltas: list[ReasoningDelta | ContentDelta]) -> list[AnswerUpdate]:
        if self._calls is None:
            return [*deltas]
        updates: list[AnswerUpdate] = []
        for delta in deltas:
            is_text = isinstance(delta, ContentDelta)
            updates += self._calls.feed(delta.text) if is_text else [delta]
        return updates


class PlainParser:
    """For a model that goes on with a text: everything is text."""

    def feed(self, text: str) -> list[AnswerUpdate]:
        return [ContentDelta(text)] if text else []

    def flush(self, *, is_complete: bool) -> list[AnswerUpdate]:
        return []
