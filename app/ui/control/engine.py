"""Watches the engine: its chip, its banner, and the wish to restart it."""

from PySide6.QtCore import QObject, Signal

from app.engine.client import EngineClient
from app.engine.status import EngineState, EngineStatus
from app.errors import AppError
from app.ui.background import Background
from app.ui.bridge import StatusFeed
from app.ui.error_words import sentence
from app.ui.widgets.banner import BannerStack, Notice
from app.ui.words import engine_notice

BANNER = "engine"
NOTICE = "engine-notice"


class EngineControl(QObject):
    """The banner stands until the user dismisses it, or until a restart they asked for is ready."""

    changed = Signal(object)  # EngineStatus
    failed = Signal(object)  # AppError

    def __init__(self, engine: EngineClient, banners: BannerStack, sends: Background) -> None:
        super().__init__()
        self._engine, self._banners, self._sends = engine, banners, sends
        self._feed = StatusFeed(self._on_status)
        self._is_restarting = False
        self._seen_crashes = 0
        self._dismissed: AppError | None = None
        self._told: set[str] = set()
        banners.acted.connect(self._on_acted)
        banners.dismissed.connect(self._on_dismissed)
        self._unsubscribe = engine.subscribe(self._feed.put)
        self._feed.put(engine.status)

    def restart(self) -> None:
        """End the worker and start anew, because the user asked."""
        if not self._is_restarting:
            self._is_restarting = True
            standing = self._banners.notice(BANNER)
            if standing is not None:
                doing = self.tr("It is being started again.")
                self._banners.show_notice(BANNER, Notice(standing.tone, standing.title, doing))
            self._sends.run(self._engine.restart, self._on_restarted, self._on_not_restarted)

    def is_telling(self, error: AppError) -> bool:
        """Whether the engine's banner stands and says this."""
        return self._banners.notice(BANNER) is not None and error == self._engine.status.error

    def close(self) -> None:
        self._unsubscribe()

    def _on_status(self, status: EngineStatus) -> None:
        if status.crashes != self._seen_crashes:
            self._seen_crashes = status.crashes
            self._dismissed = None
        self._show_banner(status)
        if status.notice and status.notice not in self._told:
            self._told.add(status.notice)
            self._banners.show_notice(NOTICE, Notice("info", sentence(status.notice), ""))
        self.changed.emit(status)

    def _show_banner(self, status: EngineStatus) -> None:
        notice = engine_notice(status)
        if notice is None:
            if status.state is EngineState.READY:
                self._banners.remove(BANNER)
        elif status.error != self._dismissed:
            self._banners.show_notice(BANNER, notice)

    def _on_acted(self, key: str) -> None:
        if key == BANNER:
            self.restart()

    def _on_dismissed(self, key: str) -> None:
        if key == BANNER:
            self._dismissed = self._engine.status.error

    def _on_restarted(self, _: None) -> None:
        self._is_restarting = False

    def _on_not_restarted(self, error: AppError) -> None:
        self._is_restarting = False
        self.failed.emit(error)
