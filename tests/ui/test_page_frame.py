"""What pages have in common: their column stays where it is."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from app.ui.pages.page_frame import PageFrame
from app.ui.theme import Theme


@pytest.fixture
def frame(qtbot):
    frame = PageFrame("Models", Theme.load("light"))
    qtbot.addWidget(frame)
    frame.show()
    qtbot.waitExposed(frame)
    return frame


def place_of_column(frame):
    left = frame.title.mapTo(frame, QPoint(0, 0)).x()
    return left, frame.title.width()


@pytest.mark.parametrize("width", [500, 1_200])
def test_the_column_stays_where_it_is_when_the_scroll_bar_comes(frame, qtbot, width):
    frame.resize(width, 600)
    bar = frame._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: not bar.isVisible())
    before = place_of_column(frame)

    long = QLabel("\n".join("line" for _ in range(200)))
    frame.column.addWidget(long)
    qtbot.waitUntil(bar.isVisible)
    beside_the_bar = place_of_column(frame)
    frame.column.removeWidget(long)
    long.deleteLater()
    qtbot.waitUntil(lambda: not bar.isVisible())

    assert beside_the_bar == before
    assert place_of_column(frame) == before
