"""The endpoint page: switches it, keeps its keys, connects agents, shows what it is asked."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from app.errors import AppError
from app.server.control import EndpointControl
from app.server.inspector import RequestRecord
from app.server.key_book import KeyEntry
from app.ui.control.connect import ConnectControl
from app.ui.error_words import error_message, error_title
from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.server.connect_card import ConnectCard
from app.ui.server.keys_card import KeysCard
from app.ui.server.requests_card import RequestsCard
from app.ui.server.switch_card import SwitchCard
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice
from app.ui.widgets.confirm_dialog import ConfirmDialog

POLL_MS = 500


class EndpointPageControl(QObject):
    """Between the page on one side and the endpoint, its keys and its inspector on the other."""

    recorded = Signal()  # from any thread: some request is further
    asked = Signal(object)  # a dialog that now stands open

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        assert tools.services.endpoint is not None
        self._tools = tools
        self._endpoint: EndpointControl = tools.services.endpoint
        theme = tools.appearance.theme
        self.frame = PageFrame(self.tr("Endpoint"), theme)
        self.switch, self.keys = SwitchCard(theme), KeysCard()
        self.connect_card, self.requests = ConnectCard(theme), RequestsCard(theme)
        for card in (self.switch, self.connect_card, self.keys, self.requests):
            self.frame.column.addWidget(card)
        self.frame.column.addStretch()
        self.agents = ConnectControl(self.connect_card, tools, self._endpoint)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._wire()
        self._unsubscribe = self._endpoint.inspector.subscribe(self._on_record)
        self._show()

    def enter(self) -> None:
        self._timer.start()
        self._show()
        self._on_recorded()
        self._read_keys()

    def leave(self) -> None:
        self._timer.stop()
        self.keys.show_key("", "")

    def close(self) -> None:
        self._timer.stop()
        self._unsubscribe()

    def _wire(self) -> None:
        self.frame.themed.connect(self._on_theme)
        self._timer.timeout.connect(self._show)
        self.recorded.connect(self._on_recorded)
        self.switch.toggled.connect(self._tools.actions.endpoint.trigger)
        self.switch.network_toggled.connect(self._on_network)
        self.switch.copy_address_requested.connect(self._on_copy_address)
        self.switch.copy_key_requested.connect(self._on_copy_key)
        self.keys.create_requested.connect(self._on_create)
        self.keys.revoke_requested.connect(self._on_revoke)
        self.keys.copy_requested.connect(self._copy)
        self.requests.watched.connect(self._on_watched)
        self.agents.failed.connect(self._on_failed)
        self.agents.told.connect(self.frame.toast.show_text)

    def _on_theme(self, theme: Theme) -> None:
        for card in (self.switch, self.connect_card, self.requests):
            card.set_theme(theme)

    def _show(self) -> None:
        endpoint = self._endpoint
        self.switch.show_state(
            endpoint.address,
            endpoint.requests_now,
            is_lan=endpoint.is_lan,
            lan_addresses=endpoint.lan_addresses,
            has_key=endpoint.needs_key,
        )
        self.agents.show()

    def _on_network(self, is_wanted: bool) -> None:
        self._tools.sends.run(
            partial(self._endpoint.open_to_network, is_wanted),
            partial(self._on_network_done, is_wanted),
            self._on_failed,
        )

    def _on_network_done(self, is_lan: bool, _: None) -> None:
        self._tools.preferences.keep(endpoint_lan=is_lan)
        self._show()

    def _on_copy_address(self) -> None:
        self._copy(self._endpoint.address or "")

    def _on_copy_key(self) -> None:
        self._tools.sends.run(self._read_key, self._copy, self._on_failed)

    def _read_key(self) -> str:
        return self._endpoint.api_key or ""

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.frame.toast.show_text(self.tr("Copied"))

    def _read_keys(self) -> None:
        book = self._endpoint.key_book
        self.keys.setVisible(book is not None)
        if book is not None:
            self._tools.sends.run(book.entries, self._on_entries, self._on_no_keys)

    def _on_entries(self, entries: tuple[KeyEntry, ...]) -> None:
        self.keys.show_entries(entries)
        book = self._endpoint.key_book
        if book is not None and book.is_overruled:
            text = self.tr("DOORSTEP_API_KEY is set: only that key opens the endpoint now.")
            self.frame.banners.show_notice("keys", Notice("info", text, ""))

    def _on_no_keys(self, error: AppError) -> None:
        """Without a keyring there is one key, which lasts until Doorstep ends."""
        self.keys.show_entries(())
        self.keys.name.setEnabled(False)
        self.keys.set_note(error_message(error))

    def _on_create(self, name: str) -> None:
        book = self._endpoint.key_book
        assert book is not None
        self._tools.sends.run(
            partial(book.create, name), partial(self._on_created, name), self._on_failed
        )

    def _on_created(self, name: str, key: str) -> None:
        self.keys.name.clear()
        self.keys.show_key(name, key)
        self._read_keys()

    def _on_revoke(self, name: str) -> None:
        dialog = ConfirmDialog(
            self.tr("Revoke the key “{name}”?").format(name=name),
            self.tr("Programs that use it are refused from their next request on."),
            self.tr("Revoke key"),
            self._tools.appearance.theme,
            self._tools.window,
        )
        dialog.accepted.connect(partial(self._revoke, name))
        self.asked.emit(dialog)
        dialog.open()

    def _revoke(self, name: str) -> None:
        book = self._endpoint.key_book
        assert book is not None
        self._tools.sends.run(partial(book.revoke, name), self._on_revoked, self._on_failed)

    def _on_revoked(self, _: None) -> None:
        self.keys.show_key("", "")
        self.frame.toast.show_text(self.tr("The key opens nothing any more"))
        self._read_keys()

    def _on_watched(self, is_on: bool) -> None:
        self._endpoint.inspector.switch(is_on)
        self._on_recorded()

    def _on_record(self, _: RequestRecord) -> None:
        self.recorded.emit()

    def _on_recorded(self) -> None:
        inspector = self._endpoint.inspector
        self.requests.show_records(inspector.records(), is_on=inspector.is_on)

    def _on_failed(self, error: AppError) -> None:
        notice = Notice("danger", error_title(error), error_message(error))
        self.frame.banners.show_notice("error", notice)
