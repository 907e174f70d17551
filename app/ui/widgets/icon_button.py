"""A square button that shows an icon and says its name in a tooltip."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme


class IconButton(QToolButton):
    """``icon_name`` is a file; ``name`` is what screen readers say and the tooltip shows."""

    def __init__(self, icon_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._theme: Theme | None = None
        self._token, self._size = "muted", "icon"
        self.setProperty("kind", "icon")
        self.rename(name)

    def rename(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon(self, icon_name: str) -> None:
        self._icon_name = icon_name
        self._paint_icon()

    def set_theme(self, theme: Theme, token: str = "muted", size: str = "icon") -> None:
        """``token`` is its colour, ``size`` its size."""
        self._theme, self._token, self._size = theme, token, size
        self._paint_icon()

    def _paint_icon(self) -> None:
        if self._theme is not None:
            size = self._theme.size(self._size)
            self.setIconSize(QSize(size, size))
            self.setIcon(icon(self._icon_name, self._theme.color(self._token), size))
