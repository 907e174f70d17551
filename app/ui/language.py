"""The language of the window: installs the catalogue of the user's choice, while running."""

import logging

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from app.paths import resources
from app.settings import Language as Choice
from app.ui.retranslation import known_texts

log = logging.getLogger(__name__)


class Language(QObject):
    """``changed`` comes with what every static text was in the language before."""

    changed = Signal(object)  # app.ui.retranslation.Known

    def __init__(self, application: QApplication, choice: Choice) -> None:
        super().__init__()
        self._application = application
        self._translators: list[QTranslator] = []
        self._language = ""
        self.choose(choice)

    @property
    def current(self) -> str:
        """``en`` or ``zh_CN``, never ``system``."""
        return self._language

    def choose(self, choice: Choice) -> None:
        language = language_of_system() if choice == "system" else choice
        if language == self._language:
            return
        before = known_texts() if self._language else {}
        self.close()
        self._language = language
        self._translators = [
            translator
            for translator in (self._of_qt(language), self._ours(language))
            if translator is not None
        ]
        for translator in self._translators:
            self._application.installTranslator(translator)
        QLocale.setDefault(QLocale(language))
        self.changed.emit(before)

    def close(self) -> None:
        """Take the catalogues out again."""
        for translator in self._translators:
            self._application.removeTranslator(translator)
        self._translators = []
        self._language = ""
        QLocale.setDefault(QLocale.system())

    def _ours(self, language: str) -> QTranslator | None:
        return _loaded(f"doorstep_{language}", str(resources() / "translations"))

    def _of_qt(self, language: str) -> QTranslator | None:
        """What Qt itself says, in the menus of text fields for example."""
        if language == "en":
            return None
        return _loaded(
            f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        )


def language_of_system() -> str:
    """The first of the user's languages that there is a catalogue for."""
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


def _loaded(name: str, folder: str) -> QTranslator | None:
    translator = QTranslator()
    if translator.load(name, folder):
        return translator
    log.warning("no catalogue %s", name)
    return None
