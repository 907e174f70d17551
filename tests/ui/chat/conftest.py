"""A transcript on the screen that tests have, and conversations to show in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.chat.messages import AnswerDetails, Message, ReasoningPart, TextPart
from app.storage.conversations import MessageHeader, StoredMessage
from app.ui.chat import diagram_block, diagram_pictures
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.diagram_pictures import DiagramPicture, DiagramPictures
from app.ui.chat.rows import Row, RowKind
from app.ui.chat.transcript import Transcript
from app.ui.theme import Theme
from tests.ui.chat.diagrams import FENCE, Drawer, picture

WIDTH, HEIGHT = 900, 600


@dataclass
class Talk:
    """A conversation in memory; ``asked`` is which texts were wanted."""

    messages: dict[int, StoredMessage] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def add(self, role: str, text: str, **kwargs: Any) -> StoredMessage:
        made = stored(len(self.messages) + 1, role, text, **kwargs)
        self.messages[made.id] = made
        return made

    @property
    def headers(self) -> list[MessageHeader]:
        return [
            MessageHeader(m.id, m.message.role, len(m.message.text), m.state)
            for m in self.messages.values()
        ]

    def load(self, ids: Sequence[int]) -> list[StoredMessage]:
        self.asked.extend(ids)
        return [self.messages[number] for number in ids]


def stored(
    number: int,
    role: str,
    text: str,
    *,
    reasoning: str = "",
    state: str = "complete",
    is_intact: bool = True,
    **details: Any,
) -> StoredMessage:
    parts = (*((ReasoningPart(reasoning, 12.0),) if reasoning else ()), TextPart(text))
    message = Message(role, parts)
    return StoredMessage(number, 1, None, message, state, 0.0, AnswerDetails(**details), is_intact)


class Page:
    """What a person sees of a transcript."""

    def __init__(self, transcript: Transcript, qtbot: Any) -> None:
        self.transcript = transcript
        self.viewport = transcript.viewport()
        self._qtbot = qtbot

    @property
    def rows(self) -> list[Row]:
        """Rows that have a widget, down the page."""
        items = self.transcript._rows.items
        return [row for item in items for row in item.rows if row.widget is not None]

    def widgets(self, kind: type) -> list[Any]:
        return [row.widget for row in self.rows if isinstance(row.widget, kind)]

    def of_kind(self, kind: RowKind) -> list[Row]:
        return [row for row in self.rows if row.kind is kind]

    def texts(self) -> list[str]:
        return [row.text for row in self.rows]

    def y_of(self, widget: QWidget) -> int:
        return widget.mapTo(self.viewport, widget.rect().topLeft()).y()

    def settle(self) -> None:
        """Let everything that waits for an idle moment happen."""
        self._qtbot.waitUntil(self._is_idle)

    def _is_idle(self) -> bool:
        return self.transcript._idle.is_empty and not self.transcript._flush_timer.isActive()

    def open(self, talk: Talk) -> None:
        self.transcript.open(talk.headers, talk.load)
        self.settle()

    def add_text(self, text: str) -> None:
        """More of the answer that has begun, until it is painted."""
        self.transcript.add_text(text)
        self.settle()


@dataclass
class Clock:
    """What the seconds of thinking are counted by; it goes on when the test says so."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("app.ui.chat.live_answer.monotonic", made)
    return made


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def make_stored() -> Callable[..., StoredMessage]:
    return stored


@pytest.fixture
def page(qtbot: Any) -> Page:
    transcript = Transcript()
    qtbot.addWidget(transcript)
    transcript.resize(WIDTH, HEIGHT)
    transcript.set_theme(Theme.load("light"))
    transcript.show()
    qtbot.waitExposed(transcript)
    return Page(transcript, qtbot)


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    made = Drawer()
    monkeypatch.setattr(diagram_block, "PICTURES", DiagramPictures(made))
    monkeypatch.setattr(diagram_pictures, "can_draw", lambda: True)
    return made


@pytest.fixture
def shown(page: Any, talk: Any, drawer: Drawer, qtbot: Any) -> Callable[..., DiagramBlock]:
    """An answer with a diagram that has been drawn."""

    def show(text: str = FENCE, drawn: DiagramPicture | None = None) -> DiagramBlock:
        talk.add("assistant", text)
        page.transcript.open(talk.headers, talk.load)
        qtbot.waitUntil(lambda: bool(drawer.waited_for))
        drawer.answer(drawn or picture())
        page.settle()
        return page.widgets(DiagramBlock)[0]

    return show
