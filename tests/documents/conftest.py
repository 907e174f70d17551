"""A library in memory, and chats about its documents on the scripted engine."""

import hashlib
import json
from dataclasses import dataclass, field

import pytest

from app.documents.values import Page, Passage, Place
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec

LIMIT_S = 20
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass
class Kept:
    """A document of the library."""

    id: int
    name: str
    texts: tuple[str, ...]
    state: str = "indexed"
    error: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\f".join(self.texts).encode()).hexdigest()

    @property
    def pages(self) -> int:
        return len(self.texts)

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts))


@dataclass
class MemoryLibrary:
    """What ``app.documents.shelf.Library`` asks for; a search finds pages that share a word."""

    kept: dict[int, Kept] = field(default_factory=dict)

    def put(self, name: str, *texts: str) -> int:
        document_id = len(self.kept) + 1
        self.kept[document_id] = Kept(document_id, name, texts)
        return document_id

    def document(self, document_id: int) -> Kept:
        return self.kept[document_id]

    def pages(self, document_id: int, first: int = 1, last: int | None = None) -> list[Page]:
        texts = self.kept[document_id].texts
        pages = [Page(number, text) for number, text in enumerate(texts, 1)]
        return pages[first - 1 : last]

    def search(self, query, document_ids=None, *, limit=14) -> list[Passage]:
        wanted = set(query.casefold().split())
        found = [
            Passage(Place(document_id, number, 0, len(text)), text)
            for document_id in document_ids or self.kept
            for number, text in enumerate(self.kept[document_id].texts, 1)
            if wanted & set(text.casefold().split())
        ]
        return found[:limit]


@pytest.fixture
def library() -> MemoryLibrary:
    return MemoryLibrary()


@pytest.fixture
def make_engine(tmp_path):
    """A client on a script; its replies are what the model says."""
    clients = []

    def make(replies, **changes) -> EngineClient:
        script = {"name": "tiny", "chat_template": TEMPLATE, "replies": replies} | changes
        path = tmp_path / f"script{len(clients)}.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        client = EngineClient(
            WorkerSpec("app.engine.scripted", path), MachineChoices(tmp_path / "choices.json")
        )
        clients.append(client)
        client.start()
        client.wait_ready(LIMIT_S)
        return client

    yield make
    for client in clients:
        client.close()
