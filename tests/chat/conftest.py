"""A real engine client on the scripted engine, and what its turns tell."""

import json
import queue
import threading

import pytest

from app.chat.session import ChatSession
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
)
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import SamplingParams
from app.storage.conversations import ConversationStore

LIMIT_S = 20
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def last(words: str) -> str:
    """Fits a prompt whose last message is this one, whatever was said before."""
    return rf"\n{words}<\|im_end\|>\n<\|im_start\|>assistant\n$"


SCRIPT = {
    "name": "tiny",
    "chat_template": TEMPLATE,
    "replies": [
        {"when": last("long"), "text": "word " * 5000, "tokens_per_second": 200},
        {"when": last("crash"), "text": "these words were shown", "cut": 6, "crash_after": 2},
        {"when": last("early"), "text": "never shown", "crash_after": 0},
        {"when": last("fail"), "text": "half an answer", "fail_after": 2},
        {"when": last("think"), "text": "<think>\nHm.\n</think>\n\nHello 👩‍👩‍👧.", "cut": 1},
        {"when": last("slowly read"), "text": "read", "prefill_seconds": 30},
        {"when": last("nothing"), "text": ""},
        {"text": "a short answer"},
    ],
}


class Updates:
    """Keeps what a turn tells; may be waited for from the test."""

    def __init__(self):
        self.all = []
        self.has_text = threading.Event()
        self._last = queue.SimpleQueue()

    def __call__(self, update):
        self.all.append(update)
        if isinstance(update, ContentDelta | ReasoningDelta):
            self.has_text.set()
        if isinstance(update, TurnFinished | TurnFailed):
            self._last.put(update)

    def last(self):
        return self._last.get(timeout=LIMIT_S)

    @property
    def lasts(self):
        return [update for update in self.all if isinstance(update, TurnFinished | TurnFailed)]

    @property
    def text(self):
        return "".join(update.text for update in self.all if isinstance(update, ContentDelta))

    @property
    def reasoning(self):
        return "".join(update.text for update in self.all if isinstance(update, ReasoningDelta))


@pytest.fixture
def updates():
    return Updates()


@pytest.fixture(scope="module")
def make_engine(tmp_path_factory):
    clients = []

    def make(**changes) -> EngineClient:
        folder = tmp_path_factory.mktemp("engine")
        (folder / "script.json").write_text(json.dumps(SCRIPT | changes), encoding="utf-8")
        spec = WorkerSpec("app.engine.scripted", folder / "script.json")
        client = EngineClient(spec, MachineChoices(folder / "choices.json"))
        clients.append(client)
        client.start()
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def engine(make_engine):
    """One worker for all tests of a module that leave it alive."""
    client = make_engine()
    client.wait_ready(LIMIT_S)
    return client


@pytest.fixture
def store(tmp_path):
    store = ConversationStore.open(tmp_path / "doorstep.db")
    yield store
    store.close()


@pytest.fixture
def chat(store) -> int:
    return store.create_conversation()


@pytest.fixture
def sampling() -> SamplingParams:
    return SamplingParams()


@pytest.fixture
def session(store, engine, sampling):
    session = ChatSession(store, engine, sampling)
    yield session
    session.close()


def stored(store, chat: int):
    """The messages of the branch that is shown."""
    return store.messages([header.id for header in store.branch(chat)])
