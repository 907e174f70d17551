"""Doorstep beside its window: in the tray while the endpoint is on, and for a quick question."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.ui.actions import Actions
from app.ui.control.preferences import Preferences
from app.ui.control.tray import TrayControl
from app.ui.services import Services
from app.ui.theme import Theme
from app.ui.widgets.quick_window import QuickWindow


class PresenceControl(QObject):
    """The quick window and the tray are made when they are first needed."""

    opened = Signal()  # the window is wanted
    asked = Signal(str)

    def __init__(
        self, window: QWidget, services: Services, preferences: Preferences, actions: Actions
    ) -> None:
        super().__init__()
        self.is_quitting = False
        self._window, self._endpoint = window, services.endpoint
        self._preferences = preferences
        self.tray = TrayControl(services.endpoint, actions)
        self.tray.opened.connect(self.opened)
        self.quick: QuickWindow | None = None
        actions.quick.triggered.connect(self._on_quick)

    def goes_on(self) -> bool:
        """Whether closing the window only hides it; said in the tray then."""
        is_on = self._endpoint is not None and self._endpoint.address is not None
        wants = self._preferences.settings.closes_to_tray
        if self.is_quitting or not (is_on and wants and self.tray.is_there):
            return False
        self.tray.tell_hidden()
        return True

    def retranslate(self) -> None:
        self.tray.retranslate()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.quick is not None:
            self.quick.set_theme(theme)

    def close(self) -> None:
        self.tray.close()
        if self.quick is not None:
            self.quick.close()

    def _on_quick(self) -> None:
        if self.quick is None:
            self.quick = QuickWindow(self._theme, self._window)
            self.quick.asked.connect(self.asked)
        self.quick.appear()
