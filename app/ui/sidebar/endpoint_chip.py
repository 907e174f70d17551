"""The chip of the local endpoint: a switch, the address, and what to paste elsewhere."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.chip import Chip
from app.ui.widgets.icon_button import IconButton
from app.ui.words import endpoint_chip


class EndpointChip(QWidget):
    """Emits what the user asks for; the switch shows what is, not what was clicked."""

    toggled = Signal()
    copy_address_requested = Signal()
    copy_key_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self.chip = Chip(has_switch=True)
        self.chip.clicked.connect(self.toggled)
        self.more = IconButton("more", self.tr("Endpoint address and key"))
        self.more.setMenu(self._menu())
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.chip, 1)
        row.addWidget(self.more)
        self.show_state(None, 0, is_starting=False)

    def show_state(self, address: str | None, requests_now: int, *, is_starting: bool) -> None:
        self.chip.setChecked(address is not None)
        self.chip.setEnabled(not is_starting)
        self.chip.show_text(endpoint_chip(address, requests_now, is_starting=is_starting))
        self._copy_address.setEnabled(address is not None)
        self._copy_key.setEnabled(address is not None)
        self.more.setVisible(address is not None)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.chip.set_theme(theme)
        self.more.set_theme(theme)
        size, color = theme.size("icon"), theme.color("muted")
        self._copy_address.setIcon(icon("link", color, size))
        self._copy_key.setIcon(icon("copy", color, size))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.more.menu().popup(event.globalPos())

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._copy_address = menu.addAction(self.tr("Copy address"))
        self._copy_address.triggered.connect(self.copy_address_requested)
        self._copy_key = menu.addAction(self.tr("Copy key"))
        self._copy_key.triggered.connect(self.copy_key_requested)
        return menu
