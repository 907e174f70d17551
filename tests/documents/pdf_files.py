"""Makes the PDF files of the tests: real ones, written by ReportLab or byte by byte."""

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

CHINESE_FONT = "STSong-Light"
PAGE = (595.0, 842.0)

_HEAD = b"%PDF-1.4\n"


def write_pdf(
    path: Path, draw: Sequence[Callable[[Canvas], None]], size: tuple[float, float] = PAGE
) -> Path:
    """One page per function; each gets the canvas with 12 point Helvetica set."""
    canvas = Canvas(str(path), pagesize=size, invariant=True)
    for draw_page in draw:
        canvas.setFont("Helvetica", 12)
        draw_page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines(
    *texts: str, left: float = 50, top: float = 780, leading: float = 14
) -> Callable[[Canvas], None]:
    """Draw lines of text downwards; the baseline of the first is at ``top``."""

    def draw(canvas: Canvas) -> None:
        for index, text in enumerate(texts):
            canvas.drawString(left, top - index * leading, text)

    return draw


def chinese(*texts: str, top: float = 780) -> Callable[[Canvas], None]:
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE_FONT))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(CHINESE_FONT, 16)
        lines(*texts, top=top, leading=26)(canvas)

    return draw


def scan_of(source: Path, target: Path, dpi: float = 150) -> Path:
    """The same pages as pictures, with no text in them."""
    with pypdfium2.PdfDocument(source) as document:
        size = document[0].get_size()
        canvas = Canvas(str(target), pagesize=size, invariant=True)
        for page in document:
            picture = ImageReader(page.render(scale=dpi / 72).to_pil())
            canvas.drawImage(picture, 0, 0, *page.get_size())
            canvas.showPage()
        canvas.save()
    return target


def picture_of(source: Path, dpi: float = 150) -> Image.Image:
    """The first page in RGB."""
    with pypdfium2.PdfDocument(source) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB")


def raw_pdf(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A file of these objects, numbered from 1, with a right cross-reference table."""
    out = io.BytesIO()
    out.write(_HEAD)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(
        b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    )
    return out.getvalue()


def one_text_page(
    page_entries: bytes,
    text: bytes,
    at: tuple[int, int],
    font_entries: bytes = b"",
    more: Sequence[bytes] = (),
) -> bytes:
    """A page of 400 by 300 points with one line of 12 point text; ``more`` objects from 6 on."""
    content = b"BT /F 12 Tf %d %d Td (%s) Tj ET" % (*at, text)
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>%s>>" % page_entries,
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%s>>" % font_entries,
            *more,
        ]
    )


def many_pages(count: int) -> bytes:
    """``count`` pages that say which one they are with the same few objects each."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for number in range(1, count + 1):
        content = b"BT /F 12 Tf 50 700 Td (This is page %d of many.) Tj ET" % number
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % len(objects)
        )
    names = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, names)
    return raw_pdf(objects)


def mutate(data: bytes, seed: int) -> bytes:
    """The file with a few bytes changed, a piece cut out, doubled, zeroed or cut off."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    start = chance.randrange(len(changed))
    length = chance.randint(1, len(changed) // 8)
    match seed % 5:
        case 0:
            del changed[start : start + length]
        case 1:
            changed[start:start] = changed[start : start + length]
        case 2:
            changed[start : start + length] = bytes(len(changed[start : start + length]))
        case 3:
            del changed[max(start, 100) :]
        case _:
            digits = [index for index, byte in enumerate(changed) if byte in b"0123456789"]
            for index in chance.sample(digits, min(40, len(digits))):
                changed[index] = chance.choice(b"0123456789")
    return bytes(changed)
