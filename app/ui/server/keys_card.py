"""The named keys: which there are, when each was last used; new ones are shown once."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.server.key_book import KeyEntry
from app.ui.widgets.card import Card, words
from app.ui.widgets.line_field import LineField
from app.ui.widgets.setting_row import SettingRow


class KeysCard(Card):
    """Emits what the user asks for."""

    create_requested = Signal(str)
    revoke_requested = Signal(str)
    copy_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.set_title(self.tr("Keys"))
        self.set_note(
            self.tr("One for each program, so that each can be taken back. Kept in the keyring.")
        )
        self._entries = QVBoxLayout()
        self._entries.setSpacing(12)
        self._key = ""
        self.name = LineField()
        self.name.setMaxLength(40)
        self.name.setPlaceholderText(self.tr("Name of a program"))
        self.name.setAccessibleName(self.tr("Name of the new key"))
        self.name.textChanged.connect(self._on_name)
        self.name.returnPressed.connect(self._on_create)
        self.create = QPushButton(self.tr("Create key"))
        self.create.setEnabled(False)
        self.create.clicked.connect(self._on_create)
        self.shown = words("", "value")
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(self._on_copy)
        new = QHBoxLayout()
        new.setSpacing(8)
        new.addWidget(self.name, 1)
        new.addWidget(self.create)
        once = QHBoxLayout()
        once.setSpacing(8)
        once.addWidget(self.shown, 1)
        once.addWidget(self.copy)
        self.column.addLayout(self._entries)
        self.column.addLayout(new)
        self.column.addLayout(once)
        self.show_key("", "")

    def show_entries(self, entries: Sequence[KeyEntry]) -> None:
        while (item := self._entries.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        for entry in entries:
            self._entries.addWidget(self._row(entry))

    def show_key(self, name: str, key: str) -> None:
        """A new key, this once; empty to hide it again."""
        self._key = key
        text = self.tr("{name}: {key}\nCopy it now. It is not shown again.")
        self.shown.setText(text.format(name=name, key=key) if key else "")
        self.shown.setVisible(bool(key))
        self.copy.setVisible(bool(key))

    def _row(self, entry: KeyEntry) -> SettingRow:
        button = QPushButton(self.tr("Revoke…"))
        button.setProperty("key", entry.name)
        button.setAccessibleName(self.tr("Revoke the key {name}").format(name=entry.name))
        button.clicked.connect(self._on_revoke)
        if entry.last_used is None:
            note = self.tr("Never used")
        else:
            at = datetime.fromtimestamp(entry.last_used)
            when = QLocale().toString(at, QLocale.FormatType.ShortFormat)
            note = self.tr("Last used {when}").format(when=when)
        name = self.tr("default, of this window") if entry.is_default else entry.name
        return SettingRow(name, note, button)

    def _on_name(self, name: str) -> None:
        self.create.setEnabled(bool(name.strip()))

    def _on_create(self) -> None:
        if self.name.text().strip():
            self.create_requested.emit(self.name.text().strip())

    def _on_copy(self) -> None:
        self.copy_requested.emit(self._key)

    def _on_revoke(self) -> None:
        self.revoke_requested.emit(self.sender().property("key"))
