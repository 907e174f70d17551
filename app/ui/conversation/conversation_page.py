"""The conversation: header, banners, transcript, composer."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.chat.transcript import Transcript
from app.ui.conversation.composer import Composer
from app.ui.conversation.empty_page import EmptyPage
from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.banner import BannerStack
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.toast import Toast

_GAP = 12


class ConversationPage(QFrame):
    """Shows one conversation, or the beginning of a new one."""

    sidebar_requested = Signal()
    new_chat_requested = Signal()

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
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.transcript)
        self._stack.installEventFilter(self)
        self.toast = Toast(self._stack)
        self.jump_button = QPushButton(self.tr("Jump to latest"), self._stack)
        self.jump_button.setProperty("kind", "pill")
        self.jump_button.clicked.connect(self.transcript.show_end)
        self.jump_button.hide()
        column = QVBoxLayout(self)
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

    def set_title(self, title: str) -> None:
        self.title.setText(title)

    def set_sidebar_shown(self, is_shown: bool) -> None:
        """The header has the sidebar's buttons while the sidebar is away."""
        self.sidebar_button.setVisible(not is_shown)
        self.new_chat_button.setVisible(not is_shown)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.jump_button.setIcon(icon("jump", theme.color("muted"), theme.size("icon_small")))
        for part in (
            self.sidebar_button,
            self.new_chat_button,
            self.banners,
            self.transcript,
            self.empty,
            self.composer,
            self.toast,
        ):
            part.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.composer.set_max_height(
            self.height() * self._theme.size("composer_max_percent") // 100
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._stack and event.type() == QEvent.Type.Resize:
            self._place_jump()
        return super().eventFilter(watched, event)

    def _build_header(self) -> None:
        self.sidebar_button = IconButton("sidebar", self.tr("Show sidebar"))
        self.sidebar_button.clicked.connect(self.sidebar_requested)
        self.new_chat_button = IconButton("new_chat", self.tr("New chat"))
        self.new_chat_button.clicked.connect(self.new_chat_requested)
        self.title = ElidedLabel("heading")
        self.title.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter)
        self.title.setFixedHeight(self._theme.size("header") - 16)
        self._header = QHBoxLayout()
        self._header.setContentsMargins(12, 8, 12, 8)
        self._header.setSpacing(4)
        self._header.addWidget(self.sidebar_button)
        self._header.addWidget(self.new_chat_button)
        self._header.addWidget(self.title, 1)

    def _in_column(self, widget: QWidget) -> QHBoxLayout:
        """The widget in the reading column: as wide as it may be, and centred."""
        widget.setMaximumWidth(self._theme.size("column"))
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 24, 0)
        row.addStretch(0)
        row.addWidget(widget, 1)
        row.addStretch(0)
        return row

    def _place_jump(self) -> None:
        size = self.jump_button.sizeHint()
        area = self._stack.rect()
        self.jump_button.setGeometry(
            (area.width() - size.width()) // 2,
            area.height() - size.height() - _GAP,
            size.width(),
            size.height(),
        )

    def _on_jump_available(self, is_available: bool) -> None:
        self.jump_button.setVisible(is_available and not self.is_empty)
        self._place_jump()
        self.jump_button.raise_()

    def _on_example(self, prompt: str) -> None:
        self.composer.set_text(prompt)
        self.composer.field.setFocus()
