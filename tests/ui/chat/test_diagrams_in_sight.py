"""Mermaid as pictures: drawn when in sight, as large as needed, and never in the way."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication

from app.ui.chat import diagram_pictures
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.diagram_pictures import DiagramPictures
from app.ui.chat.marks import Place
from app.ui.theme import Theme
from tests.ui.chat.diagrams import FENCE, picture


def test_the_text_in_sight_stays_where_it_is_when_a_picture_comes(page, talk, drawer, qtbot):
    lines = "\n\n".join(f"Line {number}." for number in range(60))
    talk.add("assistant", f"{lines}\n\n{FENCE}\n{lines}")
    page.open(talk)
    item = page.transcript._rows.items[0]
    row = next(row for row in item.rows if row.info == "mermaid")
    bar = page.transcript.verticalScrollBar()
    bar.setValue(page.transcript._rows.row_top(item, row) + 30)
    qtbot.waitUntil(lambda: bool(drawer.waited_for))
    qtbot.waitUntil(lambda: not page.transcript._is_preparing)
    below = [other for other in page.rows if page.y_of(other.widget) > 0]
    before = [page.y_of(other.widget) for other in below]

    drawer.answer(picture(height=900))
    page.settle()

    assert row.height > 900
    assert page.y_of(row.widget) < -500
    assert [page.y_of(other.widget) for other in below[:5]] == before[:5]


def test_following_the_end_goes_on_when_a_picture_comes(shown, page):
    shown(f"{FENCE}\nThe end.")

    bar = page.transcript.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_another_theme_shows_the_old_picture_until_the_new_one_is_drawn(shown, drawer, page, qtbot):
    block = shown()
    height = block.height()

    page.transcript.set_theme(Theme.load("dark"))
    is_old_shown = block.is_picture_shown and block.height() == height
    qtbot.waitUntil(lambda: bool(drawer.waited_for))
    drawer.answer(picture())
    page.settle()

    assert is_old_shown
    assert [job.is_dark for job, _ in drawer.asked] == [False, True]
    assert block.is_picture_shown


def test_a_theme_that_was_drawn_before_is_not_drawn_again(shown, drawer, page, qtbot):
    shown()
    page.transcript.set_theme(Theme.load("dark"))
    qtbot.waitUntil(lambda: bool(drawer.waited_for))
    drawer.answer(picture())
    page.settle()

    page.transcript.set_theme(Theme.load("light"))
    page.settle()

    assert len(drawer.asked) == 2


def test_larger_text_makes_a_larger_picture(shown, drawer, page, qtbot):
    block = shown()
    before = block.picture.height()

    page.transcript.set_theme(Theme.load("light", 200))
    qtbot.waitUntil(lambda: bool(drawer.waited_for))

    assert drawer.asked[-1][0].scale == 2.0
    assert block.picture.height() == 2 * before


def test_a_screen_with_more_pixels_has_its_own_picture(shown, drawer, page, qtbot, monkeypatch):
    block = shown()
    monkeypatch.setattr(DiagramBlock, "devicePixelRatioF", lambda self: 2.0)

    QGuiApplication.sendEvent(block, QEvent(QEvent.Type.DevicePixelRatioChange))
    qtbot.waitUntil(lambda: bool(drawer.waited_for))

    assert [job.ratio for job, _ in drawer.asked] == [1, 2]


def test_a_wide_diagram_fits_into_the_column(shown):
    block = shown(drawn=picture(width=900, height=300))

    assert block.picture.horizontalScrollBar().maximum() == 0
    assert block.picture.height() < 300


def test_a_very_wide_diagram_is_scrolled_sideways(shown, qtbot):
    block = shown(drawn=picture(width=4_000, height=300))
    bar = block.picture.horizontalScrollBar()

    block.picture.setFocus()
    qtbot.keyClick(block.picture, Qt.Key.Key_Right)

    assert block.picture.height() >= 180
    assert bar.maximum() == pytest.approx(4_000 * 0.6 - block.picture.viewport().width(), abs=2)
    assert bar.value() > 0


def test_a_found_word_of_a_diagram_is_shown_in_its_source(shown, page, talk):
    block = shown(f"{'Some text.' * 400}\n\n{FENCE}")

    page.transcript.mark("landing", Place(1, 0))
    page.settle()

    assert block.view.isVisible()
    assert len(block.view.extraSelections()) == 1
    y = block.view.mapTo(page.viewport, QPoint(0, 0)).y()
    assert 0 <= y <= page.viewport.height()


def test_only_diagrams_near_the_page_are_drawn(page, talk, drawer, qtbot):
    for number in range(300):
        talk.add("assistant", f"```mermaid\nflowchart TD\n    A{number} --> B\n```\n")

    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: bool(drawer.asked) and not page.transcript._is_preparing)

    assert 1 <= len(drawer.asked) <= 30


def test_a_diagram_that_left_the_page_is_not_drawn(page, talk, drawer, qtbot):
    for number in range(100):
        talk.add("assistant", f"```mermaid\nflowchart TD\n    A{number} --> B\n```\n")
    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: bool(drawer.asked) and not page.transcript._is_preparing)
    first = [result for _, result in drawer.asked]

    page.transcript.verticalScrollBar().setValue(0)

    qtbot.waitUntil(lambda: all(result.cancelled() for result in first))


def test_another_conversation_ends_the_waiting(page, talk, drawer, qtbot):
    talk.add("assistant", FENCE)
    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: bool(drawer.asked))

    page.transcript.clear()

    assert drawer.waited_for == []


def test_pictures_are_kept_only_up_to_a_size(drawer, page):
    pictures = DiagramPictures(drawer)
    style = page.transcript._style
    keys = [diagram_pictures.key_of(f"flowchart TD\n A{n}", style, 1.0) for n in range(40)]
    for key in keys:
        pictures.want(key, style)
    drawer.answer(picture(1_000, 1_000))

    for key in keys:
        pictures.leave(key)

    kept = [key for key in keys if pictures.is_done(key)]
    assert kept == keys[-12:]
