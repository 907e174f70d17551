"""Every command of the window, with its shortcut, in menus; each can be given other keys."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.settings import Theme as Choice

_IS_MAC = sys.platform == "darwin"
_PORTABLE = QKeySequence.SequenceFormat.PortableText
_BETWEEN = "; "  # of the keys of one command, as they are kept in the settings

Key = QKeySequence.StandardKey | str


@dataclass(frozen=True, slots=True)
class Command:
    """``id`` is its name in the settings, ``source`` its English text in ``context``."""

    id: str
    context: str
    source: str
    keys: tuple[QKeySequence, ...]  # the usual ones here
    action: QAction

    @property
    def name(self) -> str:
        return QCoreApplication.translate(self.context, self.source)


class Actions(QObject):
    """The commands; who makes this connects them. They work from anywhere in the window."""

    appearance_chosen = Signal(str)
    rebound = Signal()  # some command has other keys now

    def __init__(self, window: QWidget, choice: Choice) -> None:
        super().__init__(window)
        self._window = window
        self.commands: dict[str, Command] = {}
        self.pages: dict[str, QAction] = {}
        self._make_chat_commands()
        self._make_message_commands()
        self._make_view_commands()
        self._make_engine_commands()
        self._appearances = self._appearance_group(choice)

    def add_page(self, key: str, source: str, shortcuts: Sequence[str]) -> QAction:
        """The command that goes to a page; its title is marked for the context "Pages"."""
        self.pages[key] = self._add(f"page_{key}", source, *shortcuts, context="Pages")
        return self.pages[key]

    def everything(self) -> list[QAction]:
        """All commands, for the palette."""
        return [action for action in self.findChildren(QAction) if action is not self.palette]

    def bind(self, chosen: Mapping[str, str]) -> None:
        """Give commands the keys that the user chose for them, all others the usual ones."""
        for command in self.commands.values():
            keys = chosen.get(command.id)
            command.action.setShortcuts(command.keys if keys is None else keys_from_text(keys))
        self.rebound.emit()

    def show_choice(self, choice: Choice) -> None:
        for action in self._appearances.actions():
            action.setChecked(action.data() == choice)

    def retranslate(self) -> None:
        """In the language of the window; menus made earlier are out of date then."""
        for command in self.commands.values():
            command.action.setText(command.name)
        for action, text in zip(self._appearances.actions(), self._choices().values(), strict=True):
            self._word(action, text)

    def menu(self) -> QMenu:
        """All of it in one menu, for systems whose windows have no menu bar.

        What belongs to a chat is in menus of its own: one list of all commands is higher than a
        screen where the text is large, and what does not fit could not be reached.
        """
        menu = QMenu(self._window)
        menu.addActions([self.new_chat, self.palette, self.search, self.quick])
        menu.addSeparator()
        self._fill_current(menu.addMenu(self.tr("Chat")))
        self._fill_message(menu.addMenu(self.tr("Message")))
        menu.addSeparator()
        self._fill_view(menu)
        menu.addSeparator()
        menu.addActions([self.restart, self.endpoint])
        menu.addSeparator()
        menu.addActions([self.close, self.quit])
        return menu

    def menu_bar(self) -> QMenuBar:
        """The same for the bar at the top of a Mac's screen."""
        bar = QMenuBar()
        self._fill_chat(bar.addMenu(self.tr("Chat")))
        self._fill_view(bar.addMenu(self.tr("View")))
        engine = bar.addMenu(self.tr("Engine"))
        engine.addActions([self.restart, self.endpoint, self.quick, self.close, self.quit])
        return bar

    def _make_chat_commands(self) -> None:
        keys = QKeySequence.StandardKey
        self.new_chat = self._add("new_chat", QT_TRANSLATE_NOOP("Actions", "New chat"), keys.New)
        self.palette = self._add(
            "palette", QT_TRANSLATE_NOOP("Actions", "Go to anything"), "Ctrl+K"
        )
        self.search = self._add(
            "search", QT_TRANSLATE_NOOP("Actions", "Search chats"), "Ctrl+Shift+F"
        )
        self.previous_chat = self._add(
            "previous_chat", QT_TRANSLATE_NOOP("Actions", "Previous chat"), "Ctrl+PgUp"
        )
        self.next_chat = self._add(
            "next_chat", QT_TRANSLATE_NOOP("Actions", "Next chat"), "Ctrl+PgDown"
        )
        self.rename = self._add("rename", QT_TRANSLATE_NOOP("Actions", "Rename chat"), "F2")
        self.pin = self._add("pin", QT_TRANSLATE_NOOP("Actions", "Pin or unpin chat"))
        self.new_folder = self._add(
            "new_folder", QT_TRANSLATE_NOOP("Actions", "New folder with chat"), "Ctrl+Shift+N"
        )
        self.archive = self._add(
            "archive", QT_TRANSLATE_NOOP("Actions", "Archive or unarchive chat")
        )
        self.trash = self._add(
            "trash",
            QT_TRANSLATE_NOOP("Actions", "Move chat to trash"),
            "Ctrl+Shift+Backspace" if _IS_MAC else "Ctrl+Shift+Del",
        )
        self.show_archive = self._add("show_archive", QT_TRANSLATE_NOOP("Actions", "Show archive"))
        self.show_trash = self._add("show_trash", QT_TRANSLATE_NOOP("Actions", "Show trash"))

    def _make_message_commands(self) -> None:
        keys = QKeySequence.StandardKey
        self.find = self._add("find", QT_TRANSLATE_NOOP("Actions", "Find in chat"), keys.Find)
        self.find_next = self._add(
            "find_next", QT_TRANSLATE_NOOP("Actions", "Next hit"), keys.FindNext
        )
        self.find_previous = self._add(
            "find_previous", QT_TRANSLATE_NOOP("Actions", "Previous hit"), keys.FindPrevious
        )
        self.regenerate = self._add(
            "regenerate", QT_TRANSLATE_NOOP("Actions", "Answer again"), "Ctrl+R"
        )
        self.edit_last = self._add("edit_last", QT_TRANSLATE_NOOP("Actions", "Edit last message"))
        self.edit_answer = self._add(
            "edit_answer", QT_TRANSLATE_NOOP("Actions", "Edit last answer"), "Ctrl+Shift+E"
        )
        self.copy_answer = self._add(
            "copy_answer", QT_TRANSLATE_NOOP("Actions", "Copy last answer"), "Ctrl+Shift+C"
        )
        self.copy_code = self._add(
            "copy_code", QT_TRANSLATE_NOOP("Actions", "Copy last code"), "Ctrl+Shift+;"
        )
        self.quote = self._add(
            "quote", QT_TRANSLATE_NOOP("Actions", "Quote selection"), "Ctrl+Shift+."
        )
        self.stop = self._add("stop", QT_TRANSLATE_NOOP("Actions", "Stop answering"), keys.Cancel)
        self.stop.setEnabled(False)  # Esc belongs to others while nothing runs

    def _make_view_commands(self) -> None:
        self.sidebar = self._add(
            "sidebar", QT_TRANSLATE_NOOP("Actions", "Show or hide sidebar"), "Ctrl+B", "F9"
        )
        self.composer = self._add(
            "composer", QT_TRANSLATE_NOOP("Actions", "Go to the message field"), "Shift+Esc"
        )
        self.latest = self._add(
            "latest", QT_TRANSLATE_NOOP("Actions", "Jump to latest"), "Ctrl+End"
        )
        self.larger = self._add(
            "larger", QT_TRANSLATE_NOOP("Actions", "Larger text"), "Ctrl++", "Ctrl+="
        )
        self.smaller = self._add("smaller", QT_TRANSLATE_NOOP("Actions", "Smaller text"), "Ctrl+-")
        self.usual_size = self._add(
            "usual_size", QT_TRANSLATE_NOOP("Actions", "Text at its usual size"), "Ctrl+0"
        )
        self.shortcuts = self._add(
            "shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1", "Ctrl+/"
        )

    def _make_engine_commands(self) -> None:
        keys = QKeySequence.StandardKey
        self.restart = self._add("restart", QT_TRANSLATE_NOOP("Actions", "Restart engine"))
        self.endpoint = self._add(
            "endpoint", QT_TRANSLATE_NOOP("Actions", "Switch endpoint on or off")
        )
        self.quick = self._add(
            "quick", QT_TRANSLATE_NOOP("Actions", "Quick question"), "Ctrl+Shift+Space"
        )
        self.close = self._add("close", QT_TRANSLATE_NOOP("Actions", "Close window"), keys.Close)
        self.quit = self._add("quit", QT_TRANSLATE_NOOP("Actions", "Quit Doorstep"), "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _fill_chat(self, menu: QMenu) -> None:
        menu.addActions([self.new_chat, self.palette, self.search])
        self._fill_current(menu)
        self._fill_message(menu.addMenu(self.tr("Message")))

    def _fill_current(self, menu: QMenu) -> None:
        menu.addActions([self.previous_chat, self.next_chat])
        menu.addActions([self.rename, self.pin, self.new_folder, self.archive, self.trash])

    def _fill_message(self, menu: QMenu) -> None:
        menu.addActions([self.find, self.find_next, self.find_previous])
        menu.addActions([self.regenerate, self.edit_last, self.edit_answer])
        menu.addActions([self.copy_answer, self.copy_code, self.quote, self.stop])

    def _fill_view(self, menu: QMenu) -> None:
        pages = menu.addMenu(self.tr("Go to"))
        pages.addActions([*self.pages.values(), self.show_archive, self.show_trash])
        pages.addActions([self.composer, self.latest])
        menu.addAction(self.sidebar)
        appearance = menu.addMenu(self.tr("Appearance"))
        appearance.addActions(self._appearances.actions())
        appearance.addSeparator()
        appearance.addActions([self.larger, self.smaller, self.usual_size])
        menu.addAction(self.shortcuts)

    def _add(self, id_: str, source: str, *keys: Key, context: str = "Actions") -> QAction:
        """A command; ``source`` is marked with QT_TRANSLATE_NOOP for ``context``."""
        action = QAction(QCoreApplication.translate(context, source), self)
        action.setObjectName(id_)
        usual = tuple(shortcut for key in keys for shortcut in _shortcuts(key))
        action.setShortcuts(usual)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._window.addAction(action)
        self.commands[id_] = Command(id_, context, source, usual, action)
        return action

    def _choices(self) -> dict[Choice, str]:
        return {
            "system": self.tr("As the system"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }

    def _appearance_group(self, choice: Choice) -> QActionGroup:
        group = QActionGroup(self)
        for value, text in self._choices().items():
            action = group.addAction(QAction(self))
            self._word(action, text)
            action.setCheckable(True)
            action.setChecked(value == choice)
            action.setData(value)
        group.triggered.connect(self._on_appearance)
        return group

    def _word(self, action: QAction, choice: str) -> None:
        """Alone, as in the palette, it says what it is a choice of."""
        action.setText(choice)
        action.setIconText(self.tr("Appearance: {choice}").format(choice=choice))

    def _on_appearance(self, action: QAction) -> None:
        self.appearance_chosen.emit(action.data())


def keys_as_text(keys: Sequence[QKeySequence]) -> str:
    """As the settings keep them."""
    return _BETWEEN.join(key.toString(_PORTABLE) for key in keys)


def keys_from_text(text: str) -> list[QKeySequence]:
    return [QKeySequence.fromString(part, _PORTABLE) for part in text.split(_BETWEEN) if part]


def _shortcuts(key: Key) -> list[QKeySequence]:
    """What the platform binds to a standard key, or the keys as written."""
    return [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
