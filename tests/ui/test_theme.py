import pytest
from PySide6.QtWidgets import QMenu, QPushButton, QStyle

from app.ui.stylesheet import stylesheet
from app.ui.theme import Theme

TEXTS = ("text", "muted", "accent", "danger", "warn", "ok")
SYNTAX = ("keyword", "string", "comment", "number", "function", "type")
PAGES = ("window", "surface", "sunken", "user")
PAIRS = [
    *((text, page) for text in TEXTS for page in PAGES),
    *((f"syntax_{kind}", page) for kind in SYNTAX for page in ("surface", "sunken")),
    *((text, page) for text in ("text", "muted") for page in ("hover", "selected")),
    *(("text", page) for page in ("selection", "danger_soft", "warn_soft", "ok_soft")),
    *((kind, f"{kind}_soft") for kind in ("danger", "warn", "ok")),
    ("muted", "danger_soft"),
    ("muted", "warn_soft"),
    ("accent", "danger_soft"),
    ("accent", "warn_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("text", "page"), PAIRS)
def test_every_text_colour_has_a_contrast_of_five_to_one(name, text, page):
    theme = Theme.load(name)

    assert _contrast(theme.color(text), theme.color(page)) >= 5


@pytest.mark.parametrize("kind", ["primary", "danger", ""])
def test_a_button_that_cannot_be_used_looks_like_one(qtbot, kind):
    theme = Theme.load("light")
    button = QPushButton("Save")
    qtbot.addWidget(button)
    button.setProperty("kind", kind)
    button.setStyleSheet(stylesheet(theme))
    button.setEnabled(False)
    button.show()

    shown = button.grab().toImage()

    assert shown.pixelColor(8, button.height() // 2) == theme.color("sunken")
    assert button.palette().buttonText().color() == theme.color("muted")


def test_the_arrow_of_a_submenu_grows_with_the_text(qtbot):
    usual, large = (_height_of_arrow(qtbot, Theme.load("light", size)) for size in (100, 200))

    assert large >= 1.8 * usual


def test_a_menu_that_is_higher_than_the_screen_scrolls(qtbot):
    menu = QMenu()
    qtbot.addWidget(menu)

    menu.setStyleSheet(stylesheet(Theme.load("light", 200)))

    # Qt would set it in columns, of which the last ones are beside a small screen.
    assert menu.style().styleHint(QStyle.StyleHint.SH_Menu_Scrollable, None, menu)


def test_both_themes_name_the_same_colours():
    assert Theme.load("light").colors.keys() == Theme.load("dark").colors.keys()


def test_only_the_dark_theme_is_dark():
    assert [Theme.load(name).is_dark for name in ("light", "dark")] == [False, True]


def _height_of_arrow(qtbot, theme):
    """In pixels; it alone is at the right edge of a menu."""
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addMenu("Go to")
    menu.setStyleSheet(stylesheet(theme))
    menu.resize(menu.sizeHint())
    shown = menu.grab().toImage()
    columns = range(shown.width() - theme.size("arrow_space"), shown.width() - 4)
    muted = theme.color("muted")
    return max(sum(shown.pixelColor(x, y) == muted for y in range(shown.height())) for x in columns)


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color):
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
