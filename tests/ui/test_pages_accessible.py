"""Every page by its accessibility tree, and every label at 200 % in both languages."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from app.documents.desk import DocumentDesk
from app.settings import Settings
from app.ui.pages.registry import PAGES as ENTRIES
from tests.ui.accessibility import cut_texts, settled, unnamed

PAGES = ("chat", *(entry.key for entry in ENTRIES), "welcome")


@pytest.fixture
def at(open_rig):
    """A window on one of the pages, with all that can be seen of it."""

    def go(page, **settings):
        chosen = Settings(is_welcomed=True, **settings)
        rig = open_rig(settings=chosen, documents=DocumentDesk)
        rig.window.resize(1280, 1000)
        rig.window.navigation.show(page)
        rig.qtbot.wait(400)  # what is read for the page comes to it
        return rig

    return go


@pytest.mark.parametrize("page", PAGES)
def test_no_control_of_a_page_is_without_a_name(at, page):
    rig = at(page, language="en")

    assert settled(rig, lambda: unnamed(rig.window)) == []


@pytest.mark.parametrize("section", range(8))
def test_no_control_of_a_section_of_the_settings_is_without_a_name(at, section):
    rig = at("settings", language="en")
    rig.window.navigation.page.view.show_section(section)

    assert settled(rig, lambda: unnamed(rig.window)) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_cut_at_200_percent(at, page, language):
    rig = at(page, language=language, text_percent=200)

    assert settled(rig, lambda: cut_texts(rig.window)) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("section", range(8))
def test_no_setting_is_cut_at_200_percent(at, section, language):
    rig = at("settings", language=language, text_percent=200)
    rig.window.navigation.page.view.show_section(section)
    rig.qtbot.wait(100)

    frame = rig.window.navigation.page.frame
    assert settled(rig, lambda: cut_texts(frame)) == []


@pytest.mark.parametrize("page", PAGES[1:])
def test_tab_goes_through_the_controls_of_a_page_from_top_to_bottom(at, page):
    rig = at(page, language="en")
    frame = rig.window.navigation.page.frame

    assert [w for w in _tab_chain(frame) if frame.isAncestorOf(w)]
    assert settled(rig, lambda: _falls(frame)) == []


def _falls(frame):
    """Stops of Tab that stand above the one before; further right is the next column."""
    stops = [w for w in _tab_chain(frame) if frame.isAncestorOf(w) and w is not frame.back_button]
    places = [(w.mapTo(frame, w.rect().topLeft()), w.accessibleName()) for w in stops]
    return [
        (above, below)
        for (a, above), (b, below) in pairwise(places)
        if b.y() < a.y() - 60 and b.x() <= a.x()
    ]


def _tab_chain(frame):
    """What Tab stops at, in its order."""
    found, widget = [], frame
    while True:
        widget = widget.nextInFocusChain()
        if widget is frame:
            return found
        is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
        if is_stop and widget.isEnabled():
            found.append(widget)
