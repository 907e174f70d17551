"""Theme, size of text, density, language and keys: the settings that all of the window shows."""

from PySide6.QtCore import QObject

from app.settings import Settings
from app.ui.actions import Actions
from app.ui.appearance import Appearance
from app.ui.control.preferences import Preferences
from app.ui.language import Language

STEPS = (80, 90, 100, 110, 125, 150, 175, 200)  # percent, for larger and smaller
USUAL = 100


class LookControl(QObject):
    """Between the settings on one side and what dresses and words the window on the other."""

    def __init__(
        self,
        preferences: Preferences,
        appearance: Appearance,
        language: Language,
        actions: Actions,
    ) -> None:
        super().__init__()
        self._preferences, self._actions = preferences, actions
        self._appearance, self._language = appearance, language
        self._keys = None
        actions.appearance_chosen.connect(self._on_theme_chosen)
        actions.larger.triggered.connect(self._on_larger)
        actions.smaller.triggered.connect(self._on_smaller)
        actions.usual_size.triggered.connect(self._on_usual_size)
        preferences.changed.connect(self._on_settings)
        self._bind(preferences.settings)

    def _on_settings(self, settings: Settings) -> None:
        if settings.theme != self._appearance.choice:
            self._appearance.choose(settings.theme)
        self._actions.show_choice(settings.theme)
        self._appearance.resize(settings.text_percent, settings.density)
        self._language.choose(settings.language)
        self._bind(settings)

    def _bind(self, settings: Settings) -> None:
        if settings.shortcuts != self._keys:
            self._keys = settings.shortcuts
            self._actions.bind(settings.shortcuts)

    def _on_theme_chosen(self, choice: str) -> None:
        self._preferences.keep(theme=choice)

    def _on_larger(self) -> None:
        now = self._appearance.text_percent
        self._preferences.keep(text_percent=next((s for s in STEPS if s > now), STEPS[-1]))

    def _on_smaller(self) -> None:
        now = self._appearance.text_percent
        self._preferences.keep(text_percent=next((s for s in STEPS[::-1] if s < now), STEPS[0]))

    def _on_usual_size(self) -> None:
        self._preferences.keep(text_percent=USUAL)
