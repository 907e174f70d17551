"""Coding agents that can be connected: the change to their settings is shown before it is made."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from app.ui.theme import Theme
from app.ui.widgets.card import Card, words
from app.ui.widgets.flow_layout import FlowLayout

_LINES = 14


class ConnectCard(Card):
    """Emits which client is meant, then whether its change is wanted."""

    client_chosen = Signal(str)
    apply_requested = Signal()
    copy_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.set_title(self.tr("Connect a coding agent"))
        self._clients = QWidget()
        self._flow = FlowLayout(self._clients, gap=8)
        self.said = words("", "secondary")
        self.text = QPlainTextEdit()
        self.text.setObjectName("url")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The change"))
        self.apply = QPushButton(self.tr("Make this change"))
        self.apply.setProperty("kind", "primary")
        self.apply.clicked.connect(self.apply_requested)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(self._on_copy)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.hide_change)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.apply, self.copy, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch()
        for part in (self._clients, self.said, self.text):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
        self.hide_change()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.text.setFont(theme.font("code"))

    def show_clients(self, clients: Sequence[tuple[str, str]]) -> None:
        """By key and title, once."""
        for key, title in clients:
            button = QPushButton(title)
            button.setProperty("client", key)
            button.setAccessibleName(self.tr("Connect {client}").format(client=title))
            button.clicked.connect(self._on_client)
            self._flow.addWidget(button)

    def set_available(self, *, is_on: bool, has_model: bool) -> None:
        """Only while the endpoint is on and a model is loaded is there something to connect to."""
        self._clients.setEnabled(is_on and has_model)
        if not is_on:
            self.set_note(self.tr("Switch the endpoint on first."))
        elif not has_model:
            self.set_note(self.tr("Load a model first."))
        else:
            self.set_note(
                self.tr(
                    "Writes the address, the key and the model into its settings, with a backup."
                )
            )

    def show_change(self, said: str, text: str, *, can_apply: bool) -> None:
        """``text`` is a difference to make, or what to write by hand."""
        self.said.setText(said)
        self.said.show()
        self.text.setPlainText(text)
        lines = min(_LINES, text.count("\n") + 2)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + 28)
        self.text.setVisible(bool(text))
        self.apply.setVisible(can_apply)
        self.copy.setVisible(bool(text) and not can_apply)
        self.cancel.setVisible(bool(text))
        (self.apply if can_apply else self.text).setFocus()

    def hide_change(self) -> None:
        for part in (self.said, self.text, self.apply, self.copy, self.cancel):
            part.hide()

    def _on_client(self) -> None:
        self.client_chosen.emit(self.sender().property("client"))

    def _on_copy(self) -> None:
        self.copy_requested.emit(self.text.toPlainText())
