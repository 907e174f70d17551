"""What the window stands on: the parts without a screen, made and closed by its caller."""

from dataclasses import dataclass

from app.chat.session import ChatSession
from app.documents.desk import DocumentDesk
from app.engine.client import EngineClient
from app.paths import Paths
from app.server.control import EndpointControl
from app.settings import Settings
from app.storage.conversations import ConversationStore


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the window shows and drives."""

    paths: Paths
    settings: Settings
    store: ConversationStore
    engine: EngineClient
    session: ChatSession
    endpoint: EndpointControl | None = None
    documents: DocumentDesk | None = None
