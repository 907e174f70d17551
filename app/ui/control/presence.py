"""Doorstep without its window: in the tray while the endpoint is on."""

from PySide6.QtCore import QObject, Signal

from app.ui.actions import Actions
from app.ui.control.preferences import Preferences
from app.ui.control.tray import TrayControl
from app.ui.services import Services


class PresenceControl(QObject):
    """Says whether closing the window ends Doorstep."""

    opened = Signal()  # the window is wanted

    def __init__(self, services: Services, preferences: Preferences, actions: Actions) -> None:
        super().__init__()
        self.is_quitting = False
        self._endpoint = services.endpoint
        self._preferences = preferences
        self.tray = TrayControl(services.endpoint, actions)
        self.tray.opened.connect(self.opened)

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

    def close(self) -> None:
        self.tray.close()
