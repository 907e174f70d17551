"""The quick window: asked from any program, answered there, gone on with in the main window."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.errors import AppError
from app.settings import Settings
from app.storage.conversations import StoredMessage
from app.ui.actions import Actions
from app.ui.background import Background
from app.ui.bridge import Flush
from app.ui.control.announcer import Announcer
from app.ui.control.asking import Asking
from app.ui.control.conversation_work import create
from app.ui.control.preferences import Preferences
from app.ui.control.running import RunningAnswer
from app.ui.error_words import error_message, error_title
from app.ui.global_keys.global_shortcut import GlobalShortcut
from app.ui.services import Services
from app.ui.theme import Theme
from app.ui.widgets.quick_window import QuickWindow


class QuickControl(QObject):
    """The window is made when it is first needed. One chat at a time, stored as any other."""

    opened = Signal(object, str)  # in the main window: the chat or None, what is to be asked
    link_clicked = Signal(str)

    def __init__(
        self,
        services: Services,
        preferences: Preferences,
        actions: Actions,
        shortcut: GlobalShortcut,
        asking: Asking,
        reads: Background,
    ) -> None:
        super().__init__()
        self._store, self._session = services.store, services.session
        self._preferences, self._actions, self._shortcut = preferences, actions, shortcut
        self._asking, self._reads = asking, reads
        self.current: int | None = None  # the chat that is shown
        self._chats = 0  # shown so far, one that is still being made counted too
        self.window: QuickWindow | None = None
        self._theme: Theme | None = None
        shortcut.pressed.connect(self.appear)
        actions.quick.triggered.connect(self.appear)
        asking.arrived.connect(self._on_arrived)
        asking.ended.connect(self._on_ended)
        asking.not_started.connect(self._on_not_started)

    def begin(self) -> None:
        """Hold the keys now, and whenever others are chosen."""
        self._preferences.changed.connect(self._hold)
        self._actions.rebound.connect(self._hold)
        self._hold()

    def appear(self) -> None:
        window = self.window or self._made()
        if not window.isVisible():
            self._shortcut.note_front()
        window.appear()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.window is not None:
            self.window.set_theme(theme)

    def leave(self, conversations: Sequence[int]) -> None:
        """They went to the trash: what is asked next must not follow one there."""
        if self.current in conversations:
            self._forget()

    def close(self) -> None:
        self._shortcut.close()
        self.current = None
        window, self.window = self.window, None
        if window is not None:
            self._preferences.changed.disconnect(self._on_settings)
            window.hide()
            window.deleteLater()

    def _made(self) -> QuickWindow:
        assert self._theme is not None
        window = self.window = QuickWindow(self._theme)
        window.asked.connect(self._on_asked)
        window.stop_requested.connect(self._on_stop)
        window.opened.connect(self._on_opened)
        window.left.connect(self._on_left)
        window.transcript.link_clicked.connect(self.link_clicked)
        self._announcer = Announcer(window, self, self._asking)
        self._preferences.changed.connect(self._on_settings)
        self._on_settings(self._preferences.settings)
        return window

    def _hold(self) -> None:
        keys = self._actions.quick.shortcut()
        is_wanted = self._preferences.settings.quick_anywhere
        self._shortcut.hold(keys if is_wanted else QKeySequence())

    def _on_settings(self, settings: Settings) -> None:
        self._announcer.mode = settings.announce

    def _on_asked(self, text: str) -> None:
        self.window.begin_answer(text)
        if self.current is not None:
            self._ask(text, self.current)
            return
        self._reads.run(
            partial(create, self._store, None),
            partial(self._on_created, text, self._chats),
            partial(self._on_refused, text),
        )

    def _on_created(self, text: str, number: int, conversation_id: int) -> None:
        """The main window may have been asked for it before it was there."""
        self._ask(text, conversation_id)
        if number != self._chats:
            self.current = None
            self.opened.emit(conversation_id, "")

    def _ask(self, text: str, conversation_id: int) -> None:
        self.current = conversation_id
        send = partial(self._session.send, conversation_id, text)
        self._asking.ask(conversation_id, send, RunningAnswer(text))

    def _on_stop(self) -> None:
        self._asking.stop(self.current)

    def _on_arrived(self, conversation_id: int, flush: Flush) -> None:
        if conversation_id == self.current:
            if flush.reasoning:
                self.window.transcript.add_reasoning(flush.reasoning)
            if flush.text:
                self.window.transcript.add_text(flush.text)

    def _on_ended(self, conversation_id: int, answer: StoredMessage, _: RunningAnswer) -> None:
        if conversation_id == self.current:
            self.window.end_answer(answer)

    def _on_not_started(
        self, conversation_id: int, running: RunningAnswer, error: AppError
    ) -> None:
        if conversation_id == self.current:
            self._on_refused(running.question, error)

    def _on_refused(self, text: str, error: AppError) -> None:
        """The question is never lost: it is in the field again."""
        self.window.clear_answer()
        self.window.give_back(text)
        self.window.say_error(f"{error_title(error)}. {error_message(error)}")

    def _on_opened(self, text: str) -> None:
        """The main window goes on with the chat, and this one is ready for another."""
        current = self.current
        self._forget()
        self.opened.emit(current, text)

    def _on_left(self) -> None:
        """What is still being answered is there when one comes back."""
        self._shortcut.give_front_back()
        if not self.window.is_answering:
            self._forget()

    def _forget(self) -> None:
        self.current = None
        self._chats += 1
        self.window.clear_answer()
