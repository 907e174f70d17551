"""OpenDocument texts and presentations; their spreadsheets are read in ``sheets``."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.documents.readers.bounded_zip import BoundedZip, open_archive
from app.documents.readers.office_xml import attribute, events
from app.documents.readers.sections import Block, cut_sections, cut_unit
from app.documents.readers.source import PROTECTED, Source, Unreadable
from app.documents.values import Page

_HIDDEN = {"tracked-changes", "annotation", "binary-data", "forms", "settings"}
_BREAKS = {"tab": "\t", "line-break": "\n"}
_MAX_SPACES = 200


def read_text(source: Source) -> Iterator[Page]:
    source.start("odt", 0)
    yield from cut_sections(_blocks(open_content(open_archive(source))))


def read_presentation(source: Source) -> Iterator[Page]:
    slides = _slides(open_content(open_archive(source)))
    source.start("odp", len(slides))
    number = 1
    for index, text in enumerate(slides, 1):
        for page in cut_unit(text, f"Slide {index}", number):
            yield page
            number = page.number + 1


def open_content(archive: BoundedZip) -> bytes:
    """The XML with all text. Raises Unreadable where the parts are encrypted."""
    refuse_protected(archive)
    return archive.read("content.xml")


def refuse_protected(archive: BoundedZip) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in archive:
        # Some writers name a DTD here.
        for event, name, _ in events(archive.read(manifest), has_dtd=True):
            if event == "start" and name == "encryption-data":
                raise Unreadable(PROTECTED)


def _slides(data: bytes) -> list[str]:
    slides: list[str] = []
    blocks: list[str] = []
    for block in _blocks(data, ends_slide="page"):
        if block is _SLIDE_END:
            slides.append("\n".join(blocks))
            blocks = []
        else:
            blocks.append(block.text)
    return slides


_SLIDE_END = Block("")


def _blocks(data: bytes, ends_slide: str = "") -> Iterator[Block]:
    """Text stands both in elements and behind them, so it is taken in as the tree closes."""
    row: list[str] = []
    stack: list[list[str]] = [[]]  # the text inside each open element
    hidden = tables = 0
    for event, name, element in events(data):
        if event == "start":
            hidden += name in _HIDDEN
            tables += name == "table"
            stack.append([])
            continue
        inner = (element.text or "") + "".join(stack.pop())
        hidden -= name in _HIDDEN
        tables -= name == "table"
        if hidden or name in _HIDDEN:
            inner = ""
        elif name in ("p", "h") and not tables:
            yield Block(inner, _level(name, element), "\n" if ends_slide else "\n\n")
            inner = ""
        elif name == "table-cell" and tables == 1:
            row.append(" ".join(inner.split()))
            inner = ""
        elif name == "table-row" and tables == 1:
            yield Block("\t".join(row), separator="\n")
            row, inner = [], ""
        elif name == ends_slide:
            yield _SLIDE_END
        elif name in ("p", "h"):
            inner += " "
        stack[-1].append(_shown(name, element, inner) + (element.tail or ""))


def _shown(name: str, element: Element, inner: str) -> str:
    if name == "s":
        count = attribute(element, "c")
        return " " * min(int(count) if count.isdecimal() else 1, _MAX_SPACES)
    return _BREAKS.get(name, inner)


def _level(name: str, element: Element) -> int:
    level = attribute(element, "outline-level")
    return int(level) if name == "h" and level.isdecimal() and 0 < int(level) < 10 else 0
