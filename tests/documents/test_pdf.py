"""PDF text and the places of its characters, against what was drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.documents.page_server import PageServer
from app.documents.values import Box
from tests.documents.pdf_files import PAGE, chinese, lines, one_text_page, write_pdf
from tests.documents.reading import read

FULL = "The quick brown fox jumps over the lazy dog and runs on."


@contextmanager
def server_of(path: Path) -> Iterator[PageServer]:
    server = PageServer(path)
    try:
        yield server
    finally:
        server.close()


def boxes_of(path: Path, quote: str, page: int = 1) -> list[Box]:
    text = read(path).pages[page - 1].text
    with server_of(path) as server:
        start = text.index(quote)
        return server.boxes(page, start, start + len(quote))


def is_near(box: Box, left: float, baseline: float, right: float, height: float = PAGE[1]) -> bool:
    """The box holds the line at this baseline (from below), and hardly anything beside it."""
    is_wide_as = abs(box.left - left) < 2 and abs(box.right - right) < 2
    return is_wide_as and box.top < height - baseline < box.bottom + 4 and box.bottom - box.top < 20


def test_lines_come_in_their_order(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("First line here", "second line there")])

    assert read(path).text.split("\n") == ["First line here", "second line there"]


def test_a_word_divided_at_the_end_of_a_line_has_a_soft_hyphen(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("This is an exam-", "ple of hyphenation.")])

    assert read(path).text == "This is an exam\u00adple of hyphenation."


def test_the_text_of_the_server_is_the_text_that_was_read(tmp_path: Path):
    pages = [lines("One exam-", "ple", "", "end"), chinese("中文，文档。", "第二行"), lines("x")]
    path = write_pdf(tmp_path / "a.pdf", pages)

    with server_of(path) as server:
        texts = [server.text(number) for number in (1, 2, 3)]

    assert texts == [page.text for page in read(path).pages]


def test_boxes_are_where_the_words_were_drawn(tmp_path: Path):
    path = write_pdf(
        tmp_path / "a.pdf", [lines("Before it", "the quoted words stand here", "after")]
    )

    (box,) = boxes_of(path, "quoted words")

    width = Canvas("").stringWidth
    left = 50 + width("the ", "Helvetica", 12)
    assert is_near(box, left, 766, left + width("quoted words", "Helvetica", 12))


def test_a_quote_over_two_lines_has_a_box_for_each(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("it begins on this line and", "ends on that")])

    first, second = boxes_of(path, "this line and\nends on")

    assert second.top > first.bottom - 2
    assert second.left == pytest.approx(50, abs=2)


def test_a_quote_through_a_divided_word_has_boxes_on_both_lines(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("a divided exam-", "ple word")])

    assert len(boxes_of(path, "exam\u00adple")) == 2


def test_a_quote_in_one_column_touches_no_other_column(tmp_path: Path):
    def draw(canvas: Canvas) -> None:
        lines("Left column one", "left column two", "left three")(canvas)
        lines("Right column one", "right column two", left=320)(canvas)

    found = boxes_of(write_pdf(tmp_path / "a.pdf", [draw]), "left column two")

    assert all(box.right < 300 for box in found)


@pytest.mark.parametrize("font", ["Times-Roman", "Helvetica-Bold", "Courier"])
def test_boxes_of_a_line_with_several_fonts_are_one(tmp_path: Path, font: str):
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "plain and ")
        left = 50 + canvas.stringWidth("plain and ", "Helvetica", 12)
        canvas.setFont(font, 12)
        canvas.drawString(left, 700, "another font")

    assert len(boxes_of(write_pdf(tmp_path / "a.pdf", [draw]), "plain and another font")) == 1


def test_chinese_words_have_boxes(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [chinese("第一章，合同的订立。", "甲方与乙方。")])

    (box,) = boxes_of(path, "合同的订立")

    assert is_near(box, 50 + 4 * 16, 780, 50 + 9 * 16)


def test_characters_beyond_the_basic_plane_keep_later_boxes_right(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [chinese("前𠀀𠀀后面的字")])
    text = read(path).text

    (box,) = boxes_of(path, text[-3:])

    assert box.left > 50 + 3 * 16 - 2


def test_a_ligature_is_two_letters_in_one_place(tmp_path: Path):
    encoding = b"/Encoding<</Type/Encoding/Differences[1/fi]>>"
    path = tmp_path / "a.pdf"
    path.write_bytes(one_text_page(b"", b"\001nd it", (50, 200), encoding))

    with server_of(path) as server:
        first, second, third = (server.boxes(1, start, start + 1) for start in range(3))

    assert read(path).text == "find it"
    assert first == second != third


def test_a_glyph_that_stands_for_several_characters_keeps_later_boxes_right(tmp_path: Path):
    """B means nothing, C means "ff", D a character beyond the basic plane."""
    table = (
        b"1 begincodespacerange <00> <ff> endcodespacerange "
        b"3 beginbfchar <42> <0000> <43> <00660066> <44> <D83DDE00> endbfchar"
    )
    stream = b"<</Length %d>>stream\nbegincmap %s endcmap\nendstream" % (len(table) + 19, table)
    plain, odd = tmp_path / "plain.pdf", tmp_path / "odd.pdf"
    plain.write_bytes(one_text_page(b"", b"aB cC eD after", (50, 200)))
    odd.write_bytes(one_text_page(b"", b"aB cC eD after", (50, 200), b"/ToUnicode 6 0 R", [stream]))

    assert "cff e\U0001f600 after" in read(odd).text
    assert boxes_of(odd, "after") == boxes_of(plain, "after")


@pytest.mark.parametrize(
    ("entries", "size", "corner"),
    [
        (b"", (400, 300), (100, 100)),
        (b"/Rotate 90", (300, 400), (200, 100)),
        (b"/Rotate 180", (400, 300), (300, 200)),
        (b"/Rotate 270", (300, 400), (100, 300)),
        (b"/CropBox[50 60 350 260]", (300, 200), (50, 60)),
        (b"/CropBox[50 60 350 260]/Rotate 90", (200, 300), (140, 50)),
        (b"/CropBox[50 60 350 260]/Rotate 270", (200, 300), (60, 250)),
    ],
)
def test_boxes_are_right_on_turned_and_cropped_pages(
    tmp_path: Path, entries: bytes, size: tuple[float, float], corner: tuple[float, float]
):
    """The text begins at (100, 200) of a page of 400 x 300: ``corner`` as shown, from the top."""
    path = tmp_path / "a.pdf"
    path.write_bytes(one_text_page(entries, FULL[:20].encode(), (100, 200)))

    (box,) = boxes_of(path, "The")
    with server_of(path) as server:
        shown = server.page_sizes()[0]
        picture = server.picture(1, 1)
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        character = server.character_at(1, x, y)
    inked = _ink(picture.data, picture.stride, box)
    reach = max(abs(box.left - corner[0]), abs(box.top - corner[1]))

    assert shown == size
    assert (picture.width, picture.height) == size
    assert reach < 30
    assert inked > 20
    assert character in (0, 1, 2)


def _ink(data: bytes, stride: int, box: Box) -> int:
    """Dark pixels inside the box of a picture at one pixel per point."""
    return sum(
        data[y * stride + x * 4] < 128
        for y in range(int(box.top), int(box.bottom) + 1)
        for x in range(int(box.left), int(box.right) + 1)
    )


def test_text_between_two_points_is_selected(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("First line here", "second line there")])
    text = read(path).text

    with server_of(path) as server:
        first, last = server.boxes(1, 6, 7)[0], server.boxes(1, 21, 22)[0]
        found = server.selection(1, first.left + 1, first.top + 2, last.right - 1, last.top + 2)
        beside = server.selection(1, 300, first.top + 2, 40, last.top + 2)

    assert found is not None
    assert text[slice(*found)] == "line here\nsecond"
    assert beside is not None


def test_nothing_is_at_a_point_on_empty_paper(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("text")])

    with server_of(path) as server:
        assert server.character_at(1, 300, 600) is None


def test_pages_before_the_first_wanted_are_not_passed_on(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines(f"page {number}") for number in range(1, 6)])

    found = read(path, first_page=4)

    assert [(page.number, page.text) for page in found.pages] == [(4, "page 4"), (5, "page 5")]
    assert found.extraction.pages_total == 5
