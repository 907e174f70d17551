"""Banners: what happened, what it means, one action, and a way to dismiss it; never a modal."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton

Tone = Literal["danger", "warn", "info"]
_MOST_FOR_BUTTON = 5  # a fifth of the width
_ICONS: dict[Tone, str] = {"danger": "error", "warn": "warning", "info": "info"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner says. ``action`` is the verb on its button, empty for none."""

    tone: Tone
    title: str
    message: str
    action: str = ""


class Banner(QFrame):
    """One notice."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, notice: Notice, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("banner")
        self.setProperty("tone", notice.tone)
        self.setAccessibleName(f"{notice.title}. {notice.message}")
        self._icon = QLabel()
        self._button = QPushButton(notice.action)
        self._button.setVisible(bool(notice.action))
        self._button.setAccessibleName(notice.action or self.tr("No action"))
        self._button.clicked.connect(self.acted)
        self.close_button = IconButton("close", self.tr("Dismiss"))
        self.close_button.clicked.connect(self.dismissed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 12, 8, 12)
        self._row.setSpacing(12)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._column = self._words(notice)
        self._row.addLayout(self._column, 1)
        self._row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._is_below = False
        self.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button goes below the words where it would leave them too little room."""
        super().resizeEvent(event)
        is_below = self._button.sizeHint().width() > self.width() / _MOST_FOR_BUTTON
        if is_below == self._is_below:
            return
        self._is_below = is_below
        if is_below:
            self._column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._row.insertWidget(2, self._button, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_theme(self, theme: Theme) -> None:
        size = theme.size("icon")
        token = "muted" if self.notice.tone == "info" else self.notice.tone
        self._icon.setPixmap(
            icon(_ICONS[self.notice.tone], theme.color(token), size).pixmap(size, size)
        )
        self.close_button.set_theme(theme)

    def _words(self, notice: Notice) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        for text, kind in ((notice.title, "heading"), (notice.message, "secondary")):
            label = QLabel(text)
            label.setProperty("kind", kind)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setVisible(bool(text))
            column.addWidget(label)
        return column


class BannerStack(QWidget):
    """The banners that stand now, one per key, newest below."""

    acted = Signal(str)
    dismissed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Banner] = {}
        self._theme = Theme.load("light")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 12)
        self._column.setSpacing(8)
        self.hide()

    def show_notice(self, key: str, notice: Notice) -> None:
        """Show a banner, in place of the one with the same key."""
        standing = self._banners.get(key)
        if standing is not None and standing.notice == notice:
            return
        self.remove(key)
        banner = Banner(notice, self._theme)
        banner.setProperty("key", key)
        banner.acted.connect(self._on_acted)
        banner.dismissed.connect(self._on_dismissed)
        self._banners[key] = banner
        self._column.addWidget(banner)
        self.show()
        announcement = QAccessibleAnnouncementEvent(self, banner.accessibleName())
        QAccessible.updateAccessibility(announcement)

    def remove(self, key: str) -> None:
        banner = self._banners.pop(key, None)
        if banner is not None:
            banner.hide()
            self._column.removeWidget(banner)
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def notice(self, key: str) -> Notice | None:
        """What stands under a key."""
        banner = self._banners.get(key)
        return banner.notice if banner is not None else None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for banner in self._banners.values():
            banner.set_theme(theme)

    def _on_acted(self) -> None:
        self.acted.emit(self.sender().property("key"))

    def _on_dismissed(self) -> None:
        key = self.sender().property("key")
        self.remove(key)
        self.dismissed.emit(key)
