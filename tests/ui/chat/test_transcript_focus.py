"""The page by keyboard and by name: focus goes down it, is seen, and is not lost."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from app.ui.chat.copy_button import CopyButton
from app.ui.chat.plain_block import PlainBlock
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.table_block import TableBlock
from app.ui.theme import Theme


def test_every_control_has_a_name(page, talk):
    talk.add("user", "Question")
    talk.add("assistant", "# A\n\n```\nx\n```\n\n| a |\n|---|\n| 1 |\n", reasoning="hm")
    page.open(talk)

    items = page.transcript._rows.items
    named = [item.frame.accessibleName() for item in items]
    unnamed = [
        widget
        for kind in (CopyButton, ReasoningLine, ProseBlock, TableBlock, PlainBlock)
        for widget in page.transcript.findChildren(kind)
        if widget.isVisible() and not widget.accessibleName()
    ]

    assert named == ["Your message", "Answer"]
    assert unnamed == []


def test_tab_goes_down_the_page(page, talk):
    talk.add("user", "Question")
    talk.add("assistant", "One\n\nTwo\n\n```\ncode\n```\n")
    page.open(talk)
    order = []
    widget = page.transcript._rows.items[0].frame
    for _ in range(9):
        order.append(page.y_of(widget))
        widget = widget.nextInFocusChain()
        while not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()):
            widget = widget.nextInFocusChain()
        if not page.viewport.isAncestorOf(widget):
            break

    assert order == sorted(order)
    assert len(order) >= 6


def test_the_focus_ring_is_seen(page, talk):
    talk.add("assistant", "Text")
    page.open(talk)
    frame = page.transcript._rows.items[0].frame
    without = page.transcript.grab().toImage()

    frame.setFocus()

    accent = Theme.load("light").color("accent")
    assert not _has_color(without, accent)
    assert _has_color(page.transcript.grab().toImage(), accent)


def test_a_text_reached_with_the_keyboard_is_ringed(page, talk):
    talk.add("assistant", "Text")
    page.open(talk)
    block = page.widgets(ProseBlock)[0]
    accent = Theme.load("light").color("accent")

    block.setFocus(Qt.FocusReason.MouseFocusReason)
    clicked = page.transcript.grab().toImage()
    block.clearFocus()
    block.setFocus(Qt.FocusReason.TabFocusReason)

    assert not _has_color(clicked, accent)
    assert _has_color(page.transcript.grab().toImage(), accent)


def test_the_widget_with_the_focus_stays_when_it_leaves_the_page(page, talk):
    for number in range(100):
        talk.add("assistant", f"Answer {number}.")
    page.open(talk)
    block = page.widgets(ProseBlock)[-1]
    block.setFocus()

    page.transcript.verticalScrollBar().setValue(0)
    page.settle()

    assert block.hasFocus()
    assert block.toPlainText() == "Answer 99."


def _has_color(image: QImage, color: QColor) -> bool:
    points = ((x, y) for x in range(0, image.width(), 2) for y in range(image.height()))
    return any(image.pixelColor(x, y) == color for x, y in points)
