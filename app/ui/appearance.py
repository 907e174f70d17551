"""Light or dark: what the user chose, or what the system says, switched while running."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStyleHints
from PySide6.QtWidgets import QApplication

from app.settings import Theme as Choice
from app.ui.stylesheet import palette, stylesheet
from app.ui.theme import Theme


class Appearance(QObject):
    """Holds the theme in use and dresses the application in it."""

    changed = Signal(object)  # Theme

    def __init__(self, application: QApplication, choice: Choice) -> None:
        super().__init__()
        self._application = application
        self._hints: QStyleHints = application.styleHints()
        self._choice = choice
        self.theme = Theme.load("light")
        application.setStyle("Fusion")
        self._hints.colorSchemeChanged.connect(self._on_scheme_changed)
        self.choose(choice)

    @property
    def choice(self) -> Choice:
        return self._choice

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
        self._dress(self._hints.colorScheme())

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._dress(scheme)

    def _dress(self, scheme: Qt.ColorScheme) -> None:
        is_dark = (
            scheme == Qt.ColorScheme.Dark if self._choice == "system" else self._choice == "dark"
        )
        self.theme = Theme.load("dark" if is_dark else "light")
        self._application.setPalette(palette(self.theme))
        self._application.setFont(self.theme.font())
        self._application.setStyleSheet(stylesheet(self.theme))
        self.changed.emit(self.theme)
