import platform
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.diagrams.drawer import can_draw
from app.settings import Settings, load
from app.ui.settings.licences import libraries
from app.ui.settings.shortcuts import Shortcuts


@pytest.fixture
def opened(open_rig):
    """The rig and the control of its settings page."""
    rig = open_rig()
    rig.window.navigation.show("settings")
    return rig, rig.window.navigation.page


def test_the_focus_is_in_the_search(opened):
    rig, page = opened

    assert rig.window.focusWidget() is page.view.search


def test_a_search_shows_the_rows_that_have_the_words_of_all_sections(opened):
    _, page = opened

    QTest.keyClicks(page.view.search, "kv cache")

    shown = [
        row.name.text()
        for s in page.view.sections
        if not s.isHidden()
        for row in s.rows
        if not row.isHidden()
    ]
    assert shown == ["KV cache"]


def test_a_search_without_hits_says_so(opened):
    _, page = opened

    QTest.keyClicks(page.view.search, "teleport")

    assert not page.view.nothing.isHidden()


def test_the_column_stays_where_it_is_when_there_is_more_to_scroll(opened):
    rig, page = opened
    bar = page.frame._scroll.verticalScrollBar()
    rig.wait_until(lambda: not bar.isVisible())
    before = page.view.mapTo(page.frame, QPoint()), page.view.width()

    page.view.show_section([type(section) for section in page.view.sections].index(Shortcuts))

    rig.wait_until(bar.isVisible)
    rig.wait_until(lambda: (page.view.mapTo(page.frame, QPoint()), page.view.width()) == before)


def test_esc_clears_the_search_before_it_leaves_the_page(opened):
    rig, page = opened
    QTest.keyClicks(page.view.search, "theme")

    QTest.keyClick(page.view.search, Qt.Key.Key_Escape)
    cleared = page.view.search.text()
    stayed = rig.window.navigation.current
    QTest.keyClick(page.view.search, Qt.Key.Key_Escape)

    assert (cleared, stayed, rig.window.navigation.current) == ("", "settings", "chat")


def test_a_choice_is_in_force_at_once_and_kept(opened, paths):
    rig, page = opened
    size = rig.appearance.theme.size("body")

    _control(page, "Text size").show_value(200)
    _control(page, "Text size").picked.emit(200)

    assert rig.appearance.theme.size("body") == 2 * size
    rig.wait_until(lambda: load(paths.settings).text_percent == 200)


def test_a_switch_is_in_force_once_it_is_clicked(opened):
    rig, page = opened

    _control(page, "Keep running in the tray").click()

    assert not rig.window._preferences.settings.closes_to_tray


def test_a_change_made_elsewhere_is_shown(opened):
    rig, page = opened

    rig.window.actions_.larger.trigger()

    assert _control(page, "Text size").value == 110


def test_other_keys_are_in_force_at_once(opened):
    rig, page = opened

    page._shortcuts._by_id["rename"].chosen.emit("rename", "Ctrl+Alt+R")

    assert rig.window.actions_.rename.shortcut() == QKeySequence("Ctrl+Alt+R")


def test_keys_of_another_command_are_refused_and_whose_they_are_is_said(opened):
    rig, page = opened
    row = page._shortcuts._by_id["rename"]

    row.chosen.emit("rename", "Ctrl+K")

    assert rig.window.actions_.rename.shortcut() == QKeySequence("F2")
    assert "Go to anything" in row.note.text()


def test_a_reset_gives_the_usual_keys_back(open_rig):
    rig = open_rig(settings=Settings(language="en", shortcuts={"rename": "Ctrl+Alt+R"}))
    rig.window.navigation.show("settings")
    chosen = rig.window.actions_.rename.shortcut()

    rig.window.navigation.page._shortcuts.reset_all.click()

    assert chosen == QKeySequence("Ctrl+Alt+R")
    assert rig.window.actions_.rename.shortcut() == QKeySequence("F2")


def test_a_command_without_keys_stays_without(open_rig):
    rig = open_rig(settings=Settings(language="en", shortcuts={"rename": ""}))

    assert rig.window.actions_.rename.shortcuts() == []


def test_f1_leads_to_the_shortcuts(open_rig):
    rig = open_rig()

    rig.window.actions_.shortcuts.trigger()

    assert not rig.window.navigation.page._shortcuts.isHidden()


def test_prompt_states_on_disk_are_forgotten_when_asked(open_rig, paths):
    kept = paths.prefixes / "state.bin"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x" * 5_000_000)
    rig = open_rig()
    rig.window.navigation.show("settings")
    forget = rig.window.navigation.page._forget
    rig.wait_until(lambda: "5 MB" in forget.note.text())

    forget.button.click()

    rig.wait_until(lambda: "None" in forget.note.text())
    assert not kept.exists()


def test_each_library_comes_with_a_licence_and_qt_with_the_text_of_its():
    found = {library.name: library for library in libraries()}

    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["PySide6_Essentials"].text
    assert "MIT" in found["markdown-it-py"].licence
    assert found["markdown-it-py"].text


def test_libraries_that_only_another_system_needs_are_not_in_the_list():
    found = {library.name for library in libraries()}

    assert ("mlx" in found) == (sys.platform == "darwin" and platform.machine() == "arm64")
    assert ("SecretStorage" in found) == (sys.platform == "linux")


def test_the_licences_of_what_reads_documents_name_what_is_inside_it():
    found = {library.name: library for library in libraries()}

    assert "PDFium Authors" in found["pypdfium2"].text
    assert "THIRD PARTY SOFTWARE NOTICES" in found["onnxruntime"].text.upper()
    assert "Apache License" in found["rapidocr"].text


@pytest.mark.skipif(not can_draw(), reason="the libraries are not made for this system")
def test_the_licences_of_what_draws_diagrams_are_there_though_it_is_optional():
    found = {library.name: library for library in libraries()}

    assert "Apache-2.0" in found["merman"].licence
    assert "Eclipse Public License" in found["merman"].text
    assert "Permission is hereby granted" in found["resvg_py"].text


def _control(page, name):
    return next(
        row for s in page.view.sections for row in s.rows if row.name.text() == name
    ).control
