"""Has the model name chats while nobody asks anything of it; the user always comes first."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.chat.titles import TitleTurn, is_idle, judged, spoken, title_request
from app.engine.client import EngineClient
from app.engine.status import EngineState, EngineStatus
from app.errors import AppError
from app.storage.conversations import ConversationStore
from app.ui.background import Background
from app.ui.control.asking import Asking
from app.ui.control.preferences import Preferences

IDLE_MS = 4_000


@dataclass(frozen=True, slots=True)
class _Tried:
    """``conversation`` None: there was none to name, or the engine was busy."""

    conversation: int | None = None
    is_renamed: bool = False
    is_busy: bool = False


class TitleControl(QObject):
    """One title at a time. A conversation that got none is not tried again before a restart."""

    renamed = Signal()

    def __init__(
        self,
        store: ConversationStore,
        engine: EngineClient,
        asking: Asking,
        preferences: Preferences,
        sends: Background,
    ) -> None:
        super().__init__()
        self._store, self._engine, self._asking = store, engine, asking
        self._preferences, self._sends = preferences, sends
        self._turn: TitleTurn | None = None  # also read by the worker thread
        self._is_working = False
        self._is_wanted = False  # while it works: nobody came in between
        self._tried: set[int] = set()
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(IDLE_MS)
        self.pause.timeout.connect(self._on_idle)
        asking.changed.connect(self._on_asking)
        preferences.changed.connect(self._on_asking)

    def show_status(self, status: EngineStatus) -> None:
        if status.state is EngineState.READY:
            self._on_asking()

    def close(self) -> None:
        self._asking.changed.disconnect(self._on_asking)
        self._preferences.changed.disconnect(self._on_asking)
        self._give_way()

    def _on_asking(self, _: object = None) -> None:
        """The user asked something, or all is answered now."""
        if self._asking.conversations or not self._preferences.settings.titles_by_model:
            self._give_way()
        else:
            self.pause.start()

    def _give_way(self) -> None:
        self.pause.stop()
        self._is_wanted = False
        if self._turn is not None:
            self._turn.cancel()

    def _on_idle(self) -> None:
        is_ready = self._engine.status.state is EngineState.READY
        if is_ready and not self._is_working:
            self._is_working = self._is_wanted = True
            self._sends.run(self._name_next, self._on_tried, self._on_failed)

    def _name_next(self) -> _Tried:
        """On a worker thread. Raises AppError."""
        if not is_idle(self._engine):
            return _Tried(is_busy=True)
        ids = [id_ for id_ in self._store.titled_by_rule() if id_ not in self._tried]
        if not ids:
            return _Tried()
        history = self._store.history(ids[0])
        request = title_request(history)
        if request is None:
            return _Tried(ids[0])
        self._turn = TitleTurn(self._engine, request)
        if not self._is_wanted:
            return _Tried(is_busy=True)
        said = self._turn.run()
        if said is None:
            return _Tried(is_busy=True)
        title = judged(said, *spoken(history))
        return _Tried(ids[0], bool(title) and self._store.better_title(ids[0], title))

    def _on_tried(self, tried: _Tried) -> None:
        self._is_working, self._turn = False, None
        if tried.conversation is not None:
            self._tried.add(tried.conversation)
        if tried.is_renamed:
            self.renamed.emit()
        if tried.conversation is not None or tried.is_busy:
            self._on_asking()

    def _on_failed(self, _: AppError) -> None:
        """No title: the one by rule stays. What fails here fails where the user asks, too."""
        self._is_working, self._turn = False, None
