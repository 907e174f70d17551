import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette

from app.ui.appearance import Appearance
from app.ui.stylesheet import stylesheet
from app.ui.theme import Theme


@pytest.fixture
def appearance(qapp):
    yield Appearance(qapp, "light")
    qapp.styleHints().unsetColorScheme()


def test_the_choice_of_the_user_is_taken(appearance, qapp):
    appearance.choose("dark")

    assert appearance.theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == Theme.load("dark").color("surface")


def test_the_system_is_followed_while_running(appearance, qapp):
    appearance.choose("system")
    seen = []
    appearance.changed.connect(seen.append)

    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)

    assert [theme.name for theme in seen] == ["dark", "light"]


def test_the_system_is_not_followed_against_the_users_choice(appearance, qapp):
    appearance.choose("light")

    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert not appearance.theme.is_dark


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_token_of_the_style_sheet_is_in_the_theme(name):
    assert "@" not in stylesheet(Theme.load(name))
