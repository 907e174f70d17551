"""Mermaid as pictures: drawn when in sight, never in the way, the source always within reach."""

from collections.abc import Callable
from concurrent.futures import Future
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage

from app.diagrams.job import LONGEST, DiagramJob
from app.ui.chat import diagram_block, diagram_pictures
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.diagram_pictures import DiagramPicture, DiagramPictures
from app.ui.chat.marks import Place
from app.ui.theme import Theme

SOURCE = "flowchart TD\n    A[Start] --> B[Landing]\n"
FENCE = f"```mermaid\n{SOURCE}```\n"


class Drawer:
    """Draws when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[DiagramJob, Future[DiagramPicture | None]]] = []

    def draw(self, job: DiagramJob) -> "Future[DiagramPicture | None]":
        result: Future[DiagramPicture | None] = Future()
        self.asked.append((job, result))
        return result

    @property
    def waited_for(self) -> "list[Future[DiagramPicture | None]]":
        return [result for _, result in self.asked if not result.done()]

    def answer(self, picture: DiagramPicture | None) -> None:
        for result in self.waited_for:
            result.set_result(picture)


def picture(width: int = 300, height: int = 500, letters: int = 14) -> DiagramPicture:
    """Red, so high and so wide with letters of 14 pixels."""
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(200, 0, 0, 128))
    return DiagramPicture(image, width / letters, height / letters)


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    made = Drawer()
    monkeypatch.setattr(diagram_block, "PICTURES", DiagramPictures(made))
    monkeypatch.setattr(diagram_pictures, "can_draw", lambda: True)
    return made


@pytest.fixture
def shown(page: Any, talk: Any, drawer: Drawer, qtbot: Any) -> Callable[..., DiagramBlock]:
    """An answer with a diagram that has been drawn."""

    def show(text: str = FENCE, drawn: DiagramPicture | None = None) -> DiagramBlock:
        talk.add("assistant", text)
        page.transcript.open(talk.headers, talk.load)
        qtbot.waitUntil(lambda: bool(drawer.waited_for))
        drawer.answer(drawn or picture())
        page.settle()
        return page.widgets(DiagramBlock)[0]

    return show


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
