"""What the store hands out, and how a message becomes a row and back."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, get_args

from app.chat.messages import (
    ROLES,
    AnswerDetails,
    CitationsPart,
    DocumentsPart,
    Message,
    MessageState,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    parts_from_json,
)
from app.engine.protocol import DraftStats, SamplingParams
from app.errors import AppError

T = TypeVar("T")

STATES: tuple[MessageState, ...] = get_args(MessageState)

TITLE_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """Times are in unix seconds, to show and never to sort by. ``folder`` is its name or ""."""

    id: int
    title: str
    updated_at: float
    is_pinned: bool = False
    is_archived: bool = False
    folder: str = ""
    trashed_at: float | None = None


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """What is needed to lay a message out before its text is loaded."""

    id: int
    role: Role
    characters: int
    state: MessageState


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """``is_intact`` is False when the sha256 does not match; the text is then what is left.

    It is number ``variant`` of the ``variants`` in its place of the tree, counted from 1.
    """

    id: int
    conversation_id: int
    parent_id: int | None
    message: Message
    state: MessageState
    created_at: float
    details: AnswerDetails
    is_intact: bool
    variant: int = 1
    variants: int = 1


@dataclass(frozen=True, slots=True)
class SearchHit:
    conversation_id: int
    message_id: int
    title: str
    snippet: str


# Bytes to shared values: quicker than decoding 10,000 of them, and damaged ones have a default.
_ROLE_OF: dict[object, Role] = {role.encode(): role for role in ROLES}
_STATE_OF: dict[object, MessageState] = {state.encode(): state for state in STATES}

HEADER_COLUMNS = "id, parent_id, CAST(role AS BLOB), characters, CAST(state AS BLOB)"

_SIBLINGS = (
    "SELECT count(*) FROM messages AS s"
    " WHERE s.conversation_id = m.conversation_id AND s.parent_id IS m.parent_id"
)

# CAST: a damaged row may hold another type than its column has.
MESSAGE_COLUMNS = (
    "m.id, m.conversation_id, m.parent_id, CAST(m.role AS BLOB), CAST(m.state AS BLOB), "
    "CAST(m.created_at AS REAL), CAST(m.name AS TEXT), CAST(m.tool_call_id AS TEXT), "
    "m.sha256, coalesce(CAST(m.parts AS TEXT), ''), "
    "CAST(m.model AS TEXT), CAST(m.prompt_tokens AS INTEGER), "
    "CAST(m.cached_tokens AS INTEGER), CAST(m.completion_tokens AS INTEGER), "
    "CAST(m.prefill_s AS REAL), CAST(m.decode_s AS REAL), "
    "CAST(m.finish_reason AS TEXT), CAST(m.error AS TEXT), "
    "m.seed, CAST(m.sampling AS TEXT), CAST(m.drafts AS TEXT), CAST(m.left_out AS INTEGER), "
    f"({_SIBLINGS} AND s.id <= m.id), ({_SIBLINGS})"
)


def role_of(stored: object) -> Role:
    return _ROLE_OF.get(stored, "assistant")


def state_of(stored: object) -> MessageState:
    return _STATE_OF.get(stored, "complete")


def digest(role: str, name: str | None, tool_call_id: str | None, parts: str) -> bytes:
    """sha256 over the four columns as stored; NUL, which none of them can hold, between them."""
    fields = (role, name or "", tool_call_id or "", parts)
    return hashlib.sha256("\0".join(fields).encode()).digest()


def stored_message(row: tuple[Any, ...]) -> StoredMessage:
    """From MESSAGE_COLUMNS; never raises, however damaged the row is."""
    id_, conversation_id, parent_id, role, state, created_at, *rest = row
    name, call_id, sha256, parts, *details, seed, sampling, drafts = rest[:-3]
    left_out, variant, variants = rest[-3:]
    model, prompt_tokens, cached_tokens, tokens, prefill_s, decode_s, reason, error = details
    stored_role = role.decode("utf-8", "replace") if isinstance(role, bytes) else ""
    return StoredMessage(
        id=id_,
        conversation_id=conversation_id,
        parent_id=parent_id,
        message=Message(
            role_of(role), readable_parts(parts), _optional_text(name), _optional_text(call_id)
        ),
        state=state_of(state),
        created_at=created_at,
        details=AnswerDetails(
            model,
            prompt_tokens,
            cached_tokens,
            tokens,
            prefill_s,
            decode_s,
            reason,
            error,
            seed=seed if isinstance(seed, int) else None,
            sampling=_from_json(SamplingParams, sampling),
            drafts=_draft_stats(drafts),
            left_out=left_out,
        ),
        is_intact=digest(stored_role, name, call_id, parts) == sha256,
        variant=variant,
        variants=variants,
    )


def unreadable_message(id_: int, conversation_id: int) -> StoredMessage:
    """Stands in for a row whose page can no longer be read."""
    return StoredMessage(
        id=id_,
        conversation_id=conversation_id,
        parent_id=None,
        message=Message("assistant", ()),
        state="complete",
        created_at=0.0,
        details=AnswerDetails(),
        is_intact=False,
    )


def readable_parts(stored: str) -> tuple[Part, ...]:
    """The parts; of damaged ones, the stored characters as text: better than nothing."""
    try:
        parts = parts_from_json(stored)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return (TextPart(stored),)
    return parts if all(map(_is_sound, parts)) else (TextPart(stored),)


def _is_sound(part: Part) -> bool:
    """Whether the types are those promised: damaged JSON can still be JSON."""
    match part:
        case TextPart(text):
            return isinstance(text, str)
        case ReasoningPart(text, seconds):
            return isinstance(text, str) and isinstance(seconds, int | float)
        case ToolCallPart(id_, name, arguments):
            return isinstance(id_, str) and isinstance(name, str) and isinstance(arguments, dict)
        case DocumentsPart():
            return all(isinstance(document.name, str) for document in part.documents)
        case CitationsPart():
            return all(isinstance(citation.quote, str) for citation in part.citations)


def optional_json(text: str | None) -> str | None:
    return None if text is None else json.dumps(text)


def details_json(value: SamplingParams | DraftStats | None) -> str:
    """The stored form of what AnswerDetails holds; "" for None."""
    return "" if value is None else json.dumps(asdict(value))


def _from_json(kind: type[T], stored: str | None) -> T | None:
    """The value; None for none and for what is damaged or from a newer version."""
    try:
        return kind(**json.loads(stored)) if stored else None
    except (ValueError, TypeError, AppError, RecursionError):
        return None


def _draft_stats(stored: str | None) -> DraftStats | None:
    found = _from_json(DraftStats, stored)
    try:
        return (
            DraftStats(
                int(found.cycles),
                _counts(found.drafted),
                _counts(found.accepted),
                int(found.depth),
                str(found.reason),
            )
            if found
            else None
        )
    except (ValueError, TypeError):
        return None


def _counts(stored: Any) -> tuple[int, ...]:  # noqa: ANN401
    return tuple(map(int, stored))


def _optional_text(stored: str | None) -> str | None:
    if stored is None:
        return None
    try:
        text = json.loads(stored)
    except (ValueError, RecursionError):
        return stored
    return text if isinstance(text, str) else stored


_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """Lone surrogates cannot be stored as text: U+FFFD in their place."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Encodable, and with single spaces for line ends and control characters."""
    return _UNPRINTABLE.sub(" ", encodable(text)).strip()


def title_from(text: str) -> str:
    """The first line that says anything, at most 60 characters."""
    line = next(filter(None, map(one_line, text.splitlines())), "")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 1].rstrip(" \u200d") + "…"
