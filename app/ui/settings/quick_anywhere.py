"""Whether the quick window's keys work in every program, and what stands in the way of that."""

import shlex
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QKeySequence

from app.ui.actions import Actions
from app.ui.global_keys.desktop import Grip
from app.ui.global_keys.global_shortcut import GlobalShortcut
from app.ui.settings.bound_rows import BoundRows


class QuickAnywhere(QObject):
    """The row of the settings, with a sentence that is true now."""

    def __init__(self, rows: BoundRows, actions: Actions, shortcut: GlobalShortcut) -> None:
        super().__init__()
        self._actions, self._shortcut = actions, shortcut
        name = _tr("Quick question from any program")
        self.row = rows.switch("quick_anywhere", name, "")
        self.row.found_by = _tr("Quick question from any program global shortcut").casefold()
        self.row.note.show()
        shortcut.changed.connect(self._show)
        actions.rebound.connect(self._show)
        self._show()

    def close(self) -> None:
        self._shortcut.changed.disconnect(self._show)
        self._actions.rebound.disconnect(self._show)

    def _show(self) -> None:
        grip = self._shortcut.grip
        keys = self._actions.quick.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.row.note.setText(_note(grip, keys))
        self.row.control.setEnabled(grip is not Grip.UNAVAILABLE)
        self.row.control.setAccessibleDescription(self.row.note.text())


def _note(grip: Grip, keys: str) -> str:
    """``keys`` are those of the quick window, "" when it has none."""
    if grip is Grip.UNAVAILABLE:
        return _tr(
            "Not available here: this desktop gives programs no keys outside their windows. In its "
            "own settings, give keys to the command {command}"
        ).format(command=_command())
    if not keys:
        return _tr("Give “Quick question” keys below first.")
    match grip:
        case Grip.TAKEN:
            words = _tr("Another program has {keys}. Give “Quick question” other keys below.")
        case Grip.UNFIT:
            words = _tr("{keys} will not do: choose a key together with Ctrl or Alt below.")
        case _:
            words = _tr("{keys} opens it over whatever you work with. No other key is read.")
    return words.format(keys=keys)


def _command() -> str:
    """What opens the quick window of the program that runs."""
    program = Path(sys.executable)
    if not getattr(sys, "frozen", False):
        program = program.with_name("doorstep")
    return f"{shlex.quote(str(program))} quick"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
