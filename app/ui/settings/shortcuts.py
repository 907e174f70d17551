"""The keys of every command: shown, changed, told when they clash, and reset."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.actions import Actions, Command, keys_as_text, keys_from_text
from app.ui.control.preferences import Preferences
from app.ui.settings.sections import Section
from app.ui.settings.shortcut_row import ShortcutRow
from app.ui.theme import Theme
from app.ui.widgets.setting_row import SettingRow


class Shortcuts(Section):
    """Keys that another command has are refused, and whose they are is said."""

    def __init__(
        self,
        actions: Actions,
        preferences: Preferences,
        first: SettingRow,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", parent)
        self.set_title(self.tr("Shortcuts"))
        self.set_note(self.tr("Click a field and press the keys. No single letter deletes a chat."))
        self._actions, self._preferences = actions, preferences
        self._by_id: dict[str, ShortcutRow] = {}
        self.add(first)
        for command in actions.commands.values():
            row = self._by_id[command.id] = ShortcutRow(command)
            row.chosen.connect(self._on_chosen)
            row.reset.connect(self._on_reset)
            self.add(row)
        self.reset_all = QPushButton(self.tr("Reset all shortcuts"))
        self.reset_all.clicked.connect(self._on_reset_all)
        self.column.addWidget(self.reset_all, 0, Qt.AlignmentFlag.AlignLeft)
        actions.rebound.connect(self._on_rebound)

    def set_theme(self, theme: Theme) -> None:
        for row in self._by_id.values():
            row.set_theme(theme)

    def close_down(self) -> None:
        self._actions.rebound.disconnect(self._on_rebound)

    def _on_chosen(self, id_: str, keys: str) -> None:
        owner = self._owner(id_, keys)
        if owner is not None:
            row = self._by_id[id_]
            row.show_keys()
            row.say(
                self.tr("{keys} belongs to “{command}”. Give that one other keys first.").format(
                    keys=keys, command=owner.name
                )
            )
        else:
            self._preferences.keep(shortcuts={**self._preferences.settings.shortcuts, id_: keys})

    def _owner(self, id_: str, keys: str) -> Command | None:
        """The other command that has these keys."""
        wanted = keys_from_text(keys)
        for command in self._actions.commands.values():
            if command.id != id_ and any(key in wanted for key in command.action.shortcuts()):
                return command
        return None

    def _on_reset(self, id_: str) -> None:
        command = self._actions.commands[id_]
        owner = self._owner(id_, keys_as_text(command.keys))
        if owner is not None:
            self._on_chosen(id_, keys_as_text(command.keys))
            return
        kept = dict(self._preferences.settings.shortcuts)
        kept.pop(id_, None)
        self._preferences.keep(shortcuts=kept)

    def _on_reset_all(self) -> None:
        self._preferences.keep(shortcuts={})

    def _on_rebound(self) -> None:
        for row in self._by_id.values():
            row.show_keys()
