"""Every command of the window, with its shortcut, in menus."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.settings import Theme as Choice

_IS_MAC = sys.platform == "darwin"


class Actions(QObject):
    """The commands; who makes this connects them. They work from anywhere in the window."""

    appearance_chosen = Signal(str)

    def __init__(self, window: QWidget, choice: Choice) -> None:
        super().__init__(window)
        self._window = window
        keys = QKeySequence.StandardKey
        self.new_chat = self._action(self.tr("New chat"), keys.New)
        self.palette = self._action(self.tr("Go to anything"), "Ctrl+K")
        self.search = self._action(self.tr("Search chats"), "Ctrl+Shift+F")
        self.rename = self._action(self.tr("Rename chat"), "F2")
        self.trash = self._action(
            self.tr("Move chat to trash"), "Ctrl+Shift+Backspace" if _IS_MAC else "Ctrl+Shift+Del"
        )
        self.sidebar = self._action(self.tr("Show or hide sidebar"), "Ctrl+B", "F9")
        self.composer = self._action(self.tr("Go to the message field"), "Shift+Esc")
        self.latest = self._action(self.tr("Jump to latest"), "Ctrl+End")
        self.stop = self._action(self.tr("Stop answering"), keys.Cancel)
        self.stop.setEnabled(False)  # Esc belongs to others while nothing runs
        self.find = self._action(self.tr("Find in chat"), keys.Find)
        self.find_next = self._action(self.tr("Next hit"), keys.FindNext)
        self.find_previous = self._action(self.tr("Previous hit"), keys.FindPrevious)
        self.regenerate = self._action(self.tr("Answer again"), "Ctrl+R")
        self.edit_last = self._action(self.tr("Edit last message"))
        self.copy_answer = self._action(self.tr("Copy last answer"), "Ctrl+Shift+C")
        self.copy_code = self._action(self.tr("Copy last code"), "Ctrl+Shift+;")
        self.quote = self._action(self.tr("Quote selection"), "Ctrl+Shift+.")
        self.pin = self._action(self.tr("Pin or unpin chat"))
        self.archive = self._action(self.tr("Archive or unarchive chat"))
        self.show_trash = self._action(self.tr("Trash"))
        self.show_archive = self._action(self.tr("Archive"))
        self.restart = self._action(self.tr("Restart engine"))
        self.endpoint = self._action(self.tr("Switch endpoint on or off"))
        self.close = self._action(self.tr("Close window"), keys.Close)
        self.quit = self._action(self.tr("Quit Doorstep"), "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self._appearances = self._appearance_group(choice)
        self.pages: dict[str, QAction] = {}

    def add_page(self, key: str, name: str, shortcuts: Sequence[str]) -> QAction:
        """The command that goes to a page."""
        self.pages[key] = self._action(name, *shortcuts)
        return self.pages[key]

    def everything(self) -> list[QAction]:
        """All commands, for the palette."""
        return [action for action in self.findChildren(QAction) if action is not self.palette]

    def menu(self) -> QMenu:
        """All of it in one menu, for systems whose windows have no menu bar."""
        menu = QMenu(self._window)
        self._fill_chat(menu)
        menu.addSeparator()
        self._fill_view(menu)
        menu.addSeparator()
        self._fill_engine(menu)
        menu.addSeparator()
        menu.addActions([self.close, self.quit])
        return menu

    def menu_bar(self) -> QMenuBar:
        """The same for the bar at the top of a Mac's screen."""
        bar = QMenuBar()
        self._fill_chat(bar.addMenu(self.tr("Chat")))
        self._fill_view(bar.addMenu(self.tr("View")))
        engine = bar.addMenu(self.tr("Engine"))
        self._fill_engine(engine)
        engine.addActions([self.close, self.quit])
        return bar

    def _fill_chat(self, menu: QMenu) -> None:
        menu.addActions(
            [self.new_chat, self.palette, self.search, self.rename, self.pin, self.archive]
        )
        menu.addActions([self.trash, self.show_archive, self.show_trash])
        message = menu.addMenu(self.tr("Message"))
        message.addActions([self.find, self.find_next, self.find_previous])
        message.addActions([self.regenerate, self.edit_last, self.copy_answer, self.copy_code])
        message.addActions([self.quote, self.stop])

    def _fill_view(self, menu: QMenu) -> None:
        menu.addActions([*self.pages.values()])
        menu.addSeparator()
        menu.addActions([self.sidebar, self.composer, self.latest])
        appearance = menu.addMenu(self.tr("Appearance"))
        appearance.addActions(self._appearances.actions())

    def _fill_engine(self, menu: QMenu) -> None:
        menu.addActions([self.restart, self.endpoint])

    def _action(self, text: str, *keys: QKeySequence.StandardKey | str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([shortcut for key in keys for shortcut in _shortcuts(key)])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._window.addAction(action)
        return action

    def _appearance_group(self, choice: Choice) -> QActionGroup:
        group = QActionGroup(self)
        for value, text in (
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            action = group.addAction(QAction(text, self))
            action.setCheckable(True)
            action.setChecked(value == choice)
            action.setData(value)
        group.triggered.connect(self._on_appearance)
        return group

    def _on_appearance(self, action: QAction) -> None:
        self.appearance_chosen.emit(action.data())


def _shortcuts(key: QKeySequence.StandardKey | str) -> list[QKeySequence]:
    """What the platform binds to a standard key, or the keys as written."""
    return [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
