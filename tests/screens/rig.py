"""A window on the scripted engine and on chats and documents made for the pictures."""

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from app.chat.session import ChatSession
from app.documents.desk import DocumentDesk
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions, SamplingParams
from app.engine.status import EngineState
from app.models.fit import Machine
from app.models.found import Places
from app.models.locate import worker_spec
from app.paths import Paths
from app.server.control import EndpointControl
from app.settings import Settings
from app.storage.conversations import ConversationStore
from app.ui.appearance import Appearance
from app.ui.control import models_page
from app.ui.control import welcome as welcome_page
from app.ui.language import Language
from app.ui.main_window import MainWindow
from app.ui.services import Services
from tests.screens.made import MODEL, REPLIES, Chats

LIMIT_S = 30.0
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
# The same in every picture, whatever takes it.
_MACHINE = Machine(64 * 10**9, 52 * 10**9, 16)


class Rig:
    """GUI thread only. ``wait`` runs the event loop."""

    def __init__(self, application: QApplication, settings: Settings, size: tuple[int, int]):
        self.application = application
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.paths = Paths.under(self.folder / "data")
        self.paths.create()
        self.store = ConversationStore.open(self.paths.database)
        self._stack.callback(self.store.close)
        self.engine = self._engine()
        self.desk = DocumentDesk(self.paths, self.engine)
        self._stack.callback(self.desk.close)
        session = ChatSession(self.store, self.engine, SamplingParams(), self.desk)
        self._stack.callback(session.close)
        self.endpoint = EndpointControl(self.engine, 0, "the-key")
        self._stack.callback(self.endpoint.stop)
        language = Language(application, settings.language)
        self._stack.callback(language.close)
        self.appearance = Appearance(
            application, settings.theme, settings.text_percent, settings.density
        )
        self._hide_this_machine()
        self.chats = Chats(self.store, settings.language)
        self.services = Services(
            self.paths, settings, self.store, self.engine, session, self.endpoint, self.desk
        )
        self.window = MainWindow(self.services, self.appearance, language)
        self._stack.callback(self.window.close)
        self.engine.start()
        self.window.resize(*size)
        self.window.move(0, 0)
        QCursor.setPos(size[0] - 1, size[1] - 1)  # beside everything
        self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.engine.status.state is EngineState.READY)

    def wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.application.processEvents()
            time.sleep(0.01)

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            self.wait(0.05)
        self.wait(0.3)

    def point_at(self, widget: QWidget) -> None:
        """As a user's pointer would, for what shows itself then."""
        QCursor.setPos(widget.mapToGlobal(widget.rect().center() - QPoint(0, 4)))
        self.wait(0.2)

    def close(self) -> None:
        self._stack.close()

    def _engine(self) -> EngineClient:
        script = {
            "name": MODEL,
            "context_length": 65_536,
            "chat_template": TEMPLATE,
            "replies": REPLIES,
        }
        file = self.folder / "script.json"
        file.write_text(json.dumps(script), encoding="utf-8")
        spec = worker_spec("any", f"scripted:{file}", self.paths.models, EngineOptions())
        engine = EngineClient(spec, MachineChoices(self.paths.engine_choices))
        self._stack.callback(engine.close)
        return engine

    def _hide_this_machine(self) -> None:
        """Neither its memory nor the models of its user belong in a picture."""
        nothing = self.folder / "nothing"
        places = Places(nothing, (nothing,), (nothing,))
        for page in (models_page, welcome_page):
            page.machine = lambda: _MACHINE
        found = models_page.find_models
        models_page.find_models = lambda folder: found(folder, places)
        self._stack.callback(setattr, models_page, "find_models", found)
