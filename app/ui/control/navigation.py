"""Which page the window shows: the conversation, or another that is made on its first visit."""

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from app.ui.actions import Actions
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.pages.page import CHAT, Page, PageEntry, PageTools
from app.ui.theme import Theme


class Navigation(QObject):
    """The conversation stays as it is while another page stands in its place."""

    moved = Signal(str)  # the key of the page that is shown now
    sidebar_requested = Signal()
    acted = Signal(str)  # the key of a banner on a page, whose button was pressed

    def __init__(
        self,
        stack: QStackedWidget,
        chat: ConversationPage,
        entries: Sequence[PageEntry],
        tools: PageTools,
    ) -> None:
        super().__init__()
        self._stack, self._chat, self._tools = stack, chat, tools
        self._entries = {entry.key: entry for entry in entries}
        self._pages: dict[str, Page] = {}
        self._current = CHAT
        self._is_sidebar_shown = True
        stack.addWidget(chat)

    @property
    def current(self) -> str:
        return self._current

    @property
    def page(self) -> Page | None:
        """What stands in the place of the conversation, if anything does."""
        return self._pages.get(self._current)

    @property
    def frame(self) -> object:
        """What is shown: it has ``banners`` and ``toast``."""
        return self.page.frame if self.page is not None else self._chat

    def show(self, key: str) -> None:
        """Go to a page; a key that is not known is the conversation."""
        key = key if key in self._entries else CHAT
        if key == self._current:
            return
        if self.page is not None:
            self.page.leave()
        self._current = key
        if key == CHAT:
            self._stack.setCurrentWidget(self._chat)
            self._chat.composer.field.setFocus()
        else:
            page = self._pages.get(key) or self._make(key)
            self._stack.setCurrentWidget(page.frame)
            page.frame.setFocus()
            page.enter()
        self.moved.emit(key)

    def show_chat(self) -> None:
        self.show(CHAT)

    def connect_actions(self, actions: Actions) -> None:
        """A command for each page, the conversation first."""
        chat = actions.add_page(CHAT, QT_TRANSLATE_NOOP("Pages", "Chat"), ("Ctrl+1",))
        chat.triggered.connect(self.show_chat)
        for entry in self._entries.values():
            if not entry.shortcuts:
                continue
            action = actions.add_page(entry.key, entry.title, entry.shortcuts)
            action.setProperty("page", entry.key)
            action.triggered.connect(self._on_action)

    def set_theme(self, theme: Theme) -> None:
        for page in self._pages.values():
            page.frame.set_theme(theme)

    def set_sidebar_shown(self, is_shown: bool) -> None:
        self._is_sidebar_shown = is_shown
        for page in self._pages.values():
            page.frame.set_sidebar_shown(is_shown)

    def make_anew(self) -> None:
        """The language has changed: pages are made again when they are next visited."""
        current = self._current
        self.show(CHAT)
        self.close()
        self.show(current)

    def close(self) -> None:
        for page in self._pages.values():
            page.close()
            self._stack.removeWidget(page.frame)
            page.frame.deleteLater()
        self._pages.clear()
        self._current = CHAT

    def _on_action(self) -> None:
        self.show(self.sender().property("page"))

    def _make(self, key: str) -> Page:
        page = self._pages[key] = self._entries[key].make(self._tools)
        frame = page.frame
        frame.sidebar_requested.connect(self.sidebar_requested)
        frame.back_requested.connect(self.show_chat)
        frame.banners.acted.connect(self.acted)
        frame.set_sidebar_shown(self._is_sidebar_shown)
        self._stack.addWidget(frame)
        return page
