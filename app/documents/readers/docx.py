"""Word files: paragraphs, tables, headings and notes in their order; no macros, no drawings."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.documents.readers.bounded_zip import BoundedZip, open_archive
from app.documents.readers.office_xml import attribute, events
from app.documents.readers.sections import Block, cut_sections
from app.documents.readers.source import Source
from app.documents.values import Page

# Left out: text that was deleted, field codes, and the second form of what has two.
_HIDDEN = {"del", "moveFrom", "instrText", "Fallback", "rPr", "sectPr"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
_EXTRA_PARTS = (
    ("word/footnotes.xml", "Footnotes"),
    ("word/endnotes.xml", "Endnotes"),
    ("word/comments.xml", "Comments"),
)


def read(source: Source) -> Iterator[Page]:
    source.start("docx", 0)
    yield from cut_sections(_all_blocks(open_archive(source)))


def _all_blocks(archive: BoundedZip) -> Iterator[Block]:
    levels = _heading_levels(archive)
    yield from _blocks(archive.read("word/document.xml"), levels)
    for part, title in _EXTRA_PARTS:
        if part in archive:
            blocks = [block for block in _blocks(archive.read(part), {}) if block.text.strip()]
            if blocks:
                yield Block(title, 1)
                yield from blocks


def _heading_levels(archive: BoundedZip) -> dict[str, int]:
    """Style → level of heading; names differ between languages, outline levels do not."""
    levels: dict[str, int] = {}
    if "word/styles.xml" not in archive:
        return levels
    style = ""
    for event, name, element in events(archive.read("word/styles.xml")):
        if event == "start" and name == "style":
            style = attribute(element, "styleId")
        elif event == "start" and name == "outlineLvl":
            level = attribute(element, "val")
            if level.isdecimal() and int(level) < 9:
                levels[style] = int(level) + 1
    return levels


def _blocks(data: bytes, levels: dict[str, int]) -> Iterator[Block]:
    text: list[str] = []
    row: list[str] = []  # cells of the table row that is open
    level = hidden = depth_of_table = 0
    for event, name, element in events(data):
        if name in _HIDDEN:
            hidden += 1 if event == "start" else -1
        elif hidden:
            continue
        elif event == "start":
            text.append(_BREAKS.get(name, ""))
            level = _level(name, element, levels, level)
            depth_of_table += name == "tbl"
        elif name == "t":
            text.append(element.text or "")
        elif name == "p" and not depth_of_table:
            yield Block("".join(text), level)
            text, level = [], 0
        elif name == "p":
            text.append("\n")
        elif name == "tc" and depth_of_table == 1:
            row.append(" ".join("".join(text).split()))
            text = []
        elif name == "tr" and depth_of_table == 1:
            yield Block("\t".join(row), separator="\n")
            row, level = [], 0
        elif name == "tbl":
            depth_of_table -= 1


def _level(name: str, element: Element, levels: dict[str, int], level: int) -> int:
    if name == "p":
        return 0
    return levels.get(attribute(element, "val"), level) if name == "pStyle" else level
