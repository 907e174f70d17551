"""Every page by its accessibility tree, and every label at 200 % in both languages."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget

from app.settings import Settings

PAGES = ("chat", "models", "endpoint", "settings", "welcome")
ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.EditableText,
    QAccessible.Role.ComboBox,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.List,
    QAccessible.Role.Link,
    QAccessible.Role.PageTab,
}


@pytest.fixture
def at(open_rig):
    """A window on one of the pages, with all that can be seen of it."""

    def go(page, **settings):
        rig = open_rig(settings=Settings(is_welcomed=True, **settings))
        rig.window.resize(1280, 1000)
        rig.window.navigation.show(page)
        rig.qtbot.wait(400)  # what is read for the page comes to it
        return rig

    return go


@pytest.mark.parametrize("page", PAGES)
def test_no_control_of_a_page_is_without_a_name(at, page):
    rig = at(page, language="en")

    nodes = _nodes(QAccessible.queryAccessibleInterface(rig.window))

    assert [where for where, node in nodes if _is_unnamed(node)] == []


@pytest.mark.parametrize("section", range(7))
def test_no_control_of_a_section_of_the_settings_is_without_a_name(at, section):
    rig = at("settings", language="en")
    rig.window.navigation.page.view.show_section(section)

    nodes = _nodes(QAccessible.queryAccessibleInterface(rig.window))

    assert [where for where, node in nodes if _is_unnamed(node)] == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_cut_at_200_percent(at, page, language):
    rig = at(page, language=language, text_percent=200)

    assert _cut_texts(rig.window) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("section", range(7))
def test_no_setting_is_cut_at_200_percent(at, section, language):
    rig = at("settings", language=language, text_percent=200)
    rig.window.navigation.page.view.show_section(section)
    rig.qtbot.wait(100)

    assert _cut_texts(rig.window.navigation.page.frame) == []


@pytest.mark.parametrize("page", PAGES[1:])
def test_tab_goes_through_the_controls_of_a_page_from_top_to_bottom(at, page):
    rig = at(page, language="en")
    frame = rig.window.navigation.page.frame
    stops = [w for w in _tab_chain(frame) if frame.isAncestorOf(w)]

    tops = [w.mapTo(frame, w.rect().topLeft()).y() for w in stops if w is not frame.back_button]
    falls = [(a, b) for a, b in pairwise(tops) if b < a - 60]

    assert stops
    assert falls == []


def _nodes(node, where="window"):
    """Everything that can be seen, with the names of what it is in."""
    for number in range(node.childCount()):
        child = node.child(number)
        if child is None or not child.isValid() or child.state().invisible:
            continue
        kind = type(child.object()).__name__ if child.object() else child.role().name
        place = f"{where} > {kind} {child.text(QAccessible.Text.Name)!r}"
        yield place, child
        yield from _nodes(child, place)


def _is_unnamed(node):
    thing = node.object()
    is_inner = thing is not None and thing.objectName().startswith("qt_")
    is_part = isinstance(thing, QWidget) and thing.focusProxy() is not None
    is_actionable = node.role() in ROLES and not node.state().disabled
    return is_actionable and not is_inner and not is_part and not node.text(QAccessible.Text.Name)


def _cut_texts(root):
    """Labels and buttons with less room than their text takes."""
    cut = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or type(widget).__name__ in ("ElidedLabel", "QuietButton"):
            continue
        if isinstance(widget, QLabel) and widget.text() and not widget.pixmap():
            needs = widget.heightForWidth(widget.width()) if widget.wordWrap() else None
            is_cut = (
                widget.height() < needs - 2
                if needs is not None
                else widget.width() < widget.minimumSizeHint().width() - 1
            )
        elif _shows_text(widget):
            is_cut = widget.width() < widget.minimumSizeHint().width() - 1
        else:
            continue
        visible = widget.visibleRegion().boundingRect().width()
        if is_cut or 0 < visible < widget.width() - 1:
            cut.append((type(widget).__name__, widget.text()[:60], widget.size().toTuple()))
    return cut


def _shows_text(widget):
    if isinstance(widget, QToolButton):
        return widget.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
    return isinstance(widget, QAbstractButton) and bool(widget.text())


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
