"""What the conversation on the page has made and read off the GUI thread."""

from functools import partial

from app.chat.messages import DocumentsPart, Message, TextPart
from app.chat.presets import Preset
from app.chat.session import ChatSession
from app.storage.conversations import ConversationStore, MessageHeader
from app.ui.control.asking import Ask


def question(text: str, about: DocumentsPart | None) -> Message:
    return Message("user", (*((about,) if about is not None else ()), TextPart(text)))


def sending(
    session: ChatSession, conversation_id: int, text: str, about: DocumentsPart | None
) -> Ask:
    """The call of the session that sends it."""
    if about is None:
        return partial(session.send, conversation_id, text)
    return partial(
        session.send,
        conversation_id,
        text,
        documents=[found.id for found in about.documents],
        mode=about.mode,
        ranges=about.ranges,
    )


def create(store: ConversationStore, preset: Preset | None) -> int:
    conversation_id = store.create_conversation()
    if preset is not None:
        store.use_preset(conversation_id, preset)
    return conversation_id


def read_branch(
    store: ConversationStore, conversation_id: int, goal: int | None
) -> list[MessageHeader]:
    """On a worker thread: the branch that is shown, or the one on which the goal is."""
    branch = store.branch(conversation_id)
    if goal is None or any(header.id == goal for header in branch):
        return branch
    store.set_head(conversation_id, store.newest_leaf(goal))
    return store.branch(conversation_id)
