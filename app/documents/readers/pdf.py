"""PDF files: pdfium's text page by page; pages that are pictures of text go through OCR."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from app.documents.readers.pdf_page import page_text
from app.documents.readers.source import DAMAGED, PROTECTED, Source, Unreadable
from app.documents.values import Page

if TYPE_CHECKING:
    from app.documents.readers.ocr import Recognised

log = logging.getLogger(__name__)

_FEW_CHARACTERS = 50  # a page with fewer may be a scan with a stamp on it
_SCAN_SHARE = 0.4  # of the page is covered by pictures
_MANY_PATHS = 200  # letters drawn as curves
_MAX_OBJECTS = 5_000
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff]")
_GARBLED_SHARE = 0.3  # of the characters mean nothing


def read(source: Source) -> Iterator[Page]:
    document = open_pdf(source.path)
    total = len(document)
    source.start("pdf", total)
    damaged = 0
    for index in range(source.first_page - 1, total):
        try:
            yield _read_page(document, index, source.notice)
        except (pdfium.PdfiumError, ValueError) as error:
            log.debug("page %d: %s", index + 1, error)
            damaged += 1
            yield Page(index + 1, "")
    if damaged:
        source.notice(
            "1 page is damaged and could not be read."
            if damaged == 1
            else f"{damaged:,} pages are damaged and could not be read."
        )
    if total == 0 or damaged == total:
        raise Unreadable(DAMAGED)


def open_pdf(path: str) -> pdfium.PdfDocument:
    """Raises Unreadable for a file that is protected or no PDF."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        is_protected = error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
        raise Unreadable(PROTECTED if is_protected else DAMAGED) from error
    except (OSError, ValueError) as error:
        raise Unreadable(DAMAGED) from error


def _read_page(document: pdfium.PdfDocument, index: int, notice: Callable[[str], None]) -> Page:
    page = document[index]
    text_page = page.get_textpage()
    try:
        text = page_text(text_page)
        width, height = page.get_size()
        if _may_be_scan(page, text, width * height):
            seen = _seen_text(page, notice)
            if seen and (len(seen.text) > len(text.strip()) or _is_garbled(text)):
                return Page(index + 1, seen.text, "", width, height, True, seen.words)
        return Page(index + 1, text, "", width, height)
    finally:
        text_page.close()
        page.close()


def _seen_text(page: pdfium.PdfPage, notice: Callable[[str], None]) -> "Recognised | None":
    """What OCR finds; the other pages go on where it fails."""
    try:
        from app.documents.readers.ocr import read_page  # few files need it

        return read_page(page)
    except Exception as error:  # onnxruntime has kinds of its own, and none in common
        notice(f"Pages without text could not be read by OCR ({type(error).__name__}).")
        return None


def _may_be_scan(page: pdfium.PdfPage, text: str, area: float) -> bool:
    """Hardly any text, yet pictures or very many curves; or text in a font without meaning."""
    if len(text) > 4 * _FEW_CHARACTERS and not _is_garbled(text):
        return False
    if sum(not character.isspace() for character in text) >= _FEW_CHARACTERS:
        return _is_garbled(text)
    pictures = 0.0
    paths = 0
    for count, item in enumerate(page.get_objects(max_depth=3)):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            pictures += abs((right - left) * (top - bottom))
        paths += item.type == pdfium_c.FPDF_PAGEOBJ_PATH
        if pictures > area * _SCAN_SHARE or paths > _MANY_PATHS:
            return True
        if count > _MAX_OBJECTS:
            break
    return False


def _is_garbled(text: str) -> bool:
    """Many of its glyphs have no character behind them: letters of a private alphabet."""
    if len(text) < _FEW_CHARACTERS or text.isascii() or not _STRANGE.search(text):
        return False
    return len(_STRANGE.findall(text)) > len(text) * _GARBLED_SHARE
