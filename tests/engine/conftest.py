"""A real client on the scripted engine, and a request that keeps what came back."""

import json
import threading

import pytest

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import Failed, Finished, GenerateRequest, Piece, PromptPart
from tests.patience import PATIENCE_S, until

LONG = {"when": "long", "text": "word " * 5000, "tokens_per_second": 200}
CRASH = {"when": "crash", "text": "these words were shown and more", "cut": 5, "crash_after": 3}
SCRIPT = {"replies": [LONG, CRASH, {"text": "a short answer"}]}


@pytest.fixture
def make_client(tmp_path):
    clients = []

    def make(script=SCRIPT, **spec):
        path = tmp_path / "script.json"
        if not path.exists():  # what probing found belongs to one state of the file
            path.write_text(json.dumps(script), encoding="utf-8")
        settings = {"engine": "app.engine.scripted", "model": path} | spec
        clients.append(
            EngineClient(WorkerSpec(**settings), MachineChoices(tmp_path / "choices.json"))
        )
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client):
    client = make_client()
    client.start()
    client.wait_ready(PATIENCE_S)
    return client


class Ask:
    """A running request and what came back."""

    def __init__(self, client, prompt, id_="a"):
        self.events = []
        self.is_over = threading.Event()
        self.has_text = threading.Event()
        client.submit(GenerateRequest(id_, (PromptPart(prompt),)), self._on_event)

    def _on_event(self, event):
        self.events.append(event)
        if isinstance(event, Piece):
            self.has_text.set()
        if isinstance(event, Finished | Failed):
            self.is_over.set()

    @property
    def text(self):
        return "".join(event.text for event in self.events if isinstance(event, Piece))

    def last(self):
        assert self.is_over.wait(PATIENCE_S)
        return self.events[-1]


def wait_for(client, state):
    until(lambda: client.status.state is state)
