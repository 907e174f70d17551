"""What every control of the conversation on the page works with."""

from dataclasses import dataclass

from app.chat.session import ChatSession
from app.storage.conversations import ConversationStore
from app.ui.background import Background
from app.ui.control.conversation import ConversationControl
from app.ui.conversation.conversation_page import ConversationPage


@dataclass(frozen=True, slots=True)
class ChatTools:
    """``reads`` runs what is short."""

    page: ConversationPage
    conversation: ConversationControl
    store: ConversationStore
    session: ChatSession
    reads: Background
