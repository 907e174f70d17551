"""What can be done with a message, and where it stands among its variants."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.ui.chat.footnotes import with_footnotes

if TYPE_CHECKING:
    from app.chat.messages import Role
    from app.storage.conversations import StoredMessage


class Action(StrEnum):
    COPY = "copy"
    EDIT = "edit"
    REGENERATE = "regenerate"
    CONTINUE = "continue"
    TRY_AGAIN = "try_again"
    BRANCH = "branch"
    DETAILS = "details"
    PREVIOUS = "previous"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Offer:
    """``source`` is what Copy copies: the text, with its citations as footnotes.

    ``variant`` of ``variants``, counted from 1; ``caption`` is speed and reuse in words.
    """

    message_id: int
    role: "Role"
    source: str
    actions: tuple[Action, ...]
    variant: int = 1
    variants: int = 1
    caption: str = ""


def offer_of(message: "StoredMessage", caption: str = "", *, is_unanswered: bool = False) -> Offer:
    """``is_unanswered``: the conversation ends with this question."""
    return Offer(
        message.id,
        message.message.role,
        with_footnotes(message.message),
        tuple(_actions(message, is_unanswered)),
        message.variant,
        message.variants,
        caption,
    )


def _actions(message: "StoredMessage", is_unanswered: bool) -> list[Action]:
    if message.id < 0:  # it is not stored
        return [Action.COPY] if message.message.text else []
    if message.message.role == "user":
        again = [Action.TRY_AGAIN] if is_unanswered else []
        return [*again, Action.EDIT, Action.COPY]
    if message.state == "failed":
        return [Action.TRY_AGAIN, Action.DETAILS]
    actions = [Action.CONTINUE] if _is_cut(message) else []
    if may_edit(message):
        actions.append(Action.EDIT)
    if message.message.text:
        actions.append(Action.COPY)
    return [*actions, Action.REGENERATE, Action.BRANCH, Action.DETAILS]


def may_edit(message: "StoredMessage") -> bool:
    """A question, or what an answer says: the results of its calls would have no calls."""
    said = message.message
    if message.id < 0 or message.state in ("failed", "streaming"):
        return False
    return said.role == "user" or (
        said.role == "assistant" and bool(said.text) and not said.tool_calls
    )


def _is_cut(message: "StoredMessage") -> bool:
    is_cut = (
        message.state in ("stopped", "interrupted") or message.details.finish_reason == "length"
    )
    has_words = message.message.text or message.message.reasoning
    return bool(is_cut and has_words) and not message.message.tool_calls
