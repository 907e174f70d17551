"""The settings page: shows what is in force and keeps what the user chooses."""

import shutil
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.errors import AppError
from app.ui.error_words import error_message, error_title
from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.settings import sections
from app.ui.settings.about import About
from app.ui.settings.bound_rows import BoundRows
from app.ui.settings.licences import Library, libraries, own_texts
from app.ui.settings.settings_view import SettingsView
from app.ui.settings.shortcuts import Shortcuts
from app.ui.settings.storage_card import ForgetRow, advanced
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice

SHORTCUTS = 4  # the number of that section


class SettingsControl(QObject):
    """Between the settings page on one side and the preferences and the disk on the other."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self._tools = tools
        paths = tools.services.paths
        self._states = (paths.prefixes, paths.warm)
        self._rows = BoundRows(tools.preferences, tools.appearance.theme)
        self._shortcuts = Shortcuts(tools.actions, tools.preferences)
        self._about = About()
        self._forget = ForgetRow()
        privacy = sections.privacy(self._rows)
        privacy.add(self._forget)
        folders = advanced(paths)
        self.view = SettingsView(
            [
                sections.general(self._rows),
                sections.models(self._rows),
                sections.endpoint(self._rows),
                privacy,
                self._shortcuts,
                folders,
                self._about,
            ]
        )
        self.frame = PageFrame(self.tr("Settings"), tools.appearance.theme)
        self.frame.column.addWidget(self.view)
        self.frame.column.addStretch()
        self.frame.themed.connect(self._on_theme)
        self._on_theme(tools.appearance.theme)
        self._forget.forget_requested.connect(self._on_forget)
        self._about.licences_requested.connect(self._on_licences)
        for row in folders.rows:
            row.control.clicked.connect(self._on_copy)

    def enter(self) -> None:
        self.view.search.setFocus()
        self._read_size()

    def leave(self) -> None:
        pass

    def close(self) -> None:
        self._rows.close()
        self._shortcuts.close_down()

    def show_shortcuts(self) -> None:
        self.view.show_section(SHORTCUTS)

    def _on_theme(self, theme: Theme) -> None:
        self._rows.set_theme(theme)
        self.view.search.set_theme(theme)
        self._shortcuts.set_theme(theme)

    def _read_size(self) -> None:
        self._tools.reads.run(partial(_size, self._states), self._forget.show_size, self._on_failed)

    def _on_forget(self) -> None:
        self._tools.sends.run(partial(_forget, self._states), self._on_forgotten, self._on_failed)

    def _on_forgotten(self, _: None) -> None:
        self.frame.toast.show_text(self.tr("No prompt states are left on disk"))
        self._read_size()

    def _on_licences(self) -> None:
        self._tools.reads.run(_all_libraries, self._about.show_libraries, self._on_failed)

    def _on_copy(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        QGuiApplication.clipboard().setText(button.property("path"))
        self.frame.toast.show_text(self.tr("Path copied"))

    def _on_failed(self, error: AppError) -> None:
        notice = Notice("danger", error_title(error), error_message(error))
        self.frame.banners.show_notice("error", notice)


def _size(folders: tuple[Path, ...]) -> int:
    return sum(
        path.stat().st_size
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.is_file()
    )


def _forget(folders: tuple[Path, ...]) -> None:
    """A state that an engine has open is gone from the folder; the engine keeps its own copy."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)


def _all_libraries() -> list[Library]:
    return [*libraries(), *own_texts()]
