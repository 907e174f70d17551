"""The window: builds the panels and connects them."""

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from app.engine.status import EngineStatus
from app.server.control import EndpointControl
from app.ui import window_state
from app.ui.actions import Actions
from app.ui.appearance import Appearance
from app.ui.background import Background
from app.ui.body import Body
from app.ui.chat.warm import warm
from app.ui.control.chat import Chat
from app.ui.control.endpoint import EndpointSwitch
from app.ui.control.engine import EngineControl
from app.ui.control.library import LibraryControl
from app.ui.control.links import LinkControl
from app.ui.control.look import LookControl
from app.ui.control.navigation import Navigation
from app.ui.control.notices import NoticeControl
from app.ui.control.palette import PaletteControl
from app.ui.control.palette_more import found_elsewhere
from app.ui.control.preferences import Preferences
from app.ui.control.presence import PresenceControl
from app.ui.control.quick import QuickControl
from app.ui.control.sidebar import SidebarControl
from app.ui.control.titles import TitleControl
from app.ui.control.ways import Ways
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.first_paint import FirstPaint
from app.ui.global_keys.global_shortcut import GlobalShortcut
from app.ui.global_keys.platforms import desktop_here
from app.ui.language import Language
from app.ui.pages.page import PageTools
from app.ui.pages.registry import WELCOME, pages_for
from app.ui.palette.palette import Palette
from app.ui.retranslation import Known, retranslate
from app.ui.services import Services
from app.ui.sidebar.conversation_model import ConversationModel
from app.ui.sidebar.sidebar import Sidebar
from app.ui.theme import Theme
from app.ui.widgets.scrim import DialogScrim

CLOSE_LIMIT_S = 1.0


class MainWindow(QMainWindow):
    """Panels and wires; what happens is in ``app.ui.control``."""

    def __init__(self, services: Services, appearance: Appearance, language: Language) -> None:
        super().__init__()
        self._services, self._appearance, self._language = services, appearance, language
        self._preferences = Preferences(services.paths, services.settings)
        self._reads = Background("reads", threads=2)
        self._sends = Background("sends", threads=8)
        self._build_panels(appearance.theme)
        self._build_controls()
        self._connect_panels()
        self._connect_actions()
        self._restore()
        self._on_theme(appearance.theme)
        self.library.refresh()
        self._on_engine(services.engine.status)
        self._on_opened(None)
        self.page.show_empty()
        if self.navigation.page is None:
            self.page.composer.field.setFocus()
        self.first_paint = FirstPaint(self)
        self.first_paint.came.connect(self._on_painted)

    def come_to_front(self) -> None:
        """Someone started Doorstep again: this is the window they want."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_welcome(self) -> None:
        """The first steps, once."""
        if not self._preferences.settings.is_welcomed:
            self.navigation.show("welcome")

    def quit(self) -> None:
        """Close the window for good, also while the endpoint is on."""
        self.presence.is_quitting = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the shape of the window and end what is ours; the rest is closed by its maker."""
        if self.presence.goes_on():
            self.hide()
            event.ignore()
            return
        state = window_state.WindowState(
            bytes(self.saveGeometry()),
            self.body.sidebar_width,
            self.body.is_sidebar_wanted,
            self.navigation.current,
        )
        window_state.save(self._state_path, state)
        self.hide()
        for control in self._controls:
            control.close()
        for background in (self._reads, self._sends, self._preferences):
            background.close(CLOSE_LIMIT_S)
        super().closeEvent(event)

    @property
    def _state_path(self) -> Path:
        return self._services.paths.config / "window.json"

    def _build_panels(self, theme: Theme) -> None:
        self.model = ConversationModel()
        self.entries = pages_for(self._services)
        self.sidebar = Sidebar(self.model, self.entries)
        self.page = ConversationPage()
        self.pages = QStackedWidget()
        self.body = Body(self.sidebar, self.pages, theme)
        self.palette_ = Palette(self.body)
        self._dialog_scrim = DialogScrim(self)
        self.actions_ = Actions(self, self._appearance.choice)
        self.setCentralWidget(self.body)
        self.setMinimumSize(theme.size("window_min_width"), theme.size("window_min_height"))

    def _build_controls(self) -> None:
        services = self._services
        self.anywhere = GlobalShortcut(desktop_here())
        self.chat = Chat(self.page, services, self._reads, self._sends)
        self.conversation = self.chat.conversation
        self.library = LibraryControl(self.model, services.store, self._reads)
        self.lists = SidebarControl(
            self,
            self.sidebar,
            self.body,
            self.page.toast,
            self.library,
            self.conversation,
            self._appearance,
        )
        self.palette_control = PaletteControl(
            self.palette_,
            self.actions_.everything,
            self.library.conversations,
            partial(found_elsewhere, services),
            services.store,
            self._reads,
        )
        self.links = LinkControl(self, self.page.banners, self._appearance)
        self.ways = Ways(self.page, self.body, self.chat, self.links)
        entries = (*self.entries, WELCOME)
        self.navigation = Navigation(self.pages, self.page, entries, self._tools())
        self.navigation.connect_actions(self.actions_)
        self.look = LookControl(self._preferences, self._appearance, self._language, self.actions_)
        self._set_menu()
        self.ways.navigation = self.navigation
        self.engine = EngineControl(services.engine, self.page.banners, self._sends)
        self.notices = NoticeControl(self.page.banners, self.navigation, self.engine)
        self.sidebar.endpoint_chip.setVisible(services.endpoint is not None)
        self.actions_.endpoint.setVisible(services.endpoint is not None)
        self.presence = PresenceControl(services, self._preferences, self.actions_)
        self.quick = QuickControl(
            services,
            self._preferences,
            self.actions_,
            self.anywhere,
            self.chat.asking,
            self._reads,
        )
        self.titles = TitleControl(
            services.store, services.engine, self.chat.asking, self._preferences, self._sends
        )
        self._controls = [self.navigation, self.titles, self.chat, self.engine]
        self._controls += [self.presence, self.quick]
        if services.endpoint is not None:
            self._build_endpoint(services.endpoint)

    def _build_endpoint(self, endpoint: EndpointControl) -> None:
        self.endpoint = EndpointSwitch(
            endpoint,
            self.sidebar.endpoint_chip,
            QGuiApplication.clipboard(),
            self._sends,
            self._preferences,
        )
        self._controls.append(self.endpoint)
        self.endpoint.switched.connect(self._on_endpoint_switched)
        self.endpoint.copied.connect(self.page.toast.show_text)
        self.endpoint.failed.connect(self.notices.show_error)
        self.actions_.endpoint.triggered.connect(self.endpoint.toggle)

    def _tools(self) -> PageTools:
        return PageTools(
            self._services,
            self._preferences,
            self._appearance,
            self.actions_,
            self.anywhere,
            self._reads,
            self._sends,
            self,
            self.ways.show_page,
            self.ways.open_chat,
            self.ways.ask_about,
            self.ways.open_document,
            self.ways.write,
        )

    def _on_language(self, before: Known) -> None:
        """What is made once is worded again, other pages are made anew."""
        self.navigation.make_anew()
        retranslate(self, before)
        self.actions_.retranslate()
        self.presence.retranslate()
        self._set_menu()
        self.sidebar.nav.retranslate()
        self._on_engine(self._services.engine.status)
        if self._services.endpoint is not None:
            self.endpoint.show()
        self.library.refresh()
        if self.conversation.current is not None:  # one that is being made is not disturbed
            self.conversation.reload()

    def _set_menu(self) -> None:
        if sys.platform == "darwin":
            self.setMenuBar(self.actions_.menu_bar())
        else:
            self.sidebar.set_menu(self.actions_.menu())

    def _connect_panels(self) -> None:
        self._appearance.changed.connect(self._on_theme)
        self._language.changed.connect(self._on_language)
        self.sidebar.new_chat_requested.connect(self.ways.begin_chat)
        self.sidebar.nav.chosen.connect(self.ways.show_page)
        self.navigation.moved.connect(self.sidebar.nav.show_page)
        self.navigation.sidebar_requested.connect(self.body.toggle_sidebar)
        self.lists.chosen.connect(self.ways.open_chat)
        self.sidebar.model_chip.restart_requested.connect(self.engine.restart)
        self.page.sidebar_requested.connect(self.body.toggle_sidebar)
        self.page.new_chat_requested.connect(self.ways.begin_chat)
        self.page.transcript.link_clicked.connect(self.ways.follow)
        self.body.sidebar_shown.connect(self._on_sidebar_shown)
        self.conversation.opened.connect(self._on_opened)
        self.conversation.answering_changed.connect(self.model.show_answering)
        self.conversation.busy_changed.connect(self.actions_.stop.setEnabled)
        self.conversation.conversations_changed.connect(self.library.refresh)
        self.library.changed.connect(self._on_library_changed)
        self.titles.renamed.connect(self.library.refresh)
        self.engine.changed.connect(self._on_engine)
        self.chat.messages.branched.connect(self.conversation.open)
        self.chat.composer.models_requested.connect(partial(self.ways.show_page, "models"))
        self.palette_control.chat_chosen.connect(self.ways.open_chat)
        self.palette_control.other_chosen.connect(self.ways.go_to)
        self._preferences.changed.connect(self.chat.show_settings)
        self.notices.new_chat_requested.connect(self.ways.begin_chat)
        self.presence.opened.connect(self.come_to_front)
        self.quick.opened.connect(self._on_quick_opened)
        self.library.trashed.connect(self.quick.leave)
        self.quick.link_clicked.connect(self._on_quick_link)
        for control in (self.chat, self.library, self.engine, self.palette_control):
            control.failed.connect(self.notices.show_error)

    def _connect_actions(self) -> None:
        actions = self.actions_
        self.ways.connect_actions(actions)
        actions.palette.triggered.connect(self.palette_control.open)
        self.lists.connect_actions(actions)
        actions.latest.triggered.connect(self.page.transcript.show_end)
        self.chat.connect_actions(actions)
        actions.restart.triggered.connect(self.engine.restart)
        actions.close.triggered.connect(self.close)
        actions.quit.triggered.connect(self.quit)

    def _restore(self) -> None:
        state = window_state.load(self._state_path)
        theme = self._appearance.theme
        if not state.geometry or not self.restoreGeometry(state.geometry):
            self.resize(theme.size("window_width"), theme.size("window_height"))
        self.body.restore(state.sidebar_width, state.is_sidebar_shown)
        self.navigation.show(state.page)

    def _on_painted(self) -> None:
        if self._services.endpoint is not None and self._services.settings.endpoint_enabled:
            self.endpoint.toggle()
        self._sends.run(warm, _do_nothing, _do_nothing)
        self.page.transcript.warm()
        self.quick.begin()

    def _on_theme(self, theme: Theme) -> None:
        panels = (self.sidebar, self.page, self.body, self.palette_, self._dialog_scrim)
        for part in (*panels, self.navigation, self.quick):
            part.set_theme(theme)

    def _on_quick_opened(self, conversation_id: int | None, text: str) -> None:
        self.come_to_front()
        self.ways.ask(text, conversation_id)

    def _on_quick_link(self, untrusted_url: str) -> None:
        self.come_to_front()
        self.ways.follow(untrusted_url)

    def _on_opened(self, conversation_id: int | None) -> None:
        if conversation_id is not None and self.library.summary_of(conversation_id) is None:
            self.library.refresh()  # it has just been made
        self.sidebar.conversations.show_conversation(conversation_id)
        actions = self.actions_
        for action in (actions.rename, actions.trash, actions.pin, actions.archive):
            action.setEnabled(conversation_id is not None)
        actions.new_folder.setEnabled(conversation_id is not None)
        self._on_library_changed()

    def _on_library_changed(self) -> None:
        title = self.library.title_of(self.conversation.current)
        self.page.set_title(title)
        self.setWindowTitle(f"{title} – Doorstep" if title else "Doorstep")

    def _on_engine(self, status: EngineStatus) -> None:
        self.sidebar.model_chip.show_status(status, self._preferences.settings.model)
        self.chat.show_status(status)
        self.titles.show_status(status)

    def _on_sidebar_shown(self, is_shown: bool) -> None:
        self.page.set_sidebar_shown(is_shown)
        self.navigation.set_sidebar_shown(is_shown)

    def _on_endpoint_switched(self, is_on: bool) -> None:
        self._preferences.keep(endpoint_enabled=is_on)


def _do_nothing(_: object) -> None: ...
