"""Connects coding agents to the endpoint: shows the change of their settings, then makes it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.client_change import ClientChange, change_of
from app.clients import CLIENTS, Client, Endpoint, entered
from app.server.control import EndpointControl
from app.ui.error_words import in_a_row, sentence
from app.ui.pages.page import PageTools
from app.ui.server.connect_card import ConnectCard


class ConnectControl(QObject):
    """Between the card and the settings files of the clients."""

    failed = Signal(object)  # AppError
    told = Signal(str)

    def __init__(self, card: ConnectCard, tools: PageTools, endpoint: EndpointControl) -> None:
        super().__init__()
        self._card, self._tools, self._endpoint = card, tools, endpoint
        self._change: ClientChange | None = None
        card.show_clients([(key, client.title) for key, client in CLIENTS.items()])
        card.client_chosen.connect(self._on_client)
        card.apply_requested.connect(self._on_apply)
        card.copy_requested.connect(self._on_copy)

    def show(self) -> None:
        has_model = self._tools.services.engine.status.model is not None
        self._card.set_available(is_on=self._endpoint.address is not None, has_model=has_model)

    def _on_client(self, key: str) -> None:
        self._tools.sends.run(partial(self._read, key), self._on_read, self.failed.emit)

    def _read(self, key: str) -> tuple[Client, ClientChange | None, str]:
        """On a worker thread: its change, or what to enter by hand."""
        client, endpoint = CLIENTS[key], self._settings()
        change = change_of(client, endpoint, Path.home())
        return client, change, "" if change is not None else entered(client, endpoint)

    def _settings(self) -> Endpoint:
        model, address = self._tools.services.engine.status.model, self._endpoint.address
        assert model is not None
        assert address is not None
        return Endpoint(
            address.removesuffix("/v1"),
            self._endpoint.api_key or "none",
            model.name,
            model.context_length,
        )

    def _on_read(self, found: tuple[Client, ClientChange | None, str]) -> None:
        client, self._change, by_hand = found
        change = self._change
        if change is None:
            said = self.tr("{client} is set up by hand.").format(client=client.title)
            said = in_a_row(said, sentence(client.how))
            self._card.show_change(said, by_hand, can_apply=False)
        elif not change.is_needed:
            said = self.tr("{client} is connected already.").format(client=client.title)
            self._card.show_change(said, "", can_apply=False)
        else:
            said = self.tr("This would change in {path}. The file is backed up first.")
            self._card.show_change(said.format(path=change.path), change.diff, can_apply=True)

    def _on_apply(self) -> None:
        if self._change is not None:
            self._tools.sends.run(self._change.apply, self._on_applied, self.failed.emit)

    def _on_applied(self, backup: Path | None) -> None:
        assert self._change is not None
        self._card.hide_change()
        title = self._change.title
        self.told.emit(
            self.tr("{client} is connected. The old settings are in {path}.").format(
                client=title, path=backup
            )
            if backup is not None
            else self.tr("{client} is connected.").format(client=title)
        )

    def _on_copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.told.emit(self.tr("Copied"))
