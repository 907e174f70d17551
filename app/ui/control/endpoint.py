"""Switches the local endpoint on and off, and keeps its chip true."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QClipboard

from app.errors import AppError
from app.settings import Settings
from app.ui.background import Background
from app.ui.control.preferences import Preferences
from app.ui.sidebar.endpoint_chip import EndpointChip

if TYPE_CHECKING:
    from app.server.control import EndpointControl

POLL_MS = 500


class EndpointSwitch(QObject):
    """Between the endpoint and its chip."""

    switched = Signal(bool)
    copied = Signal(str)
    failed = Signal(object)  # AppError

    def __init__(
        self,
        endpoint: "EndpointControl",
        chip: EndpointChip,
        clipboard: QClipboard,
        sends: Background,
        preferences: Preferences,
    ) -> None:
        super().__init__()
        self._endpoint, self._chip = endpoint, chip
        self._clipboard, self._sends = clipboard, sends
        self._is_switching = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.show)
        preferences.changed.connect(self._on_settings)
        chip.toggled.connect(self.toggle)
        chip.copy_address_requested.connect(self._on_copy_address)
        chip.copy_key_requested.connect(self._on_copy_key)
        self.show()

    def toggle(self) -> None:
        """On when it is off, off when it is on."""
        if self._is_switching:
            return
        self._is_switching = True
        if self._endpoint.address is None:
            self._sends.run(self._endpoint.start, self._on_started, self._on_failed)
        else:
            self._sends.run(self._endpoint.stop, self._on_stopped, self._on_failed)
        self.show()

    def close(self) -> None:
        """Look no more; the endpoint itself is stopped by who made it."""
        self._timer.stop()

    def show(self) -> None:
        """What is, on the chip."""
        address = self._endpoint.address
        is_starting = self._is_switching and address is None
        self._chip.show_state(address, self._endpoint.requests_now, is_starting=is_starting)

    def _on_settings(self, settings: Settings) -> None:
        self._endpoint.want_port(settings.endpoint_port)

    def _on_started(self, _: None) -> None:
        self._is_switching = False
        self._timer.start()
        self.show()
        self.switched.emit(True)

    def _on_stopped(self, _: None) -> None:
        self._is_switching = False
        self._timer.stop()
        self.show()
        self.switched.emit(False)

    def _on_failed(self, error: AppError) -> None:
        self._is_switching = False
        self.show()
        self.failed.emit(error)

    def _on_copy_address(self) -> None:
        if self._endpoint.address is not None:
            self._clipboard.setText(self._endpoint.address)
            self.copied.emit(self.tr("Address copied"))

    def _on_copy_key(self) -> None:
        """The key may come from the system's keyring, which can be slow to answer."""
        self._sends.run(self._read_key, self._on_key, self._on_failed)

    def _read_key(self) -> str:
        return self._endpoint.api_key

    def _on_key(self, key: str) -> None:
        self._clipboard.setText(key)
        self.copied.emit(self.tr("Key copied"))
