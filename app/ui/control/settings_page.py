"""The settings page: shows what is in force and keeps what the user chooses."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame


class SettingsControl(QObject):
    """Between the settings page and the preferences."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self.frame = PageFrame(self.tr("Settings"), tools.appearance.theme)
        where = self.tr("Settings are kept in {path}.").format(path=tools.services.paths.settings)
        label = QLabel(where)
        label.setProperty("kind", "secondary")
        label.setWordWrap(True)
        self.frame.column.addWidget(label)
        self.frame.column.addStretch()

    def enter(self) -> None:
        pass

    def leave(self) -> None:
        pass

    def close(self) -> None:
        pass
