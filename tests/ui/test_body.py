"""The sidebar beside the page, or over it in a narrow window, and where the focus goes."""

from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.ui.widgets.confirm_dialog import ConfirmDialog
from app.ui.widgets.scrim import DialogScrim, Scrim


@pytest.fixture
def narrow(open_rig):
    rig = open_rig()
    rig.window.resize(760, 560)
    rig.wait_until(lambda: not rig.window.body.is_sidebar_shown)
    return rig


def test_the_focus_stays_where_one_writes_when_the_window_becomes_narrow(open_rig):
    rig = open_rig()
    rig.page.composer.field.setFocus()

    rig.window.resize(760, 560)
    rig.wait_until(lambda: not rig.window.body.is_sidebar_shown)

    assert rig.window.focusWidget() is rig.page.composer.field


def test_hiding_a_sidebar_that_is_not_shown_takes_no_focus(narrow):
    narrow.page.composer.field.setFocus()

    narrow.window.body.hide_overlay()

    assert narrow.window.focusWidget() is narrow.page.composer.field


def test_the_sidebar_takes_the_focus_and_gives_it_to_the_page(narrow):
    body = narrow.window.body

    body.toggle_sidebar()
    inside = narrow.window.focusWidget()
    narrow.window.sidebar.search.setFocus()
    body.toggle_sidebar()

    assert inside is narrow.window.sidebar or narrow.window.sidebar.isAncestorOf(inside)
    assert not narrow.window.sidebar.isAncestorOf(narrow.window.focusWidget())
    assert narrow.window.pages.isAncestorOf(narrow.window.focusWidget())


def test_a_new_chat_from_the_sidebar_can_be_written_at_once(narrow):
    narrow.window.body.toggle_sidebar()

    narrow.window.sidebar.new_chat_requested.emit()

    assert not narrow.window.body.is_sidebar_shown
    assert narrow.window.focusWidget() is narrow.page.composer.field


def test_a_click_beside_the_sidebar_closes_it(narrow):
    body = narrow.window.body
    body.toggle_sidebar()

    QTest.mouseClick(body._scrim, Qt.MouseButton.LeftButton, pos=body.rect().bottomRight() / 1.1)

    assert not body.is_sidebar_shown


def test_the_window_is_dimmed_while_a_dialog_waits(open_rig):
    rig = open_rig()
    dialog = ConfirmDialog("Delete?", "It is gone then.", "Delete", rig.page.theme, rig.window)
    scrims = rig.window.findChildren(DialogScrim)

    dialog.open()
    shown = [scrim.isVisible() and scrim.size() == rig.window.size() for scrim in scrims]
    dialog.reject()

    assert shown == [True]
    assert not scrims[0].isVisible()


def test_a_panel_over_the_conversation_leaves_by_a_click_beside_it(narrow):
    page = narrow.page
    page.run_card.closed.connect(partial(page.set_panel_shown, False))
    page.set_panel_shown(True)

    QTest.mouseClick(page.findChild(Scrim), Qt.MouseButton.LeftButton, pos=QPoint(9, 9))

    assert not page.run_card.isVisible()


def test_a_panel_beside_the_conversation_dims_nothing(open_rig):
    rig = open_rig()
    rig.window.resize(1400, 800)

    rig.page.set_panel_shown(True)

    assert not rig.page.findChild(Scrim).isVisible()
