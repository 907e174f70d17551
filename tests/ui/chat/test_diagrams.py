"""Mermaid as pictures: the source is always within reach, and what the header offers."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

from app.diagrams.job import LONGEST
from app.ui.chat import diagram_pictures
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.diagram_block import DiagramBlock
from tests.ui.chat.diagrams import FENCE, SOURCE, picture


def test_a_diagram_is_shown_as_a_picture(shown):
    block = shown()

    assert block.picture.isVisible()
    assert not block.view.isVisible()
    assert block.height() > 500


def test_the_source_is_seen_until_the_picture_is_drawn(page, talk, drawer, qtbot):
    talk.add("assistant", FENCE)

    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: len(drawer.asked) == 1)

    block = page.widgets(DiagramBlock)[0]
    assert block.view.isVisible()
    assert block.view.toPlainText() == SOURCE.rstrip("\n")
    assert not block.toggle.isVisible()


def test_the_job_names_the_theme_and_the_letters(shown, drawer):
    shown()

    job = drawer.asked[0][0]
    assert job.source == SOURCE.rstrip("\n")
    assert job.colors["text"] == "#1F1E1B"
    assert not job.is_dark
    assert job.scale == 1.0
    assert set(job.advances) == {letter for letter in job.source if letter.isprintable()}
    assert all(0 < width < 2 for width in job.advances.values())


def test_an_open_fence_is_not_drawn(page, drawer, qtbot):
    page.transcript.begin_answer(1)

    page.add_text("```mermaid\nflowchart TD\n    A --> B\n")

    assert drawer.asked == []
    assert page.widgets(CodeBlock)[0].view.toPlainText().startswith("flowchart TD")


def test_a_fence_that_is_closed_is_drawn_where_it_was_written(page, drawer, qtbot):
    page.transcript.begin_answer(1)
    page.add_text("```mermaid\nflowchart TD\n    A --> B\n")
    block = page.widgets(CodeBlock)[0]

    page.transcript.add_text("```\nAnd so on.")
    qtbot.waitUntil(lambda: len(drawer.asked) == 1)
    drawer.answer(picture())
    page.settle()

    assert page.widgets(CodeBlock) == [block]
    assert block.is_picture_shown


def test_what_is_copied_is_the_source(shown, qtbot):
    block = shown()

    qtbot.mouseClick(block._copy, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == SOURCE


def test_the_picture_is_copied_with_its_ground(shown, qtbot):
    block = shown()

    qtbot.mouseClick(block.copy_picture, Qt.MouseButton.LeftButton)

    image = QGuiApplication.clipboard().image()
    assert image.size().toTuple() == (300, 500)
    assert not image.hasAlphaChannel()
    assert image.pixelColor(5, 5) != QColor(200, 0, 0)


def test_the_source_can_be_had_and_the_picture_again(shown, qtbot, page):
    block = shown(FENCE + "\n\n".join(["A line."] * 16))
    page.transcript.verticalScrollBar().setValue(10)
    page.settle()
    y = page.y_of(block)

    qtbot.mouseClick(block.toggle, Qt.MouseButton.LeftButton)
    page.settle()
    is_source_shown = block.view.isVisible() and not block.picture.isVisible()
    is_still = page.y_of(block) == y
    words = block.toggle.accessibleName()
    qtbot.mouseClick(block.toggle, Qt.MouseButton.LeftButton)
    page.settle()

    assert is_source_shown
    assert words == "Show diagram"
    assert is_still
    assert block.is_picture_shown
    assert page.y_of(block) == y


def test_what_cannot_be_drawn_says_so_above_its_source(page, talk, drawer, qtbot):
    talk.add("assistant", FENCE)
    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: bool(drawer.waited_for))

    drawer.answer(None)
    page.settle()

    block = page.widgets(DiagramBlock)[0]
    assert block._language.text() == "mermaid · This diagram could not be drawn."
    assert block.view.isVisible()
    assert not block.toggle.isVisible()
    assert not block.copy_picture.isVisible()
    assert len(drawer.asked) == 1


def test_a_very_long_source_is_code(page, talk, drawer):
    talk.add("assistant", f"```mermaid\nflowchart TD\n{'A-->B;' * (LONGEST // 6)}\n```\n")

    page.open(talk)

    assert drawer.asked == []
    assert page.widgets(CodeBlock)[0].view.isVisible()


@pytest.mark.parametrize("language", ["Mermaid", "mmd"])
def test_the_language_has_other_names(language, shown):
    assert shown(f"```{language}\n{SOURCE}```\n").is_picture_shown


def test_code_in_other_languages_is_no_diagram(page, talk, drawer):
    talk.add("assistant", f"```python\n{SOURCE}```\n\n```\n{SOURCE}```\n")

    page.open(talk)

    assert drawer.asked == []
    assert page.widgets(DiagramBlock) == []


def test_without_the_libraries_a_diagram_is_code(page, talk, drawer, monkeypatch):
    monkeypatch.setattr(diagram_pictures, "can_draw", lambda: False)
    talk.add("assistant", FENCE)

    page.open(talk)

    block = page.widgets(CodeBlock)[0]
    assert drawer.asked == []
    assert block.view.isVisible()
    assert block._language.text() == "mermaid"


def test_a_screen_reader_is_told_the_kind_and_the_source(shown):
    block = shown()

    assert block.picture.accessibleName() == "Diagram: flowchart"
    assert block.picture.accessibleDescription() == SOURCE.rstrip("\n")
    assert block.focusProxy() is block.picture


def test_every_button_has_a_name(shown):
    block = shown()

    for button in (block.toggle, block.copy_picture, block.save_picture, block._copy):
        assert button.accessibleName()
        assert button.toolTip()


def test_nobody_is_offered_to_save_where_nobody_would(shown):
    assert not shown().save_picture.isVisible()


def test_what_is_to_be_saved_is_the_picture_on_its_ground(page, shown, qtbot):
    page.transcript.save_requested.connect(page.viewport.repaint)
    block = shown()

    with qtbot.waitSignal(page.transcript.save_requested) as asked:
        block.save_picture.click()

    image, kind = asked.args
    assert kind == "flowchart"
    assert (image.width(), image.height()) == (300, 500)
    assert not image.hasAlphaChannel()


def test_where_the_words_do_not_fit_the_header_has_icons(page, shown):
    page.transcript.save_requested.connect(page.viewport.repaint)
    block = shown()

    block.resize(300, block.height())

    buttons = (block.toggle, block.save_picture, block.copy_picture, block._copy)
    places = [(button.x(), button.geometry().right()) for button in buttons]
    assert places[0][0] >= 0
    assert all(end < begin for (_, end), (begin, _) in pairwise(places))
    assert block.save_picture.accessibleName() == "Save picture…"
