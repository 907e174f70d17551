from PySide6.QtGui import QImage

from app.ui.documents.page_layout import GAP, PageLayout
from app.ui.documents.picture_cache import PictureCache

A4 = (595.0, 842.0)


def test_the_widest_page_fits_the_view():
    layout = PageLayout([A4, (1190.0, 842.0)], 1214, None)

    assert layout.scale == 1.0
    assert layout.rect(2).width() == 1190
    assert layout.rect(1).left() == (1214 - 595) / 2


def test_pages_follow_each_other_with_a_gap():
    layout = PageLayout([A4] * 3, 595 + 2 * GAP, None)

    assert [layout.rect(n).top() for n in (1, 2, 3)] == [12, 12 + 854, 12 + 2 * 854]
    assert layout.height == 12 + 3 * 854


def test_the_page_at_a_height_is_the_one_above_a_gap():
    layout = PageLayout([A4] * 3, 595 + 2 * GAP, None)

    assert [layout.page_at(y) for y in (0, 12, 860, 866, 99_999)] == [1, 1, 1, 2, 3]
    assert list(layout.visible(800, 900)) == [1, 2]


def test_no_pages_are_no_error():
    layout = PageLayout([], 300, None)

    assert list(layout.visible(0, 500)) == []


def test_two_thousand_pages_are_found_by_their_height():
    layout = PageLayout([A4] * 2000, 800, 1.0)

    assert layout.page_at(layout.rect(1234).center().y()) == 1234


def test_the_picture_shown_longest_ago_is_dropped():
    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    cache = PictureCache(budget_bytes=900)
    cache.put(1, picture, 1.0)
    cache.put(2, picture, 1.0)
    cache.get(1)

    cache.put(3, picture, 1.0)

    assert cache.get(2) is None
    assert cache.get(1) is not None
    assert cache.scale_of(3) == 1.0
    assert cache.size_bytes == 800
