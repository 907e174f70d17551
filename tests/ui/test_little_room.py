"""Small windows: what does not fit goes below or away, and nothing is cut."""

import pytest
from PySide6.QtWidgets import QWidget

from app.documents.citation import Coverage
from app.documents.plan import ReadingOption, ReadingPlan
from app.settings import Settings
from app.ui.conversation.empty_page import EmptyPage
from app.ui.documents.coverage_dialog import CoverageDialog
from app.ui.stylesheet import stylesheet
from app.ui.theme import Theme
from app.ui.widgets.banner import Banner, Notice
from app.ui.widgets.confirm_dialog import ConfirmDialog

NOTICE = Notice("warn", "It was started in safe mode", "Your chats are untouched. " * 5, "Start")


@pytest.fixture
def banner(qtbot):
    banner = Banner(NOTICE, Theme.load("light"))
    qtbot.addWidget(banner)
    return banner


@pytest.fixture
def small(open_rig):
    """The window as large as an old screen, with text at 200 %."""
    rig = open_rig(settings=Settings(text_percent=200, language="en", titles_by_model=False))
    rig.window.resize(800, 600)
    return rig


def resized(widget, width, height):
    widget.resize(width, height)
    widget.show()
    widget.layout().activate()
    return widget


def test_the_button_of_a_wide_banner_stands_beside_its_words(banner):
    resized(banner, 760, 90)

    assert banner._button.x() > 600


def test_the_button_of_a_narrow_banner_stands_below_its_words(banner):
    resized(banner, 240, 300)

    assert banner._button.x() < 100
    assert banner._button.y() > 100


def test_a_banner_is_shown_whole_in_the_smallest_window(open_rig):
    rig = open_rig()
    rig.window.resize(760, 560)
    rig.page.banners.show_notice("long", Notice("warn", "Title", "Some words to read. " * 40, "Go"))
    shown = rig.page.banners.findChild(Banner)

    rig.wait_until(lambda: shown.height() >= shown.heightForWidth(shown.width()) > 150)


@pytest.mark.parametrize(
    ("height", "shown"),
    [(400, ("mark", "sentence", "row")), (180, ("sentence", "row")), (90, ("sentence",)), (60, ())],
)
def test_an_empty_page_leaves_out_what_does_not_fit(qtbot, height, shown):
    theme = Theme.load("light")
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet(stylesheet(theme))
    page = EmptyPage(window)
    page.set_theme(theme)
    window.show()

    resized(page, 700, height)

    parts = {"mark": page._mark, "sentence": page._sentence, "row": page._row}
    assert tuple(name for name, part in parts.items() if part.isVisible()) == shown
    sentence = page._sentence
    assert sentence.isHidden() or sentence.height() >= sentence.heightForWidth(sentence.width())


def test_a_question_before_deleting_is_no_wider_than_the_window(small):
    dialog = ConfirmDialog("Delete?", "It is gone then.", "Delete", small.page.theme, small.window)

    dialog.open()
    least = dialog.layout().minimumSize().width()
    dialog.reject()

    assert least <= dialog.width() < small.window.width()


def test_the_ways_to_read_are_no_wider_than_the_window(small):
    option = ReadingOption("passages", Coverage("passages", 9, 300, 1, 1, 14), 4_000)
    plan = ReadingPlan(180_000, 6_000, 8_192, (option,))
    dialog = CoverageDialog(plan, small.page.theme, small.page)

    dialog.open()
    least = dialog.layout().minimumSize().width()
    dialog.reject()

    assert least <= dialog.width() < small.window.width()
