"""The icon in the tray: the endpoint's state, the ways back to the window, and the way out."""

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.server.control import EndpointControl
from app.ui.actions import Actions
from app.ui.icons import application_icon

POLL_MS = 2_000


class TrayControl(QObject):
    """Only where the desktop has a tray; ``is_there`` says so."""

    opened = Signal()

    def __init__(self, endpoint: EndpointControl | None, actions: Actions) -> None:
        super().__init__()
        self._endpoint, self._actions = endpoint, actions
        self.is_there = QSystemTrayIcon.isSystemTrayAvailable()
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(application_icon())
        self._icon.activated.connect(self._on_activated)
        self._icon.setContextMenu(self._menu)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._show)
        self.retranslate()
        if self.is_there:
            self._icon.show()
            self._timer.start()

    def retranslate(self) -> None:
        self._menu.clear()
        self._menu.addAction(_tr("Open Doorstep")).triggered.connect(self.opened)
        self._menu.addAction(self._actions.quick)
        if self._endpoint is not None:
            self._menu.addAction(self._actions.endpoint)
        self._menu.addSeparator()
        self._menu.addAction(self._actions.quit)
        self._show()

    def tell_hidden(self) -> None:
        """The window is gone and Doorstep is not: say so where one would look."""
        self._icon.showMessage(
            _tr("Doorstep goes on"),
            _tr("The endpoint is on. Quit Doorstep in this icon’s menu."),
            application_icon(),
        )

    def close(self) -> None:
        self._timer.stop()
        self._icon.hide()

    def _show(self) -> None:
        address = self._endpoint.address if self._endpoint is not None else None
        if self._endpoint is None or address is None:
            self._icon.setToolTip(_tr("Doorstep – endpoint off"))
        else:
            self._icon.setToolTip(
                _tr("Doorstep – endpoint on at {address}, {count} now").format(
                    address=address, count=self._endpoint.requests_now
                )
            )

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.opened.emit()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tray", text)
