"""Lines of centred words are about equally long."""

import pytest

from app.ui.widgets.balanced_label import BalancedLabel


@pytest.mark.parametrize(
    "text",
    ["Ask anything. It stays on this computer.", "将文件拖到这里。它们只留在这台电脑上。"],
)
@pytest.mark.parametrize("share", [0.95, 0.7, 0.45])
def test_no_word_stands_alone_on_the_last_line(qtbot, text, share):
    label = BalancedLabel(text, "title")
    qtbot.addWidget(label)
    width = label.fontMetrics().horizontalAdvance(text)
    given = round(width * share)

    lines = -(-width // given)

    assert label.narrowest(given) <= given
    assert label.narrowest(given) < 1.5 * width / lines


def test_words_on_one_line_stay_there(qtbot):
    label = BalancedLabel("Ask anything", "title")
    qtbot.addWidget(label)
    width = label.fontMetrics().horizontalAdvance("Ask anything")

    assert label.narrowest(3 * width) <= width + 2
