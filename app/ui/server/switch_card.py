"""On or off, the addresses, and whether other computers may use it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.theme import Theme
from app.ui.widgets.card import Card, words
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.setting_row import SettingRow
from app.ui.widgets.switch import Switch


class SwitchCard(Card):
    """Shows what is, not what was clicked."""

    toggled = Signal()
    network_toggled = Signal(bool)
    copy_address_requested = Signal()
    copy_key_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.switch = Switch(self.tr("Endpoint"), theme)
        self.switch.clicked.connect(self._on_clicked)
        self._row = SettingRow(
            self.tr("Endpoint for coding agents"),
            self.tr("For programs made for OpenAI or Anthropic, on this computer alone."),
            self.switch,
        )
        self.address = words("", "value")
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_address = QPushButton(self.tr("Copy address"))
        self.copy_address.clicked.connect(self.copy_address_requested)
        self.copy_key = QPushButton(self.tr("Copy key"))
        self.copy_key.clicked.connect(self.copy_key_requested)
        self.network = Switch(self.tr("Let other computers in"), theme)
        self.network.clicked.connect(self._on_network)
        self.warning = words("", "secondary")
        self.warning.setProperty("tone", "warn")
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        for button in (self.copy_address, self.copy_key):
            flow.addWidget(button)
        network_row = SettingRow(
            self.tr("Let other computers in"),
            self.tr("Those in your local network, with a key."),
            self.network,
        )
        for part in (self._row, self.address, buttons, network_row, self.warning):
            self.column.addWidget(part)

    def show_state(
        self,
        address: str | None,
        requests_now: int,
        *,
        is_lan: bool,
        lan_addresses: Sequence[str],
        has_key: bool,
    ) -> None:
        self.switch.setChecked(address is not None)
        self.network.setChecked(is_lan)
        now = self.tr("%n request(s) now", "", requests_now)
        on = now if requests_now else self.tr("On, no requests now.")
        self._row.note.setText(
            on
            if address is not None
            else self.tr("For programs made for OpenAI or Anthropic, on this computer alone.")
        )
        self.address.setText("\n".join([address or self.tr("It is off."), *lan_addresses]))
        self.copy_address.setEnabled(address is not None)
        self.copy_key.setEnabled(has_key)
        self.warning.setVisible(is_lan)
        self.warning.setText(
            self.tr(
                "Not encrypted: who is in the same network can read what is sent, the key too. "
                "Use it only in a network that you trust."
            )
        )

    def set_theme(self, theme: Theme) -> None:
        for switch in (self.switch, self.network):
            switch.set_theme(theme)

    def _on_clicked(self, is_checked: bool) -> None:
        self.switch.setChecked(not is_checked)
        self.toggled.emit()

    def _on_network(self, is_checked: bool) -> None:
        self.network.setChecked(not is_checked)
        self.network_toggled.emit(is_checked)
