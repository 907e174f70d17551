"""One command and its keys, which can be pressed anew."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QPushButton, QWidget

from app.ui.actions import Command, keys_as_text
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.setting_row import SettingRow


class ShortcutRow(SettingRow):
    """Announces other keys; who keeps them says whether they are taken."""

    chosen = Signal(str, str)  # command, keys
    reset = Signal(str)

    def __init__(self, command: Command, parent: QWidget | None = None) -> None:
        self.command = command
        self._edit = QKeySequenceEdit()
        self._edit.setMaximumSequenceLength(1)
        self._clear = IconButton("close", "")
        self._clear.clicked.connect(self._on_cleared)
        self._reset = QPushButton()
        stays = self._reset.sizePolicy()
        stays.setRetainSizeWhenHidden(True)  # the fields of all rows stand below each other
        self._reset.setSizePolicy(stays)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._edit)
        row.addWidget(self._clear)
        row.addWidget(self._reset)
        super().__init__(command.name, "", box, parent)
        self._clear.rename(self.tr("Remove the keys"))
        self._edit.setAccessibleName(self.tr("Keys for {command}").format(command=command.name))
        self.setFocusProxy(self._edit)
        self._reset.setText(self.tr("Reset"))
        self._reset.setAccessibleName(self.tr("Reset {command}").format(command=command.name))
        self._edit.editingFinished.connect(self._on_finished)
        self._reset.clicked.connect(self._on_reset)
        self.show_keys()

    def set_theme(self, theme: Theme) -> None:
        self._clear.set_theme(theme, size="icon_small")

    def show_keys(self) -> None:
        """What is in force, and whether that is the usual."""
        keys = self.command.action.shortcuts()
        self._edit.setKeySequence(keys[0] if keys else QKeySequence())
        self._clear.setEnabled(bool(keys))
        self._reset.setVisible(keys_as_text(keys) != keys_as_text(self.command.keys))
        shown = ", ".join(
            key.toString(QKeySequence.SequenceFormat.NativeText)
            for key in keys[1:]
            if key[0].key().value < Qt.Key.Key_Back.value  # above are keys that few boards have
        )
        self.say(self.tr("Also {keys}").format(keys=shown) if shown else "")

    def say(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _on_finished(self) -> None:
        keys = self._edit.keySequence()
        now = self.command.action.shortcuts()
        if keys != (now[0] if now else QKeySequence()):
            self.chosen.emit(self.command.id, "" if keys.isEmpty() else keys_as_text([keys]))

    def _on_cleared(self) -> None:
        self.chosen.emit(self.command.id, "")

    def _on_reset(self) -> None:
        self.reset.emit(self.command.id)
