"""Scanned pages: the words that are seen, and where they stand."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from app.documents.boxes import boxes_of_words, selection_in_words
from app.documents.extract import Limits
from app.documents.values import Box
from tests.documents.pdf_files import chinese, lines, picture_of, scan_of, write_pdf
from tests.documents.reading import Read, read

ENGLISH = ("The tenant pays the rent", "on the first day of May.")
TURNED = ("The tenant pays the rent", "on the first day of May.", "He gives a deposit.")


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """An English page, a Chinese one, and one with text in it, all read in one go."""
    folder = tmp_path_factory.mktemp("scan")

    def columns(canvas: Canvas) -> None:
        lines("Left one is here", "left two is here", top=540, leading=18)(canvas)
        lines("Right one is here", "right two is here", left=270, top=540, leading=18)(canvas)

    pages = [
        lines(*ENGLISH, top=540, leading=18),
        chinese("合同自双方签字之日起生效。", top=540),
        columns,
    ]
    text = write_pdf(folder / "text.pdf", pages, (420, 595))
    return read(scan_of(text, folder / "scan.pdf"))


def test_english_and_chinese_are_read(scan: Read):
    assert " ".join(scan.pages[0].text.split()) == " ".join(ENGLISH)
    assert scan.pages[1].text == "合同自双方签字之日起生效。"


def test_pages_read_by_ocr_are_marked_and_told(scan: Read):
    assert [page.is_ocr for page in scan.pages] == [True, True, True]
    assert scan.extraction.notices == ("Pages 1-3 were read by OCR.",)


def test_columns_are_read_one_after_the_other(scan: Read):
    assert scan.pages[2].text.split("\n") == [
        *("Left one is here", "left two is here"),
        *("Right one is here", "right two is here"),
    ]


def test_words_stand_where_they_were_drawn(scan: Read):
    page = scan.pages[0]
    start = page.text.index("rent")
    left = 50 + Canvas("").stringWidth("The tenant pays the ", "Helvetica", 12)

    (box,) = boxes_of_words(page.words, start, start + 4)

    assert box.left == pytest.approx(left, abs=6)
    assert box.top < 595 - 540 < box.bottom + 6


def test_every_word_is_the_text_at_its_place(scan: Read):
    for page in scan.pages:
        words = [page.text[word.start : word.end] for word in page.words]
        assert "".join(words) == "".join(page.text.split())


def test_a_selection_goes_from_word_to_word(scan: Read):
    page = scan.pages[0]
    first, last = page.words[1].box, page.words[3].box

    found = selection_in_words(page.words, first.left, first.top + 1, last.right, last.top + 1)

    assert found is not None
    assert page.text[slice(*found)] == "tenant pays the"


def test_a_blank_page_needs_no_ocr(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("text on this page"), lambda canvas: None])

    found = read(path)

    assert [page.is_ocr for page in found.pages] == [False, False]


def test_a_scan_with_a_stamp_in_text_is_still_read(tmp_path: Path):
    text = write_pdf(tmp_path / "t.pdf", [lines(*ENGLISH, top=540, leading=18)], (420, 595))
    scanned = scan_of(text, tmp_path / "s.pdf")
    stamped = _stamp(scanned, tmp_path / "stamped.pdf")

    (page,) = read(stamped).pages

    assert page.is_ocr
    assert "The tenant pays the rent" in page.text


def test_a_page_whose_ocr_fails_leaves_the_others(tmp_path: Path):
    text = write_pdf(tmp_path / "t.pdf", [lines(*ENGLISH, top=540)], (420, 595))
    scanned = scan_of(text, tmp_path / "s.pdf")
    with pypdfium2.PdfDocument(scanned) as document:
        document.import_pages(pypdfium2.PdfDocument(text), [0], 0)
        document.save(tmp_path / "both.pdf")

    found = read(tmp_path / "both.pdf", Limits(memory_bytes=150 << 20))

    assert "The tenant pays the rent" in found.pages[0].text
    assert not any(page.is_ocr for page in found.pages)
    assert found.notices


def _stamp(source: Path, target: Path) -> Path:
    """The same picture with "EX-17" as text on it."""
    with pypdfium2.PdfDocument(source) as document:
        picture = ImageReader(document[0].render(scale=150 / 72).to_pil())

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture, 0, 0, 420, 595)
        canvas.drawString(300, 20, "EX-17")

    return write_pdf(target, [draw], (420, 595))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_was_scanned_the_wrong_way_round_is_read(tmp_path: Path, turn: int):
    text = write_pdf(tmp_path / "t.pdf", [lines(*TURNED, top=540, leading=18)], (420, 595))
    picture = picture_of(text).rotate(-turn, expand=True)
    scanned = _scan(picture, tmp_path / "s.pdf")

    (page,) = read(scanned).pages

    assert page.text.split("\n") == [*TURNED]
    (box,) = boxes_of_words(page.words, page.text.index("deposit"), len(page.text) - 1)
    assert _is_dark(picture, box)


def test_a_page_that_lay_askew_is_read(tmp_path: Path):
    text = write_pdf(tmp_path / "t.pdf", [lines(*TURNED, top=540, leading=18)], (420, 595))
    picture = picture_of(text).rotate(2.5, fillcolor="white", resample=Image.Resampling.BICUBIC)

    (page,) = read(_scan(picture, tmp_path / "s.pdf")).pages

    assert page.text.split("\n") == [*TURNED]


def test_a_picture_of_something_else_has_no_text(tmp_path: Path):
    noise = Image.effect_noise((620, 877), 90).convert("RGB")
    text = write_pdf(tmp_path / "t.pdf", [lines(*ENGLISH, top=540)], (420, 595))
    with pypdfium2.PdfDocument(text) as both:
        both.import_pages(pypdfium2.PdfDocument(_scan(noise, tmp_path / "n.pdf")))
        both.save(tmp_path / "both.pdf")

    assert read(tmp_path / "both.pdf").pages[1].text == ""


def _scan(picture: Image.Image, target: Path) -> Path:
    size = (picture.width * 72 / 150, picture.height * 72 / 150)

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture), 0, 0, *size)

    return write_pdf(target, [draw], size)


def _is_dark(picture: Image.Image, box: Box) -> bool:
    """Whether letters stand there."""
    edges = (box.left, box.top, box.right, box.bottom)
    inside = picture.crop(tuple(round(edge * 150 / 72) for edge in edges)).convert("L")
    return inside.getextrema()[0] < 100
