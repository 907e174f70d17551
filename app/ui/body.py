"""Sidebar and page beside each other; in a narrow window the sidebar lies over the page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.ui.theme import Theme
from app.ui.widgets.scrim import Scrim

USUAL_WIDTH = Theme.load("light").size("sidebar")


class Body(QWidget):
    """Decides by its own width only; the user's wish counts again when the window is wide."""

    sidebar_shown = Signal(bool)

    def __init__(self, sidebar: QWidget, page: QWidget, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sidebar, self._page = sidebar, page
        self._is_wanted = True
        self._is_narrow = False
        self._width = theme.size("sidebar")
        self._scrim = Scrim(self)
        self._scrim.clicked.connect(self.hide_overlay)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setObjectName("splitter")
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(sidebar)
        self._splitter.addWidget(page)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)

    @property
    def sidebar_width(self) -> int:
        """As it would be with text at its usual size."""
        return round(self._width * USUAL_WIDTH / self._theme.size("sidebar"))

    @property
    def is_sidebar_wanted(self) -> bool:
        return self._is_wanted

    @property
    def is_sidebar_shown(self) -> bool:
        return not self._sidebar.isHidden()

    def restore(self, width: int, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._set_width(round(width * self._theme.size("sidebar") / USUAL_WIDTH))

    def toggle_sidebar(self) -> None:
        if self._is_narrow:
            self._show_overlay(self._sidebar.isHidden())
        else:
            self._is_wanted = not self._is_wanted
            self._arrange()

    def hide_overlay(self) -> None:
        """In a narrow window the sidebar leaves once it has served."""
        if self._is_narrow:
            self._show_overlay(False)

    def set_theme(self, theme: Theme) -> None:
        width = self.sidebar_width
        self._theme = theme
        self._scrim.set_theme(theme)
        self._set_width(round(width * theme.size("sidebar") / USUAL_WIDTH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.size("overlay_below")
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            if is_narrow:
                self._sidebar.setParent(self)
                self._show_overlay(False)
            else:
                self._scrim.hide()
                self._splitter.insertWidget(0, self._sidebar)
                self._splitter.setStretchFactor(1, 1)
        self._arrange()

    def _set_width(self, width: int) -> None:
        low, high = self._theme.size("sidebar_min"), self._theme.size("sidebar_max")
        self._sidebar.setMinimumWidth(low)
        self._sidebar.setMaximumWidth(high)
        self._width = min(max(width, low), high)
        self._arrange()

    def _arrange(self) -> None:
        self._splitter.setGeometry(self.rect())
        self._scrim.setGeometry(self.rect())
        if self._is_narrow:
            self._sidebar.setGeometry(0, 0, self._width, self.height())
        else:
            self._sidebar.setVisible(self._is_wanted)
            self._splitter.setSizes([self._width, max(1, self.width() - self._width - 1)])
        self.sidebar_shown.emit(self.is_sidebar_shown)

    def _show_overlay(self, is_shown: bool) -> None:
        focus = self.window().focusWidget()
        had_focus = focus is not None and self._sidebar.isAncestorOf(focus)
        self._scrim.setVisible(is_shown)
        self._scrim.raise_()
        self._sidebar.setVisible(is_shown)
        self._sidebar.raise_()
        if is_shown:
            self._sidebar.setFocus()
        elif had_focus:  # otherwise one may be writing, as at the start in a narrow window
            self._page.setFocus()
        self.sidebar_shown.emit(is_shown)

    def _on_splitter_moved(self) -> None:
        if self._sidebar.isVisible():
            self._width = self._sidebar.width()
