"""Light or dark, size of text, density: what the user chose or the system says, while running."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStyleHints
from PySide6.QtWidgets import QApplication

from app.settings import Density
from app.settings import Theme as Choice
from app.ui.stylesheet import palette, stylesheet
from app.ui.theme import Theme, ThemeName


class Appearance(QObject):
    """Holds the theme in use and dresses the application in it."""

    changed = Signal(object)  # Theme

    def __init__(
        self,
        application: QApplication,
        choice: Choice,
        text_percent: int = 100,
        density: Density = "comfortable",
    ) -> None:
        super().__init__()
        self._application = application
        self._hints: QStyleHints = application.styleHints()
        self._choice = choice
        self._text_percent, self._density = text_percent, density
        self.theme = Theme.load("light", text_percent, density)
        application.setStyle("Fusion")
        self._hints.colorSchemeChanged.connect(self._on_scheme_changed)
        self.choose(choice)

    @property
    def choice(self) -> Choice:
        return self._choice

    @property
    def text_percent(self) -> int:
        return self._text_percent

    def choose(self, choice: Choice) -> None:
        """Take the user's choice; "system" follows the desktop from now on."""
        self._choice = choice
        match choice:
            case "system":
                self._hints.unsetColorScheme()
            case "light":
                self._hints.setColorScheme(Qt.ColorScheme.Light)
            case "dark":
                self._hints.setColorScheme(Qt.ColorScheme.Dark)
        is_system_dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        is_dark = is_system_dark if choice == "system" else choice == "dark"
        self._dress("dark" if is_dark else "light")

    def resize(self, text_percent: int, density: Density) -> None:
        """Size all text, and the room around it, anew."""
        if (text_percent, density) != (self._text_percent, self._density):
            self._text_percent, self._density = text_percent, density
            self._dress(self.theme.name)

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._dress("dark" if scheme == Qt.ColorScheme.Dark else "light")

    def _dress(self, name: ThemeName) -> None:
        self.theme = Theme.load(name, self._text_percent, self._density)
        self._application.setPalette(palette(self.theme))
        self._application.setFont(self.theme.font())
        self._application.setStyleSheet(stylesheet(self.theme))
        self.changed.emit(self.theme)
