"""Answers for screen readers: told sentence by sentence, or once they are finished."""

import re
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.settings import Announce
from app.storage.conversations import StoredMessage
from app.ui.bridge import Flush
from app.ui.control.asking import Asking
from app.ui.control.running import RunningAnswer
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.widgets.quick_window import QuickWindow

MOST_WAITING = 400  # characters without an end of a sentence are told as they are

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’)\]]*(?=\s)|[。！？…]+[”』」）]*|\n)", re.DOTALL)


class Shown(Protocol):
    """Which conversation is on the page, or in the quick window."""

    @property
    def current(self) -> int | None: ...


class Announcer(QObject):
    """Only of the conversation that is shown; reasoning is never told."""

    def __init__(self, page: ConversationPage | QuickWindow, shown: Shown, asking: Asking) -> None:
        super().__init__()
        self._page, self._shown = page, shown
        self._waiting = ""
        self.mode: Announce = "finished"
        asking.began.connect(self._on_began)
        asking.arrived.connect(self._on_arrived)
        asking.ended.connect(self._on_ended)

    def _on_began(self, conversation_id: int, _: RunningAnswer) -> None:
        if conversation_id == self._shown.current:
            self._waiting = ""

    def _on_arrived(self, conversation_id: int, flush: Flush) -> None:
        if self.mode != "sentences" or conversation_id != self._shown.current:
            return
        whole, self._waiting = sentences(self._waiting + flush.text)
        if whole:
            self._tell(whole)

    def _on_ended(self, conversation_id: int, answer: StoredMessage, _: RunningAnswer) -> None:
        if conversation_id != self._shown.current:
            return
        rest, self._waiting = self._waiting, ""
        if self.mode == "sentences":
            self._tell(rest)
        elif self.mode == "finished":
            self._tell(answer.message.text)

    def _tell(self, text: str) -> None:
        words = " ".join(text.split())
        if words:
            event = QAccessibleAnnouncementEvent(self._page.transcript, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)


def sentences(text: str) -> tuple[str, str]:
    """What is complete, and the rest that still grows."""
    end = 0
    for found in _SENTENCE.finditer(text):
        end = found.end()
    if len(text) - end > MOST_WAITING:
        end = text.rfind(" ", end, len(text)) + 1 or len(text)
    return text[:end], text[end:]
