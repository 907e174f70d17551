"""Pictures of text, such as scans and photographs: each frame is a page that is read by OCR."""

from collections.abc import Iterator

from PIL import Image, ImageOps

from app.documents.readers.source import DAMAGED, Source, Unreadable
from app.documents.values import Page

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
_MOST_PIXELS = 100_000_000  # A3 at 600 dots per inch has 70 million
_TOO_LARGE = "It has more pixels than Doorstep takes from one picture. Save it smaller."
_MAX_SIDE = 2_000  # as pages of PDF files are read


def read(source: Source) -> Iterator[Page]:
    source.file.seek(0)
    try:
        with Image.open(source.file, formats=_FORMATS) as picture:
            total = getattr(picture, "n_frames", 1)
            source.start("picture", total)
            for index in range(source.first_page - 1, min(total, source.limits.pages + 1)):
                picture.seek(index)
                yield _page(picture, index + 1)
    except Image.DecompressionBombError as error:
        raise Unreadable(_TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # as its plug-ins raise them
        raise Unreadable(DAMAGED) from error


def _page(picture: Image.Image, number: int) -> Page:
    from app.documents.readers.ocr import read_picture

    if picture.width * picture.height > _MOST_PIXELS:
        raise Unreadable(_TOO_LARGE)
    picture.draft("RGB", (_MAX_SIDE, _MAX_SIDE))  # a photograph is unpacked at a fraction
    frame = ImageOps.exif_transpose(picture)
    frame.thumbnail((_MAX_SIDE, _MAX_SIDE), Image.Resampling.BILINEAR)
    seen = read_picture(_on_white(frame), 1.0)
    # No width and height: pages that are shown as pictures are those of PDF files.
    return Page(number, seen.text if seen else "", is_ocr=True)


def _on_white(frame: Image.Image) -> Image.Image:
    if not frame.has_transparency_data:
        return frame.convert("RGB")
    paper = Image.new("RGBA", frame.size, "white")
    return Image.alpha_composite(paper, frame.convert("RGBA")).convert("RGB")
