"""The conversation: header, banners, transcript, composer."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.chat.transcript import Transcript
from app.ui.conversation.composer import Composer
from app.ui.conversation.composer_field import local_files
from app.ui.conversation.empty_page import EmptyPage
from app.ui.conversation.find_bar import FindBar
from app.ui.icons import icon
from app.ui.panel.run_card import RunCard
from app.ui.theme import Theme
from app.ui.widgets.banner import BannerStack
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.toast import Toast

_GAP = 12
_SIDE = 28  # beside the column, as in the transcript


class ConversationPage(QFrame):
    """Shows one conversation, or the beginning of a new one."""

    sidebar_requested = Signal()
    new_chat_requested = Signal()
    files_dropped = Signal(object)  # list of Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self.setObjectName("page")
        self._build_header()
        self.banners = BannerStack()
        self.transcript = Transcript()
        self.transcript.jump_available.connect(self._on_jump_available)
        self.empty = EmptyPage()
        self.empty.example_chosen.connect(self._on_example)
        self.composer = Composer()
        self._stack = QStackedWidget()
        policy = QSizePolicy.Policy
        self._stack.setSizePolicy(policy.Expanding, policy.Ignored)  # banners are never cut for it
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.transcript)
        self._stack.installEventFilter(self)
        self.toast = Toast(self._stack)
        self.jump_button = QPushButton(self.tr("Jump to latest"), self._stack)
        self.jump_button.setProperty("kind", "pill")
        self.jump_button.clicked.connect(self.transcript.show_end)
        self.jump_button.hide()
        self.quote_button = QPushButton(self.tr("Quote"), self._stack)
        self.quote_button.setProperty("kind", "pill")
        self.quote_button.setToolTip(self.tr("Quote the selection in your message"))
        self.quote_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the selection must stay
        self.quote_button.hide()
        self._main = QWidget(self)
        self._scrim = Scrim(self)
        self.run_card = RunCard(self)
        self._scrim.clicked.connect(self.run_card.closed)
        self.reader: QWidget | None = None  # made when the first document is opened
        self.setAcceptDrops(True)
        self._drop = QLabel(self)
        self._drop.setObjectName("dropTarget")
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop.hide()
        column = QVBoxLayout(self._main)
        column.setContentsMargins(0, 0, 0, _GAP)
        column.setSpacing(0)
        column.addLayout(self._header)
        column.addLayout(self._in_column(self.banners))
        column.addWidget(self._stack, 1)
        column.addLayout(self._in_column(self.composer))

    def show_empty(self) -> None:
        self.jump_button.hide()
        self._stack.setCurrentWidget(self.empty)

    def show_transcript(self) -> None:
        self._stack.setCurrentWidget(self.transcript)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self.empty

    def set_panel_shown(self, is_shown: bool) -> None:
        """The panel on the right: beside the conversation, or over it in a narrow window."""
        self.run_card.setVisible(is_shown)
        self._scrim.raise_()
        self.run_card.raise_()
        self._place()

    def set_reader(self, reader: QWidget) -> None:
        """What stands left of the conversation while it is visible."""
        self.reader = reader
        reader.setParent(self)

    def arrange(self) -> None:
        """The reader came or went."""
        self._place()

    def set_quotable(self, is_quotable: bool) -> None:
        self.quote_button.setVisible(is_quotable and not self.is_empty)
        self._place_floating()

    @property
    def theme(self) -> Theme:
        return self._theme

    def set_title(self, title: str) -> None:
        self.title.setText(title)

    def set_sidebar_shown(self, is_shown: bool) -> None:
        """The header has the sidebar's buttons while the sidebar is away."""
        self.sidebar_button.setVisible(not is_shown)
        self.new_chat_button.setVisible(not is_shown)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.banners, self.composer):
            part.setMaximumWidth(theme.size("column"))
        self.title.setFixedHeight(theme.size("icon") + 14)  # as the buttons beside it
        self.find_bar.setMaximumWidth(theme.size("find_bar"))
        size = theme.size("icon_small")
        for name, pill in (("quote", self.quote_button), ("jump", self.jump_button)):
            pill.setIcon(icon(name, theme.color("muted"), size))
            pill.setIconSize(QSize(size, size))
        for part in (
            self.sidebar_button,
            self.new_chat_button,
            self.banners,
            self.transcript,
            self.empty,
            self.composer,
            self.toast,
            self.find_bar,
            self.run_card,
            self._scrim,
            *(() if self.reader is None else (self.reader,)),
        ):
            part.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self.composer.set_max_height(
            self.height() * self._theme.size("composer_max_percent") // 100
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._stack and event.type() == QEvent.Type.Resize:
            self._place_floating()
        return super().eventFilter(watched, event)

    def _build_header(self) -> None:
        self.sidebar_button = IconButton("sidebar", self.tr("Show sidebar"))
        self.sidebar_button.clicked.connect(self.sidebar_requested)
        self.new_chat_button = IconButton("new_chat", self.tr("New chat"))
        self.new_chat_button.clicked.connect(self.new_chat_requested)
        self.title = ElidedLabel("heading")
        self.title.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter)
        self.find_bar = FindBar()
        self.find_bar.setObjectName("findHere")  # without a frame, in line with the title
        self.find_bar.layout().setContentsMargins(0, 0, 0, 0)
        self._header = QHBoxLayout()
        self._header.setContentsMargins(12, 8, 12, 8)
        self._header.setSpacing(4)
        self._header.addWidget(self.sidebar_button)
        self._header.addWidget(self.new_chat_button)
        self._header.addWidget(self.title, 2)
        self._header.addWidget(self.find_bar, 3)

    def _in_column(self, widget: QWidget) -> QHBoxLayout:
        """The widget in the reading column: as wide as it may be, and centred."""
        row = QHBoxLayout()
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.addStretch(0)
        row.addWidget(widget, 1)
        row.addStretch(0)
        return row

    def _place(self) -> None:
        """Conversation and panel side by side where there is room for both."""
        width, panel = self.width(), self._theme.size("panel")
        left = self._place_reader()
        is_beside = width - left >= panel + self._theme.size("panel_beside")
        is_shown = self.run_card.isVisibleTo(self)
        taken = panel if is_shown and is_beside else 0
        self._scrim.setVisible(is_shown and not is_beside)
        self._scrim.setGeometry(self.rect())
        self._main.setGeometry(left, 0, width - left - taken, self.height())
        self.run_card.setGeometry(width - min(panel, width), 0, min(panel, width), self.height())

    def _place_reader(self) -> int:
        """The left half, or everything where half would be too narrow; returns its width."""
        if self.reader is None or not self.reader.isVisibleTo(self):
            return 0
        width = self.width()
        least = self._theme.size("panel_beside")
        is_beside = width >= 2 * least
        self.reader.setGeometry(0, 0, width // 2 if is_beside else width, self.height())
        self.reader.raise_()
        return width // 2 if is_beside else 0

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
            self._drop.setText(self.tr("Drop to ask about it"))
            self._drop.setGeometry(self.rect().adjusted(16, 16, -16, -16))
            self._drop.show()
            self._drop.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        self.files_dropped.emit(local_files(event.mimeData()))
        event.acceptProposedAction()

    def _place_floating(self) -> None:
        """What lies over the transcript: two pills at its foot."""
        area = self._stack.rect()
        pills = [p for p in (self.jump_button, self.quote_button) if p.isVisibleTo(self._stack)]
        left = (area.width() - sum(p.sizeHint().width() + 8 for p in pills) + 8) // 2
        for pill in pills:
            size = pill.sizeHint()
            pill.setGeometry(left, area.height() - size.height() - _GAP, *size.toTuple())
            pill.raise_()
            left += size.width() + 8

    def _on_jump_available(self, is_available: bool) -> None:
        self.jump_button.setVisible(is_available and not self.is_empty)
        self._place_floating()

    def _on_example(self, prompt: str) -> None:
        self.composer.set_text(prompt)
        self.composer.field.setFocus()
