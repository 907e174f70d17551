"""A whole window on real parts: the store on disk, the scripted engine in a process of its own."""

import gc
import json
from dataclasses import dataclass
from functools import partial

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.chat.session import ChatSession
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions, SamplingParams
from app.engine.status import EngineState
from app.models.locate import worker_spec
from app.paths import Paths
from app.server.control import EndpointControl
from app.settings import Settings
from app.storage.conversations import ConversationStore
from tests.patience import PATIENCE_S

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)


def pytest_collection_modifyitems(items):
    """What the offscreen platform says that it cannot do."""
    for item in items:
        if "tests/ui" in item.path.as_posix():
            item.add_marker(
                pytest.mark.qt_log_ignore(
                    "does not support (propagateSizeHints|raise|grabbing the keyboard)"
                )
            )


@pytest.fixture(autouse=True)
def _garbage_waits():
    """As in the program, no other thread collects it: widgets must end where they came from."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture
def qtbot(qtbot):
    """Waits longer for what comes at once where nothing else runs."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=int(PATIENCE_S * 1000)))
    return qtbot


@pytest.fixture
def paths(tmp_path):
    paths = Paths.under(tmp_path / "data")
    paths.create()
    return paths


@pytest.fixture
def store(paths):
    store = ConversationStore.open(paths.database)
    yield store
    store.close()


@dataclass
class Rig:
    """An open window and what it stands on."""

    window: object
    engine: EngineClient
    store: ConversationStore
    session: ChatSession
    endpoint: EndpointControl
    qtbot: object

    @property
    def page(self):
        return self.window.page

    @property
    def current(self):
        return self.window.conversation.current

    @property
    def rows(self):
        """The list of chats in the sidebar."""
        return self.window.sidebar.conversations

    def titles(self):
        """Of the chats in that list."""
        model = self.window.model
        return [model.index(number).data() for number in range(model.rowCount())]

    def wait_until(self, condition, seconds=PATIENCE_S):
        """Until it is true; None is not, which ``qtbot`` alone would take for the end."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=int(seconds * 1000))

    def wait_ready(self):
        self.wait_until(lambda: "Ready" in self.window.sidebar.model_chip.chip.shown.caption)

    def wait_read(self):
        """Until all that was asked of the store has come."""
        self.wait_until(lambda: not self.window._reads._calls)

    def write(self, text):
        self.page.composer.set_text(text)
        QTest.keyClick(self.page.composer.field, Qt.Key.Key_Return)

    def wait_answered(self):
        self.wait_until(lambda: self.current is not None and not self.is_answering())

    def go_on(self):
        """What the script holds back is said now."""
        self.engine.spec.model.with_name("go").touch()

    def is_answering(self):
        return self.page.composer.button.accessibleName().startswith("Stop")

    def stored(self, conversation_id=None):
        ids = [header.id for header in self.store.branch(conversation_id or self.current)]
        return self.store.messages(ids)

    def kill_engine(self):
        """End the worker as the system would when memory runs out; the window knows of it."""
        crashes = self.engine.status.crashes
        worker = self.engine.worker_pid
        assert worker is not None
        psutil.Process(worker).kill()
        self.wait_until(
            lambda: (
                self.window.engine._seen_crashes > crashes
                or self.engine.status.state is EngineState.FAILED
            )
        )


@pytest.fixture
def open_rig(qtbot, qapp, paths, store, tmp_path):
    """Opens a window on a script of replies; everything is closed at the end of the test."""
    from app.ui.appearance import Appearance
    from app.ui.language import Language
    from app.ui.main_window import MainWindow
    from app.ui.services import Services

    opened = []

    def open_(*replies, theme="light", script=None, settings=None, documents=None):
        """``documents`` makes the desk from paths and engine; without it there are none."""
        file = tmp_path / f"script-{len(opened)}.json"
        values = {
            "name": "Scripted",
            "context_length": 8192,
            "chat_template": TEMPLATE,
            "replies": list(replies) or [{"text": "Paris."}],
        }
        file.write_text(json.dumps(values | (script or {})), encoding="utf-8")
        spec = worker_spec("any", f"scripted:{file}", paths.models, EngineOptions())
        engine = EngineClient(spec, MachineChoices(paths.engine_choices))
        engine.start()
        desk = documents(paths, engine) if documents is not None else None
        session = ChatSession(store, engine, SamplingParams(), desk)
        endpoint = EndpointControl(engine, 0, "the-key")
        settings = settings or Settings(theme=theme, language="en", titles_by_model=False)
        language = Language(qapp, settings.language)
        appearance = Appearance(qapp, settings.theme, settings.text_percent, settings.density)
        services = Services(paths, settings, store, engine, session, endpoint, desk)
        window = MainWindow(services, appearance, language)
        qtbot.addWidget(window)
        rig = Rig(window, engine, store, session, endpoint, qtbot)
        rig.appearance, rig.language, rig.desk = appearance, language, desk
        opened.append(rig)
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        return rig

    yield open_
    for rig in opened:
        rig.window.close()
        rig.language.close()
        rig.session.close()
        if rig.desk is not None:
            rig.desk.close()
        rig.endpoint.stop()
        rig.engine.close()
    opened.clear()
    gc.collect()  # here, and not on a thread of a later test: widgets must go where they came from
