"""Starts Qt, opens the window, runs it until it is closed."""

import logging
import sys
from collections.abc import Callable, Sequence
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from app.chat.session import ChatSession
from app.documents.desk import DocumentDesk
from app.engine.client import EngineClient
from app.errors import AppError, ErrorKind
from app.paths import Paths
from app.server.control import EndpointControl
from app.settings import Settings
from app.starts import Starts
from app.storage.conversations import ConversationStore
from app.ui.appearance import Appearance
from app.ui.error_words import error_message, error_title
from app.ui.garbage import GarbageCollection
from app.ui.icons import application_icon
from app.ui.language import Language
from app.ui.main_window import MainWindow
from app.ui.services import Services
from app.ui.single_instance import SingleInstance
from app.ui.unix_signals import UnixSignals

log = logging.getLogger(__name__)

GOES_WELL_MS = 15_000  # a window that lasts so long did not crash at its start

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run_window(
    paths: Paths,
    settings: Settings,
    store: ConversationStore,
    engine: EngineClient,
    session: ChatSession,
    endpoint: EndpointControl | None = None,
    documents: DocumentDesk | None = None,
    *,
    instance: SingleInstance | None = None,
    notices: Sequence[str] = (),
    begin: Callable[[], None],
    starts: Starts,
    is_quick: bool = False,
) -> int:
    """Show the window and return the exit code once it is closed.

    ``begin`` loads the model and takes up what was left, once the window is there, unless this is a
    safe start. What is passed in is closed by the caller, session first. ``notices`` are sentences
    to show once. ``is_quick`` opens the quick window too.
    """
    is_safe = starts.begin()
    application = _application(sys.argv[:1])
    language = Language(application, settings.language)
    appearance = Appearance(application, settings.theme, settings.text_percent, settings.density)
    services = Services(paths, settings, store, engine, session, endpoint, documents)
    window = MainWindow(services, appearance, language)
    window.notices.show_sentences(notices)
    if is_safe or _is_shift_held():
        window.notices.show_safe(begin)
    else:
        window.first_paint.came.connect(begin)
        window.show_welcome()
    hook = sys.excepthook
    sys.excepthook = _Excepthook(window)
    signals = UnixSignals(window.quit)
    if instance is not None:
        instance.listen(paths, window.come_to_front, window.quick.appear)
    if is_quick:
        window.first_paint.came.connect(window.quick.appear)
    window.show()
    garbage = GarbageCollection()
    QTimer.singleShot(GOES_WELL_MS, starts.went_well)
    try:
        return application.exec()
    finally:
        starts.went_well()
        garbage.close()
        language.close()
        signals.close()
        sys.excepthook = hook
        if instance is not None:
            instance.close()


def _is_shift_held() -> bool:
    held = QGuiApplication.queryKeyboardModifiers()
    return bool(held & Qt.KeyboardModifier.ShiftModifier)


def show_failure(error: AppError) -> None:
    """Say in a window why there is none, to a user who started by a double click."""
    application = _application(sys.argv[:1])
    Appearance(application, "system")
    language = Language(application, "system")
    box = QMessageBox(QMessageBox.Icon.Critical, "Doorstep", error_title(error))
    box.setInformativeText(error_message(error))
    box.exec()
    language.close()


def _application(arguments: list[str]) -> QApplication:
    qInstallMessageHandler(_log_qt_message)
    application = QApplication(arguments)
    application.setApplicationName("Doorstep")
    application.setDesktopFileName("doorstep")
    application.setWindowIcon(application_icon())
    return application


class _Excepthook:
    """The last resort for our own mistakes on the GUI thread: logged, and told to the user."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def __call__(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        log.error("unexpected error", exc_info=(kind, error, traceback))
        self._window.notices.show_error(
            AppError(
                ErrorKind.INTERNAL,
                self._window.tr("Something went wrong inside Doorstep"),
                self._window.tr(
                    "Your conversations are stored. Go on, or close the window and open it "
                    "again; what happened is in the log."
                ),
            )
        )


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", text)
