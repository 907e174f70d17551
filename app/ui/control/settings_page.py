"""The settings page: shows what is in force and keeps what the user chooses."""

import itertools
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.documents.desk import DocumentDesk
from app.engine.emptied import empty_states
from app.errors import AppError
from app.models.embedding_models import embedding_models
from app.models.found import FoundModel
from app.settings import Settings
from app.storage.documents_rows import Folder
from app.ui.error_words import error_message, error_title
from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.settings import sections
from app.ui.settings.about import About
from app.ui.settings.bound_rows import BoundRows
from app.ui.settings.documents_section import DocumentsSection
from app.ui.settings.licences import Library, libraries, own_texts
from app.ui.settings.quick_anywhere import QuickAnywhere
from app.ui.settings.settings_view import SettingsView
from app.ui.settings.shortcuts import Shortcuts
from app.ui.settings.storage_card import ForgetRow, advanced
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice

GIGABYTE = 10**9


class SettingsControl(QObject):
    """Between the settings page on one side and the preferences and the disk on the other."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self._tools = tools
        paths = tools.services.paths
        self._states = (paths.prefixes, paths.warm)
        self._rows = BoundRows(tools.preferences, tools.appearance.theme)
        self._quick = QuickAnywhere(self._rows, tools.actions, tools.anywhere)
        self._shortcuts = Shortcuts(tools.actions, tools.preferences, self._quick.row)
        self._about = About()
        self._forget = ForgetRow()
        privacy = sections.privacy(self._rows)
        privacy.add(self._forget)
        folders = advanced(paths)
        self._endpoint = sections.endpoint(self._rows)
        self._documents: DocumentsSection | None = None
        if tools.services.documents is not None:
            self._documents = DocumentsSection(self._rows)
            self._documents.unwatch_requested.connect(self._on_unwatch)
        self.view = SettingsView(
            [
                sections.general(self._rows),
                sections.models(self._rows),
                *([self._documents] if self._documents is not None else []),
                self._endpoint,
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
        self._settings = tools.preferences.settings
        tools.preferences.changed.connect(self._on_settings)
        for row in folders.rows:
            row.control.clicked.connect(self._on_copy)

    def enter(self) -> None:
        self.view.search.setFocus()
        self._read_size()
        self._read_folders()
        self._read_models()

    def leave(self) -> None:
        pass

    def close(self) -> None:
        self._tools.preferences.changed.disconnect(self._on_settings)
        self._rows.close()
        self._quick.close()
        self._shortcuts.close_down()

    def show_shortcuts(self) -> None:
        self.view.show_section(self.view.sections.index(self._shortcuts))

    def show_endpoint(self) -> None:
        self.view.show_section(self.view.sections.index(self._endpoint))

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

    def _read_folders(self) -> None:
        """Where there is no library yet, there is no folder either, and none is made for this."""
        desk = self._tools.services.documents
        if desk is not None and desk.has_library:
            self._tools.reads.run(
                partial(_folders, desk), self._documents.show_folders, self._on_failed
            )

    def _read_models(self) -> None:
        if self._documents is not None:
            find = partial(embedding_models, self._tools.services.paths.models)
            self._tools.reads.run(find, self._on_models, self._on_failed)

    def _on_models(self, models: list[FoundModel]) -> None:
        self._documents.show_models(models, self._settings.embedding_model)

    def _on_settings(self, settings: Settings) -> None:
        """What is said of documents counts at once."""
        before, self._settings = self._settings, settings
        desk = self._tools.services.documents
        if desk is None:
            return
        if settings.warm_gb != before.warm_gb:
            keep = partial(desk.set_warm_bytes, settings.warm_gb * GIGABYTE)
            self._tools.sends.run(keep, self._on_kept, self._on_failed)
        if settings.embedding_model != before.embedding_model:
            use = partial(desk.use_embedding_model, settings.embedding_model)
            self._tools.sends.run(use, self._on_kept, self._on_failed)
        if settings.folder_look_s != before.folder_look_s:
            look = partial(desk.look_every, settings.folder_look_s)
            self._tools.sends.run(look, self._on_kept, self._on_failed)

    def _on_kept(self, _: None) -> None:
        self._read_size()

    def _on_unwatch(self, folder_id: int) -> None:
        self._tools.sends.run(
            partial(_unwatch, self._tools.services.documents, folder_id),
            self._on_unwatched,
            self._on_failed,
        )

    def _on_unwatched(self, folders: list[Folder]) -> None:
        self._documents.show_folders(folders)
        self.frame.toast.show_text(self.tr("No longer watched; its documents stay"))

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
    """The engine writes and removes states meanwhile."""
    size = 0
    for folder, _, names in itertools.chain.from_iterable(map(os.walk, folders)):
        for name in names:
            with suppress(FileNotFoundError):
                size += os.path.getsize(os.path.join(folder, name))
    return size


def _forget(folders: tuple[Path, ...]) -> None:
    """A state that an engine has open is gone from the folder; the engine keeps its own copy."""
    for folder in folders:
        empty_states(folder)


def _folders(desk: DocumentDesk) -> list[Folder]:
    return desk.library().folders()


def _unwatch(desk: DocumentDesk, folder_id: int) -> list[Folder]:
    desk.library().remove_folder(folder_id)
    return _folders(desk)


def _all_libraries() -> list[Library]:
    return [*libraries(), *own_texts()]
