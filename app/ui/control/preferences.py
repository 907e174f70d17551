"""What the user chose in the window, kept in the settings file."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app import settings as settings_file
from app.paths import Paths
from app.settings import Settings
from app.ui.background import Background


class Preferences(QObject):
    """The settings in use. A change is written by one thread, in order."""

    changed = Signal(object)  # Settings
    failed = Signal(OSError)

    def __init__(self, paths: Paths, settings: Settings) -> None:
        super().__init__()
        self._path = paths.settings
        self.settings = self._kept = settings
        self._writes = Background("settings", threads=1)

    def keep(self, **changes: object) -> None:
        """Use these from now on; nothing happens when they are in use already."""
        settings = replace(self.settings, **changes)
        if settings == self.settings:
            return
        self.settings = settings
        self.changed.emit(self.settings)
        self._writes.run(partial(self._write, self.settings), self._on_written, self._on_written)

    def close(self, deadline_s: float) -> None:
        """What was changed just before is written too."""
        if self._writes.close(deadline_s) and self._kept != self.settings:
            self._write(self.settings)

    def _write(self, settings: Settings) -> None:
        try:
            settings_file.save(self._path, settings)
            self._kept = settings
        except OSError as error:
            self.failed.emit(error)

    def _on_written(self, _: object) -> None:
        pass
