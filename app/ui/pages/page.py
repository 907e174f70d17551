"""What a page of the window is, and what it may use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.storage.documents_rows import Document
from app.ui.actions import Actions
from app.ui.appearance import Appearance
from app.ui.background import Background
from app.ui.control.preferences import Preferences
from app.ui.global_keys.global_shortcut import GlobalShortcut
from app.ui.pages.page_frame import PageFrame
from app.ui.services import Services

CHAT = "chat"  # the page that is always there


class Page(Protocol):
    """The control of one page; it makes its own widgets and holds what they stand on.

    It is made on the first visit, and anew when the language changes. GUI thread only.
    """

    frame: PageFrame

    def enter(self) -> None:
        """It is shown now: read what may have changed, put the focus where one begins."""

    def leave(self) -> None:
        """Another page is shown: end what only serves the eye, such as timers."""

    def close(self) -> None:
        """The window closes, or the page is made anew."""


@dataclass(frozen=True, slots=True)
class PageTools:
    """What every page is given. ``reads`` runs what is short, ``sends`` what may take long."""

    services: Services
    preferences: Preferences
    appearance: Appearance
    actions: Actions
    anywhere: GlobalShortcut  # of the quick window
    reads: Background
    sends: Background
    window: QWidget  # the parent of dialogs
    show_page: Callable[[str], None]
    open_chat: Callable[[int, int | None], None]  # conversation, message to go to
    ask_about: Callable[[Sequence[Document]], None]  # attach them to a new chat
    open_document: Callable[[int, int], None]  # document, page: beside the chat
    write: Callable[[str], None]  # into the field of a new chat


@dataclass(frozen=True, slots=True)
class PageEntry:
    """``title`` is English, marked for the context "Pages"; ``icon`` a file of resources/icons."""

    key: str
    title: str
    icon: str
    shortcuts: tuple[str, ...]
    make: Callable[[PageTools], Page]

    @property
    def name(self) -> str:
        """The title in the user's language."""
        return QCoreApplication.translate("Pages", self.title)
