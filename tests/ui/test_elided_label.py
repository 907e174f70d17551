import pytest
from PySide6.QtGui import QFontMetrics

from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel, elided


@pytest.fixture
def metrics(qapp):
    return QFontMetrics(Theme.load("light").font())


@pytest.mark.parametrize("end", [" (branch)", "（分支）"])
def test_the_mark_of_a_branch_is_seen_where_its_title_is_not(metrics, end):
    title = "What was said of the harbour and of the ferry" + end
    width = metrics.horizontalAdvance(title) // 2

    shown = elided(title, metrics, width)

    assert shown.endswith("…" + end)
    assert metrics.horizontalAdvance(shown) <= width


def test_a_title_that_fits_is_shown_whole(metrics):
    title = "The ferry (branch)"

    assert elided(title, metrics, metrics.horizontalAdvance(title) + 1) == title


def test_where_hardly_anything_fits_the_beginning_is_shown(metrics):
    width = metrics.horizontalAdvance("The (branch)")

    assert elided("The ferry (branch)", metrics, width).startswith("The f")


def test_brackets_inside_a_title_are_cut_like_words(metrics):
    title = "The ferry (of six) and the harbour at low tide"

    shown = elided(title, metrics, metrics.horizontalAdvance(title) // 2)

    assert shown.endswith("…")


def test_the_whole_title_of_a_branch_is_in_its_tooltip(qtbot):
    label = ElidedLabel("heading")
    qtbot.addWidget(label)
    label.resize(150, 20)

    label.setText("What was said of the harbour (branch)")

    assert label.toolTip() == "What was said of the harbour (branch)"
