"""The transcript: what is shown, copied and said of a conversation."""

import logging

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest

from app.errors import AppError, ErrorKind
from app.ui.chat import message_item
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.copy_button import CopyButton
from app.ui.chat.message_actions import MessageActions
from app.ui.chat.plain_block import PlainBlock
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.quiet_button import QuietButton
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import RowKind
from app.ui.chat.show_all_line import ShowAllLine
from app.ui.chat.table_block import TableBlock
from app.ui.theme import Theme


def _clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_conversation_opens_at_its_end(page, talk):
    for number in range(200):
        talk.add("user" if number % 2 == 0 else "assistant", f"Message {number}.")

    page.open(talk)

    assert page.texts()[-2] == "Message 199."
    bar = page.transcript.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0


def test_only_what_is_near_is_loaded(page, talk):
    for number in range(10_000):
        talk.add("user" if number % 2 == 0 else "assistant", f"Message {number}. " * 9)

    page.open(talk)

    assert 0 < len(set(talk.asked)) < 40
    assert len(page.rows) < 60


def test_widgets_are_used_again_while_scrolling(page, talk, qtbot):
    for number in range(1_000):
        talk.add("assistant", f"Answer {number}.\n\n```\ncode\n```\n\nMore.")
    page.open(talk)

    for step in range(60):
        page.transcript.verticalScrollBar().setValue(step * 400)
        page.settle()

    made = page.transcript.findChildren(ProseBlock)
    assert len(made) < 90


def test_markdown_is_shown_as_blocks(page, talk):
    talk.add("assistant", "# Head\n\nText\n\n```py\nx = 1\n```\n\n| a |\n|---|\n| 1 |\n\n---\n")

    page.open(talk)

    kinds = [row.kind for row in page.rows]
    expected = [RowKind.PROSE, RowKind.PROSE, RowKind.CODE, RowKind.TABLE, RowKind.RULE]
    assert kinds == [*expected, RowKind.ACTIONS]
    assert page.widgets(TableBlock)[0].toPlainText().split() == ["a", "1"]


def test_what_the_user_typed_is_never_markdown(page, talk):
    talk.add("user", "# not a **heading**\n- <b>no</b> list")

    page.open(talk)

    block = page.widgets(PlainBlock)[0]
    assert block.toPlainText() == "# not a **heading**\n- <b>no</b> list"


def test_a_user_message_is_at_most_85_percent_wide(page, talk):
    talk.add("user", "word " * 200)
    talk.add("user", "hi")

    page.open(talk)

    long, short = page.widgets(PlainBlock)
    assert long.width() == 760
    assert 114 <= long._left < 200
    assert short._left > 650


def test_html_is_shown_as_text(page, talk):
    talk.add("assistant", "<script>alert(1)</script>\n\n<b>bold</b> &amp; so on")

    page.open(talk)

    shown = [block.toPlainText() for block in page.widgets(ProseBlock)]
    assert shown == ["<script>alert(1)</script>", "<b>bold</b> & so on"]


def test_code_is_copied_as_it_was_written(page, talk, qtbot):
    talk.add("assistant", "```sh\nprintf '\\x07'\t\x07 'a\r\n'\n```\n")
    page.open(talk)

    button = page.widgets(CodeBlock)[0].findChild(CopyButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert _clipboard() == "printf '\\x07'\t\x07 'a\r\n'\n"
    assert button.text() == "Copied"


def test_an_answer_is_copied_as_source_and_without_its_reasoning(page, talk, qtbot):
    talk.add("assistant", "**Bold** and `\\(x\\)`\n", reasoning="secret thoughts")
    page.open(talk)

    actions = page.widgets(MessageActions)[0]
    actions.set_revealed(True)
    copy = next(b for b in actions.findChildren(QuietButton) if "Copy" in b.accessibleName())
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)

    assert _clipboard() == "**Bold** and `\\(x\\)`\n"


def test_a_focused_message_is_copied_with_the_keyboard(page, talk, qtbot):
    talk.add("user", "one\ttwo")
    page.open(talk)
    frame = page.transcript._rows.items[0].frame
    frame.setFocus()

    QTest.keyClick(frame, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert _clipboard() == "one\ttwo"


def test_selected_prose_is_copied_as_plain_text(page, talk):
    talk.add("assistant", "Some **bold** text")
    page.open(talk)
    block = page.widgets(ProseBlock)[0]
    block.selectAll()

    data = block.createMimeDataFromSelection()

    assert (data.text(), data.hasHtml()) == ("Some bold text", False)


def test_reasoning_is_one_line_until_it_is_unfolded(page, talk, qtbot):
    talk.add("assistant", "Answer", reasoning="First, **this**.")
    page.open(talk)
    line = page.widgets(ReasoningLine)[0]
    folded = page.texts()[:2]

    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    unfolded = page.texts()[:3]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))

    assert folded == ["Thought for 12 s", "Answer"]
    assert unfolded == ["Thought for 12 s", "First, **this**.", "Answer"]
    assert page.texts()[:2] == folded


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("interrupted", "Interrupted. What was written is kept."),
        ("stopped", "Stopped"),
        ("failed", "Failed: The engine stopped. Try again."),
    ],
)
def test_how_an_answer_ended_is_said(page, talk, state, words):
    talk.add("assistant", "Half of", state=state, error="The engine stopped. Try again.")

    page.open(talk)

    assert [row.text for row in page.of_kind(RowKind.NOTE)] == [words]


def test_damage_on_disk_is_said(page, talk):
    talk.add("user", "What is l", is_intact=False)

    page.open(talk)

    assert "damaged on disk" in page.of_kind(RowKind.NOTE)[0].text


def test_speed_and_reuse_are_said_when_known(page, talk):
    details = {"completion_tokens": 101, "decode_s": 2.0, "prompt_tokens": 3310}
    talk.add("assistant", "Hello", cached_tokens=3204, **details)

    page.open(talk)

    assert page.of_kind(RowKind.ACTIONS)[0].text == "50.0 tok/s · cached 3,204 of 3,310"


def test_a_link_is_told_whole_and_not_opened(page, talk, qtbot):
    url = "https://example.org/a?b=c#d"
    talk.add("assistant", f"[text]({url})")
    page.open(talk)
    block = page.widgets(ProseBlock)[0]

    with qtbot.waitSignal(page.transcript.link_clicked) as told:
        qtbot.mouseClick(block.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 12))

    assert told.args == [url]
    assert block.toPlainText() == "text"


def test_a_message_that_cannot_be_rendered_is_shown_as_plain_text(page, talk, monkeypatch, caplog):
    def fail(block: object) -> None:
        raise IndexError("worse than we thought")

    monkeypatch.setattr(message_item, "rows_of_block", fail)
    talk.add("assistant", "**bad**")
    with caplog.at_level(logging.CRITICAL):
        page.open(talk)

    assert page.texts()[0] == "**bad**"
    assert page.rows[0].kind is RowKind.PLAIN


def test_messages_that_cannot_be_loaded_do_not_stop_the_others(page, talk, caplog):
    talk.add("user", "hi")

    def load(ids: object) -> list:
        raise AppError(ErrorKind.DATABASE, "No", "The disk is gone.")

    with caplog.at_level(logging.CRITICAL):
        page.transcript.open(talk.headers, load)

    assert page.texts() == ["This message could not be loaded."]


def test_more_than_200_kb_is_folded_until_asked_for(page, talk, qtbot):
    code = "".join(f"line {number}\n" for number in range(30_000))
    talk.add("assistant", f"```\n{code}```\n")
    page.open(talk)
    page.transcript.verticalScrollBar().setValue(0)
    page.settle()
    before = page.transcript.verticalScrollBar().maximum()
    row = page.of_kind(RowKind.CODE)[0]
    copied = row.source
    page.transcript.verticalScrollBar().setValue(before)
    page.settle()

    page.widgets(ShowAllLine)[0]._button.click()
    page.settle()

    assert copied == code
    assert page.transcript.verticalScrollBar().maximum() > 10 * before
    assert page.of_kind(RowKind.CODE)[0].text == code.removesuffix("\n")


def test_long_code_lays_out_only_the_lines_in_sight(page, talk):
    talk.add("assistant", "```\n" + "".join(f"line {n}\n" for n in range(3_000)) + "```\n")
    page.open(talk)
    bar = page.transcript.verticalScrollBar()

    bar.setValue(bar.maximum() // 2)
    page.settle()

    view = page.widgets(CodeBlock)[0].view
    assert view.height() < 3 * page.viewport.height()
    first = view.firstVisibleBlock()
    at = page.y_of(view)
    line = view.line_height()
    code_top = page.y_of(page.widgets(CodeBlock)[0]) + 36
    assert at - code_top == first.blockNumber() * line


def test_code_is_highlighted_when_finished(page, talk):
    talk.add("assistant", "```python\nreturn 'é👍' # c\nimport x\n```\n")
    page.open(talk)

    block = page.widgets(CodeBlock)[0].view.document().firstBlock()
    ranges = [(f.start, f.length) for f in block.layout().formats()]

    theme = Theme.load("light")
    colors = [f.format.foreground().color() for f in block.layout().formats()]
    assert ranges[0] == (0, 6)
    assert colors[0] == theme.color("syntax_keyword")
    # "👍" is two units for Qt: the comment begins after both.
    assert ranges[-1] == (13, 3)


def test_another_theme_recolours_what_is_shown(page, talk):
    talk.add("assistant", "Text")
    page.open(talk)
    light = _page_color(page)

    page.transcript.set_theme(Theme.load("dark"))
    page.settle()

    assert light == Theme.load("light").color("surface")
    assert _page_color(page) == Theme.load("dark").color("surface")


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_the_icons_under_a_message_grow_with_its_text(page, talk, percent):
    talk.add("assistant", "Text")
    page.transcript.set_theme(Theme.load("light", percent))

    page.open(talk)

    actions = page.widgets(MessageActions)[0]
    actions.set_revealed(True)
    sizes = {(button.width(), button.height()) for button in actions.findChildren(QuietButton)}
    icon = 16 * percent // 100
    assert len(sizes) == 1
    assert all(abs(side - 12 - icon) <= 2 for size in sizes for side in size)
    assert actions.height() == sizes.pop()[1]


def test_the_column_is_760_wide_and_centred(page, talk):
    talk.add("assistant", "Text")
    page.open(talk)

    block = page.widgets(ProseBlock)[0]
    left = block.mapTo(page.viewport, QPoint(0, 0)).x()

    assert block.width() == 760
    assert abs(left - (page.viewport.width() - 760 - left)) <= 1


def test_a_narrow_window_narrows_the_column(page, talk, qtbot):
    talk.add("assistant", "word " * 300)
    page.open(talk)
    height = page.rows[0].height

    page.transcript.resize(500, 600)
    page.settle()

    assert page.rows[0].widget.width() == page.viewport.width() - 48
    assert page.rows[0].height > height


def test_clear_leaves_nothing(page, talk):
    talk.add("user", "Question")
    page.open(talk)

    page.transcript.clear()

    assert page.rows == []
    assert page.transcript.verticalScrollBar().maximum() == 0


def _page_color(page) -> QColor:
    return page.transcript.grab().toImage().pixelColor(3, 3)


def test_a_page_that_got_ready_shows_its_first_conversation_like_any_other(page, talk):
    talk.add("user", "Question")
    talk.add("assistant", "# Answer\n\n```\nx\n```\n\n| a |\n|---|\n| 1 |\n")
    page.open(talk)
    plain = page.transcript.grab().toImage()
    page.transcript.clear()

    page.transcript.warm()
    page.settle()

    assert page.rows == []
    assert not any(block.isVisible() for block in page.transcript.findChildren(ProseBlock))
    page.open(talk)
    assert page.transcript.grab().toImage() == plain


def test_getting_ready_ends_when_a_conversation_is_opened(page, talk):
    talk.add("assistant", "Answer")
    page.transcript.warm()

    page.open(talk)

    assert page.texts()[0] == "Answer"
    assert len([b for b in page.transcript.findChildren(ProseBlock) if b.isVisible()]) == 1
