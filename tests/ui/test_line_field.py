import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.stylesheet import stylesheet
from app.ui.theme import Theme
from app.ui.widgets.line_field import LineField


@pytest.fixture(params=[100, 150, 200])
def make(request, qtbot):
    """Makes a field of the theme that shows something."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet(stylesheet(Theme.load("light", request.param)))

    def make_(text="", placeholder=""):
        field = LineField(parent=window)
        field.setPlaceholderText(placeholder)
        field.setText(text)
        field.ensurePolished()
        field.resize(300, field.sizeHint().height())
        return field

    return make_


def test_typed_chinese_stands_on_the_line_of_latin(make):
    assert abs(_top_of_h(make("H文")) - _top_of_h(make("H"))) <= 1


def test_the_words_of_an_empty_field_stand_where_typed_ones_will(make):
    assert abs(_top_of_h(make(placeholder="H文")) - _top_of_h(make("H文"))) <= 1


def test_a_field_is_as_high_with_chinese_as_without(make):
    typed, empty, latin = make("文"), make(placeholder="文"), make("H")

    for field in (typed, empty, latin):
        field.grab()

    assert typed.sizeHint() == empty.sizeHint() == latin.sizeHint()


def test_other_words_in_an_empty_field_stand_there_too(make):
    field = make(placeholder="H")
    field.grab()

    field.setProperty("placeholderText", "H文")  # as when the language is changed

    assert abs(_top_of_h(field) - _top_of_h(make("H"))) <= 1


def test_a_word_that_is_being_composed_stands_where_it_will_stay(make):
    field = make()

    QApplication.sendEvent(field, QInputMethodEvent("H文", []))

    assert abs(_top_of_h(field) - _top_of_h(make("H"))) <= 1


def _top_of_h(field):
    """The first line of pixels of the letter H that the field begins with."""
    shown = field.grab().toImage()
    first = 4 + field.textMargins().left()
    columns = range(first, first + field.fontMetrics().horizontalAdvance("H"))
    rows = range(4, shown.height() - 4)
    return next(y for y in rows if any(shown.pixelColor(x, y).lightness() < 200 for x in columns))
