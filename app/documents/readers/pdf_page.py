"""One page of an open PDF: its text, and where each character of it stands as shown."""

import bisect
import ctypes
from itertools import accumulate

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from app.documents.boxes import merge_lines
from app.documents.job import fit_text
from app.documents.values import Box

# pdfium writes this for a hyphen that ends a line, and joins the two halves.
_LINE_HYPHEN = "\ufffe"
SOFT_HYPHEN = "\u00ad"
_TOLERANCE = 4.0  # points around a character that still count as hitting it


def page_text(text_page: pdfium.PdfTextPage) -> str:
    """The text as pages of documents hold it, but for characters that ``fit_text`` replaces."""
    return _clean(_raw_text(text_page))


def _raw_text(text_page: pdfium.PdfTextPage) -> str:
    return str(text_page.get_text_range(errors="replace")) if text_page.count_chars() else ""


def _clean(raw: str) -> str:
    return raw.replace("\r\n", "\n").replace("\r", "\n").replace(_LINE_HYPHEN, SOFT_HYPHEN)


class PdfPageText:
    """Characters of a page, counted as in ``Page.text``, in points from its top left corner.

    Belongs to the thread that opened the document: pdfium is not made for several.
    """

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._text_page = page.get_textpage()
        raw = _raw_text(self._text_page)
        self.text = fit_text(_clean(raw))
        self._units = _kept_units(raw)
        self._to_shown = _Transform(page)

    def boxes(self, start: int, end: int) -> list[Box]:
        """Boxes of characters ``start`` to ``end``, one per line."""
        first, last = self._pdfium_range(start, end)
        if last < first:
            return []
        count = pdfium_c.FPDFText_CountRects(self._text_page, first, last - first + 1)
        return merge_lines(self._to_shown.box(*self._rectangle(index)) for index in range(count))

    def character_at(self, x: float, y: float) -> int | None:
        """The character at a point, or near it; None on empty paper."""
        index = pdfium_c.FPDFText_GetCharIndexAtPos(
            self._text_page, *self._to_shown.point(x, y), _TOLERANCE, _TOLERANCE
        )
        unit = pdfium_c.FPDFText_GetTextIndexFromCharIndex(self._text_page, index)
        if index < 0 or unit < 0:
            return None
        return min(bisect.bisect_left(self._units, unit), len(self._units) - 1)

    def selection(self, x0: float, y0: float, x1: float, y1: float) -> tuple[int, int] | None:
        """Characters between two points in the order of the text."""
        ends = [self._nearest(x0, y0), self._nearest(x1, y1)]
        if ends[0] is None or ends[1] is None:
            return None
        return min(ends[0], ends[1]), max(ends[0], ends[1]) + 1

    def close(self) -> None:
        self._text_page.close()
        self._page.close()

    def _nearest(self, x: float, y: float) -> int | None:
        """The character at a point, else the one closest to it, lines before columns."""
        found = self.character_at(x, y)
        if found is not None or not self.text:
            return found
        best, best_distance = None, float("inf")
        for index in range(len(self.text)):
            box = self._character_box(index)
            if box is None:
                continue
            across = max(box.left - x, x - box.right, 0.0)
            along = max(box.top - y, y - box.bottom, 0.0)
            if across + along * 3 < best_distance:
                best, best_distance = index, across + along * 3
        return best

    def _character_box(self, index: int) -> Box | None:
        first, last = self._pdfium_range(index, index + 1)
        rect = pdfium_c.FS_RECTF()
        if last < first or not pdfium_c.FPDFText_GetLooseCharBox(self._text_page, first, rect):
            return None
        if rect.right <= rect.left:
            return None
        return self._to_shown.box(rect.left, rect.bottom, rect.right, rect.top)

    def _pdfium_range(self, start: int, end: int) -> tuple[int, int]:
        """First and last index in pdfium's own list of characters; empty: last < first."""
        start, end = max(start, 0), min(end, len(self._units))
        found = [
            pdfium_c.FPDFText_GetCharIndexFromTextIndex(self._text_page, self._units[index])
            for index in ((start, end - 1) if start < end else ())
        ]
        return (found[0], found[1]) if found and min(found) >= 0 else (0, -1)

    def _rectangle(self, index: int) -> tuple[float, float, float, float]:
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        pdfium_c.FPDFText_GetRect(self._text_page, index, left, top, right, bottom)
        return left.value, bottom.value, right.value, top.value


def _kept_units(raw: str) -> list[int]:
    """For each character of the clean text, where it is in pdfium's, in units of UTF-16."""
    widths = [2 if character > "\uffff" else 1 for character in raw]
    offsets = [0, *accumulate(widths)]
    return [
        offset
        for index, (offset, character) in enumerate(zip(offsets, raw, strict=False))
        if not (character == "\r" and raw[index + 1 : index + 2] == "\n")
    ]


class _Transform:
    """Between a PDF page's own coordinates and the page as shown, cropped and turned."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._turns = page.get_rotation() // 90 % 4

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (x0, y0), (x1, y1) = self._shown(left, bottom), self._shown(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        match self._turns:
            case 0:
                return x - self._left, self._top - y
            case 1:
                return y - self._bottom, x - self._left
            case 2:
                return self._right - x, y - self._bottom
            case _:
                return self._top - y, self._right - x

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where on the page a point of the shown page is."""
        match self._turns:
            case 0:
                return x + self._left, self._top - y
            case 1:
                return y + self._left, x + self._bottom
            case 2:
                return self._right - x, y + self._bottom
            case _:
                return self._right - y, self._top - x
