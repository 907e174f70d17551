"""What pages have in common: header, banners, a title, and a column of cards that scrolls."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.widgets.banner import BannerStack
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tall_area import TallArea
from app.ui.widgets.toast import Toast

_SIDE = 24  # beside the column


class PageFrame(QFrame):
    """Stands in the place of the conversation. Esc goes back to it."""

    sidebar_requested = Signal()
    back_requested = Signal()
    themed = Signal(object)  # Theme

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.theme = theme
        self.title = QLabel(title)
        self.title.setProperty("kind", "title")
        self.title.setWordWrap(True)
        self.banners = BannerStack()
        self._column = QWidget()
        self.column = QVBoxLayout(self._column)
        self.column.setContentsMargins(0, 0, 0, 24)
        self.column.setSpacing(16)
        self.column.addWidget(self.title)
        self.column.addWidget(self.banners)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addLayout(self._header())
        self._scroll = self._scroll_area()
        self._layout.addWidget(self._scroll, 1)
        self.toast = Toast(self)
        self.set_theme(theme)

    def fill_with(self, widget: QWidget) -> None:
        """Show this below the header instead of the column; title and banners are its matter."""
        self._scroll.hide()
        self._layout.addWidget(widget, 1)

    def show_widget(self, widget: QWidget) -> None:
        """Scroll to where it can be seen."""
        self._scroll.ensureWidgetVisible(widget, 0, 24)

    def set_sidebar_shown(self, is_shown: bool) -> None:
        """The header has the sidebar's button while the sidebar is away."""
        self.sidebar_button.setVisible(not is_shown)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._column.setMaximumWidth(theme.size("column"))
        for part in (self.sidebar_button, self.back_button, self.banners, self.toast):
            part.set_theme(theme)
        self.themed.emit(theme)

    def event(self, event: QEvent) -> bool:
        """Esc belongs to the page before it stops an answer in the conversation behind it."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def _header(self) -> QHBoxLayout:
        self.sidebar_button = IconButton("sidebar", self.tr("Show sidebar"))
        self.sidebar_button.clicked.connect(self.sidebar_requested)
        self.back_button = IconButton("close", self.tr("Back to the chat (Esc)"))
        self.back_button.clicked.connect(self.back_requested)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self.sidebar_button)
        row.addStretch()
        row.addWidget(self.back_button)
        return row

    def _scroll_area(self) -> QScrollArea:
        inner = QWidget()
        row = self._row = QHBoxLayout(inner)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.addStretch(0)
        row.addWidget(self._column, 1)
        row.addStretch(0)
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        area = TallArea(inner)
        area.verticalScrollBar().rangeChanged.connect(self._on_range)
        return area

    def _on_range(self, _: int, last: int) -> None:
        """The scroll bar stands in the margin: the column stays where it is."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if last else 0
        self._row.setContentsMargins(_SIDE, 0, max(0, _SIDE - bar), 0)
