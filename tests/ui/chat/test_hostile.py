"""Content that means harm, or only looks like it: it is shown, and nothing is loaded or lost."""

import ctypes
import os
import struct
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtWidgets import QTextEdit

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.plain_block import PlainBlock
from app.ui.chat.prose_block import ProseBlock
from app.ui.chat.rows import RowKind
from app.ui.chat.table_block import TableBlock

_IN_OPEN = 0x20


class OpenWatch:
    """Says whether a file was opened, by anyone (Linux: inotify)."""

    def __init__(self, path: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK)
        self._libc.inotify_add_watch(self._handle, os.fsencode(path), _IN_OPEN)

    def opens(self) -> int:
        try:
            data = os.read(self._handle, 4096)
        except BlockingIOError:
            return 0
        return len(data) // struct.calcsize("iIII")

    def close(self) -> None:
        os.close(self._handle)


@pytest.fixture
def picture(tmp_path):
    """A red picture, and a watch on it."""
    path = tmp_path / "red.png"
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.save(str(path))
    if not sys.platform.startswith("linux"):
        pytest.skip("inotify is Linux only")
    watch = OpenWatch(path)
    yield path, watch
    watch.close()


def _shown(page) -> str:
    """Every text on the page, from the widgets themselves."""
    texts = []
    for row in page.rows:
        widget = row.widget
        if isinstance(widget, QTextEdit):
            texts.append(widget.toPlainText())
        elif isinstance(widget, CodeBlock):
            texts.append(widget.view.toPlainText())
    return "\n".join(texts)


def test_the_watch_sees_an_open(picture):
    path, watch = picture

    path.read_bytes()

    assert watch.opens() == 1


@pytest.mark.parametrize(
    "source",
    [
        "![red](file://{path})",
        "![red]({path})",
        '![red](<{path}> "title")',
        "[![red](file://{path})](http://a.example)",
        "- ![red]({path})\n\n> ![red]({path})",
        "| ![red]({path}) |\n|---|\n| ![red](file://{path}) |",
        "<img src='{path}'> <link rel=stylesheet href='{path}'>",
        "![red][r]\n\n[r]: {path}",
    ],
)
def test_no_picture_on_this_computer_is_opened(page, talk, picture, source):
    path, watch = picture
    talk.add("assistant", source.replace("{path}", str(path)))

    page.open(talk)
    image = page.transcript.grab().toImage()

    assert watch.opens() == 0
    pixels = {image.pixel(x, y) for x in range(0, 900, 3) for y in range(0, 200, 3)}
    assert QColor("red").rgb() not in pixels
    assert "red" in _shown(page)


def test_a_picture_relative_to_the_working_folder_is_not_opened(page, talk, picture, monkeypatch):
    path, watch = picture
    monkeypatch.chdir(path.parent)
    talk.add("assistant", "![red](red.png)")

    page.open(talk)
    page.transcript.grab()

    assert watch.opens() == 0


@pytest.mark.parametrize("url", ["//host/share/x.png", "\\\\host\\share\\x.png", "http://h/x.png"])
def test_a_picture_elsewhere_is_a_name_and_not_an_image(page, talk, url):
    talk.add("assistant", f"![the chart]({url})")

    page.open(talk)

    document = page.widgets(ProseBlock)[0].document()
    assert "[the chart]" in document.toPlainText()
    assert "\ufffc" not in document.toPlainText()


@pytest.mark.parametrize("made", [ProseBlock, PlainBlock, TableBlock])
@pytest.mark.parametrize("kind", ["ImageResource", "StyleSheetResource", "HtmlResource"])
def test_a_block_is_asked_for_every_resource_and_opens_none(qtbot, picture, made, kind):
    path, watch = picture
    asked = []

    class Asked(made):
        def loadResource(self, kind, name):
            asked.append(name)
            return super().loadResource(kind, name)

    widget = Asked()
    qtbot.addWidget(widget)
    url = QUrl.fromLocalFile(str(path))

    given = widget.document().resource(QTextDocument.ResourceType[kind], url)

    assert (asked, watch.opens()) == ([url], 0)
    assert given.size().toTuple() == (1, 1) if kind == "ImageResource" else given.isEmpty()


def test_an_image_that_does_get_into_a_document_opens_nothing(qtbot, picture):
    path, watch = picture
    block = ProseBlock()
    qtbot.addWidget(block)
    block.show()

    for name in (str(path), f"file://{path}", path.name):
        block.textCursor().insertImage(name)
    block.grab()

    assert watch.opens() == 0


def test_scripts_are_text(page, talk):
    source = "<script>fetch('http://a')</script>\n<iframe src=javascript:alert(1)></iframe>"
    talk.add("assistant", source)
    talk.add("user", source)

    page.open(talk)

    assert _shown(page).replace("\n", " ").count("<script>fetch('http://a')</script>") == 2
    assert "<iframe src=javascript:alert(1)></iframe>" in _shown(page)


def test_a_line_of_a_megabyte_is_shown_a_piece_at_a_time(page, talk):
    talk.add("assistant", "start " + "x" * 1_000_000)
    page.open(talk)
    page.transcript.verticalScrollBar().setValue(0)
    page.settle()

    assert _shown(page).startswith("start xxx")
    rows = page.transcript._rows.items[0].rows
    assert [row.text for row in rows if row.kind is RowKind.SHOW_ALL] == ["Show all, 1.0 MB"]
    assert max(len(row.text) for row in page.rows) < 10_000


def test_a_megabyte_that_streams_stays_quick(page, talk):
    page.open(talk)
    page.transcript.begin_answer(1)

    for _ in range(100):
        page.transcript.add_text("x" * 10_000)
        page.transcript._stream._on_flush()

    assert page.transcript._flush_timer.interval() <= 100
    assert len(page.rows) < 60
    rows = page.transcript._rows.items[0].rows
    assert sum(len(row.text) for row in rows) == 1_000_000


def test_a_table_of_ten_thousand_rows_shows_its_first_hundred(page, talk):
    talk.add("assistant", "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000)
    page.open(talk)

    table = page.transcript.findChildren(TableBlock)
    assert page.of_kind(RowKind.SHOW_ALL)[0].text == "Show all 10,000 rows as text"
    assert len(table[0].toPlainText().split()) == 2 * 101


def test_five_thousand_nested_quotes_are_shown_as_they_are(page, talk):
    source = ">" * 5_000 + " deep"
    talk.add("assistant", source)

    page.open(talk)

    shown = "".join(row.text for row in page.transcript._rows.items[0].rows)
    assert source in shown
    assert all(row.kind is not RowKind.PROSE for row in page.rows)


def test_five_thousand_nested_lists_are_shown_as_they_are(page, talk):
    source = "- " * 5_000 + "deep"
    talk.add("assistant", source)

    page.open(talk)

    assert all(row.kind is not RowKind.PROSE for row in page.rows)
    assert "deep" in _shown(page)


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بالعالم",
        "שלום עולם",
        "👨\u200d👩\u200d👧 🏳️\u200d🌈 👍🏽",
        "e\u0301\u0323 ñ",
        "中文，全角。",
        "𝕬𝖇𝖈",
    ],
)
def test_any_script_is_shown_as_it_was_written(page, talk, text):
    talk.add("user", text)
    talk.add("assistant", text)

    page.open(talk)

    assert _shown(page).split("\n") == [text, text]


def test_control_characters_and_nul_are_seen(page, talk):
    text = "a\x00b\x1b[2Jc\x7fd\ud800e"
    talk.add("user", text)
    talk.add("assistant", text + "\n\n```\n" + text + "\n```\n")

    page.open(talk)

    assert _shown(page).split("\n") == ["a␀b␛[2Jc␡d\ufffde"] * 3


def test_what_qt_uses_inside_documents_is_not_taken_from_text(page, talk):
    talk.add("assistant", "a\ufdd0b\ufdd1c\ufffcd\u2029e")
    talk.add("user", "a\ufdd0b\ufdd1c\ufffcd\u2029e")

    page.open(talk)

    assert _shown(page).replace("\n", " ") == "a\ufffdb\ufffdc\ufffdd e a\ufffdb\ufffdc\ufffdd e"


@pytest.mark.parametrize(
    "source",
    [
        "*" * 20_000,
        "[" * 20_000,
        "`" * 9_001,
        "![](" * 5_000,
        "&amp;" * 5_000,
        "|" * 20_000,
        "_a" * 9_000,
    ],
)
def test_repeated_marks_do_not_stop_a_chat_from_opening(page, talk, source):
    talk.add("assistant", source)

    page.open(talk)

    assert page.rows
    assert page.rows[-1].kind is RowKind.ACTIONS
