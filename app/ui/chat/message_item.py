"""A message of the open conversation: its header at once, its rows when it comes into sight."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.chat.messages import Role
from app.ui.chat import words
from app.ui.chat.blocks import BlockSplitter
from app.ui.chat.citation_marks import document_rows, proof_rows, with_marks
from app.ui.chat.offers import offer_of
from app.ui.chat.rows import (
    TOOL,
    Row,
    RowKind,
    estimated_height,
    folded,
    plain_rows,
    rows_of_block,
)
from app.ui.error_words import error_sentence

if TYPE_CHECKING:
    from app.storage.conversations import MessageHeader, StoredMessage
    from app.ui.chat.message_frame import MessageFrame

log = logging.getLogger(__name__)

# What a row can raise when a message is worse than anything we thought of.
RENDERING_ERRORS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

_HANG = 12  # pixels; no more than the margin of its frame
_SLICE = 8_000  # characters that are split before the clock is looked at again


@dataclass(slots=True, eq=False)
class MessageItem:
    """``rows`` are empty until the text is loaded; ``unsplit`` is what has no rows yet."""

    id: int
    role: Role
    characters: int
    index: int = 0  # in the conversation
    is_loaded: bool = False
    is_stored: bool = True  # can be loaded again
    is_plain: bool = False  # its rendering raised
    source: str = ""
    marked: str = ""  # the source with the numbers of its citations: what is shown
    rows: list[Row] = field(default_factory=list)
    tail: Sequence[Row] = ()
    thoughts: Sequence[Row] = ()
    message: "StoredMessage | None" = None
    is_unanswered: bool = False  # the conversation ends with this question
    tool: str = ""  # that this is the result of, where that is known
    splitter: BlockSplitter | None = None
    position: int = 0
    frame: "MessageFrame | None" = None

    @property
    def height(self) -> int:
        """The actions under a question hang into the space below it."""
        height = sum(row.gap + row.height for row in self.rows)
        is_hanging = self.role == "user" and self.rows and self.rows[-1].kind is RowKind.ACTIONS
        return height - _HANG if is_hanging else height

    @property
    def name(self) -> str:
        return words.message_name(self.role, self.tool)

    @property
    def is_split(self) -> bool:
        return self.splitter is None

    def load(self, message: "StoredMessage") -> None:
        """Take the text; the rows of an answer follow with ``split``."""
        self.unload()
        self.is_loaded = True
        self.message, self.source = message, message.message.text
        self.tail = tail_rows(message, is_unanswered=self.is_unanswered)
        self.marked = with_marks(self.source, self.id, message.message.proof)
        if self.role == "assistant":
            if message.message.reasoning:
                self.rows = [reasoning_row(message.message.reasoning, _seconds(message))]
            self.splitter = BlockSplitter()
        elif self.role == "user":
            about = message.message.documents
            self.rows = document_rows(about) if about is not None else []
            self.rows += [*plain_rows(RowKind.USER, self.source), *self.tail]
        else:
            label = self.name
            info = TOOL if self.role == "tool" else ""
            self.rows = [Row(RowKind.REASONING, label, self.source, info), *self.tail]
        self._close_gap()

    def split(self, width: int, budget_s: float) -> None:
        """Make rows of an answer's text for ``budget_s`` seconds, or until it is done."""
        deadline = perf_counter() + budget_s
        while self.splitter is not None:
            piece = self.marked[self.position : self.position + _SLICE]
            self.position += len(piece)
            try:
                blocks = self.splitter.feed(piece) if piece else self.splitter.finish()
                rows = [row for block in blocks for row in rows_of_block(block)]
            except RENDERING_ERRORS:
                self.show_plain()
                break
            self.rows.extend(rows)
            if not piece:
                self.rows = [*folded(self.rows), *self._calls(), *self.tail]
                self.splitter = None
            if perf_counter() > deadline:
                break
        self._close_gap()
        self.estimate(width)

    def _calls(self) -> list[Row]:
        """The tools that the answer asks for, each with its arguments, folded."""
        calls = self.message.message.tool_calls if self.message is not None else ()
        return [
            Row(
                RowKind.REASONING,
                words.called(call.name),
                json.dumps(call.arguments, ensure_ascii=False, indent=2),
                TOOL,
                gap=8,
            )
            for call in calls
        ]

    def end(self, message: "StoredMessage") -> None:
        """The answer is complete and its rows already show it."""
        self.message, self.source, self.is_stored = message, message.message.text, True
        self.tail = tail_rows(message)
        self.rows.extend(self.tail)
        if self.rows[0].kind is RowKind.REASONING and self.rows[0].info != TOOL:
            self.rows[0].text = thought_label(_seconds(message))
        self._close_gap()

    def mend(self, stored: "MessageItem") -> list[Row]:
        """Show the stored message, which is split, instead; returns the rows that are gone."""
        shown, same = self.rows, 0
        for old, new in zip(shown, stored.rows, strict=False):
            if not _is_same(old, new):
                break
            old.source = new.source
            same += 1
        self.rows = [*shown[:same], *stored.rows[same:]]
        self.message, self.source, self.marked = stored.message, stored.source, stored.marked
        self.tail, self.thoughts, self.is_plain = stored.tail, (), stored.is_plain
        self.is_loaded = self.is_stored = True
        self.splitter = None
        return shown[same:]

    def show_plain(self) -> None:
        """Show the text as it is: one bad message never keeps a chat from opening."""
        log.exception("Message %d could not be rendered; it is shown as plain text", self.id)
        self.is_plain, self.splitter = True, None
        self.rows = [*plain_rows(RowKind.PLAIN, self.source), *self.tail]
        self._close_gap()

    def show_missing(self) -> None:
        """Say that its text is not there."""
        self.is_loaded = True
        words = QCoreApplication.translate("Transcript", "This message could not be loaded.")
        self.rows = [Row(RowKind.NOTE, words, info="warn", gap=0)]

    def estimate(self, width: int) -> None:
        for row in self.rows:
            if not row.is_measured:
                row.height = estimated_height(row, width)

    def unload(self) -> None:
        """Forget everything but the header; the widgets must have been given back."""
        self.rows, self.tail, self.thoughts = [], (), ()
        self.splitter, self.position = None, 0
        self.is_loaded, self.source, self.marked, self.message = False, "", "", None

    def _close_gap(self) -> None:
        if self.rows:
            self.rows[0].gap = 0


def estimated_message_heights(
    messages: Iterable["MessageHeader | MessageItem"], width: int
) -> list[int]:
    """About how high messages will be whose text has not been loaded; ten thousand at a time."""
    columns = width // 7 if width > 140 else 20
    return [
        (38 if message.role == "user" else 34) + 25 * (-(-message.characters // columns) or 1)
        for message in messages
    ]


def reasoning_row(text: str, seconds: float) -> Row:
    return Row(RowKind.REASONING, thought_label(seconds), text)


def thought_label(seconds: float) -> str:
    return words.thought(seconds)


def tail_rows(message: "StoredMessage", *, is_unanswered: bool = False) -> list[Row]:
    """What stands under the text: how the answer ended, and what can be done with it."""
    rows = []
    note = _note(message)
    if note is not None:
        rows.append(note)
    if not message.is_intact:
        rows.append(Row(RowKind.NOTE, words.damaged(), info="warn", gap=8))
    rows += proof_rows(message)
    said = caption(message)
    if message.message.role == "assistant" and message.state != "streaming":
        offer = offer_of(message, said)
        rows.append(Row(RowKind.ACTIONS, said, message.message.text, gap=4, offer=offer))
    if message.message.role == "user":
        offer = offer_of(message, is_unanswered=is_unanswered)
        rows.append(Row(RowKind.ACTIONS, source=message.message.text, gap=2, offer=offer))
    return rows


def _note(message: "StoredMessage") -> Row | None:
    match message.state:
        case "interrupted":
            return Row(RowKind.NOTE, words.interrupted(), info="muted", gap=8)
        case "stopped":
            return Row(RowKind.NOTE, words.stopped(), info="muted", gap=8)
        case "failed":
            why = error_sentence(message.details.error)
            return Row(RowKind.NOTE, words.failed(why), info="danger", gap=8)
        case _:
            return None


def caption(message: "StoredMessage") -> str:
    """Speed and reuse, when they are known: "41.2 tok/s · cached 3,204 of 3,310"."""
    details = message.details
    parts = []
    if details.tokens_per_second > 0:
        parts.append(words.speed(details.tokens_per_second))
    if details.cached_tokens:
        parts.append(words.cached(details.cached_tokens, details.prompt_tokens))
    return " · ".join(parts)


def _seconds(message: "StoredMessage") -> float:
    parts = message.message.parts
    return sum(getattr(part, "seconds", 0.0) for part in parts)


def _is_same(old: Row, new: Row) -> bool:
    """Does the widget of one show the other? That of a table has no use for the source."""
    return (
        (old.kind, old.text, old.info, old.is_open) == (new.kind, new.text, new.info, new.is_open)
        and (old.kind is RowKind.TABLE or old.source == new.source)
        and [row.source for row in old.hidden] == [row.source for row in new.hidden]
    )
