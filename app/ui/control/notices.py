"""What the window says in banners: errors, sentences of the start, and that a start was safe."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, ErrorKind
from app.ui.control.engine import EngineControl
from app.ui.control.navigation import Navigation
from app.ui.error_words import error_message, error_title, sentence
from app.ui.widgets.banner import BannerStack, Notice

SAFE = "safe"
PORT = "port"
LONG = "long"


class NoticeControl(QObject):
    """``banners`` are those of the conversation; errors are told on the page that is shown."""

    new_chat_requested = Signal()

    def __init__(self, banners: BannerStack, navigation: Navigation, engine: EngineControl) -> None:
        super().__init__()
        self._banners, self._navigation, self._engine = banners, navigation, engine
        self._begin: Callable[[], None] | None = None
        for source in (banners, navigation):
            source.acted.connect(self._on_acted)

    def show_sentences(self, notices: Sequence[str]) -> None:
        """Once, such as that the settings were damaged."""
        for number, text in enumerate(notices):
            self._banners.show_notice(f"notice-{number}", Notice("info", sentence(text), ""))

    def show_error(self, error: AppError) -> None:
        """Unless the engine's banner says the same already."""
        if self._engine.is_telling(error):
            return
        key, action = "error", ""
        if error.kind is ErrorKind.PORT_IN_USE:
            key, action = PORT, self.tr("Choose a port")
        if error.kind is ErrorKind.CONTEXT_OVERFLOW:
            key, action = LONG, self.tr("New chat")
        notice = Notice("danger", error_title(error), error_message(error), action)
        self._navigation.frame.banners.show_notice(key, notice)

    def show_safe(self, begin: Callable[[], None]) -> None:
        """Nothing was loaded or opened; ``begin`` does that when the user asks for it."""
        self._navigation.show_chat()
        self._begin = begin
        self._banners.show_notice(
            SAFE,
            Notice(
                "warn",
                self.tr("Doorstep was started in safe mode"),
                self.tr(
                    "No model is loaded and no chat is opened, because Shift was held or the last "
                    "two starts ended early. Your chats are in the list, untouched."
                ),
                self.tr("Start normally"),
            ),
        )

    def _on_acted(self, key: str) -> None:
        if key == PORT:
            self._navigation.frame.banners.remove(PORT)
            self._navigation.show("settings")
            self._navigation.page.show_endpoint()
        if key == LONG:
            self._navigation.frame.banners.remove(LONG)
            self.new_chat_requested.emit()
        if key == SAFE and self._begin is not None:
            self._banners.remove(SAFE)
            self._begin()
