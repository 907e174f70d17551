"""What the conversation on the page has made and read off the GUI thread."""

from app.chat.messages import DocumentsPart, Message, TextPart
from app.chat.presets import Preset
from app.storage.conversations import ConversationStore, MessageHeader


def question(text: str, about: DocumentsPart | None) -> Message:
    return Message("user", (*((about,) if about is not None else ()), TextPart(text)))


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
