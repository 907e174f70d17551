"""Cuts running text into pages: at headings and paragraphs, so that none is long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.documents.values import Page

SECTION_CHARACTERS = 4_000  # of running text
UNIT_CHARACTERS = 20_000  # of a slide, sheet, chapter or message: more becomes a second part
_HEADING_BREAK = 1_500  # a section that is at least this long ends before a main heading


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading (level 1 to 9) or a table row."""

    text: str
    level: int = 0
    separator: str = "\n\n"  # between this block and the one before


def cut_sections(blocks: Iterable[Block], first_number: int = 1) -> Iterator[Page]:
    """Pages of at most 4,000 characters, each labelled with the heading it stands under."""
    number, text, label, heading = first_number, "", "", ""
    for block in blocks:
        if not block.text.strip():
            continue
        is_break = 0 < block.level <= 2 and len(text) >= _HEADING_BREAK
        for piece in cut_text(block.text, SECTION_CHARACTERS):
            needed = len(text) + len(block.separator) + len(piece)
            if text and (is_break or needed > SECTION_CHARACTERS):
                yield Page(number, text, label)
                number, text, is_break = number + 1, "", False
            if block.level:
                heading = " ".join(block.text.lstrip("#").split())[:120]
            if not text:
                label = heading
            text += (block.separator if text else "") + piece
    if text:
        yield Page(number, text, label)


def cut_unit(text: str, label: str, first_number: int) -> Iterator[Page]:
    """One page for a slide, sheet, chapter or message; more where it is very long."""
    for index, piece in enumerate(cut_text(text, UNIT_CHARACTERS)):
        part = f"{label}, part {index + 1}" if index else label
        yield Page(first_number + index, piece, part)


def cut_text(text: str, size: int) -> Iterator[str]:
    """Pieces of at most ``size`` characters, cut after a line, a sentence or a word if possible."""
    start = 0
    while len(text) - start > size:
        end = _cut(text, start, start + size)
        yield text[start:end].rstrip("\n")
        start = end
        while start < len(text) and text[start] == "\n":
            start += 1
    if start < len(text) or not text:
        yield text[start:]


def _cut(text: str, start: int, end: int) -> int:
    for ending in ("\n\n", "\n", "。", ". ", " "):
        found = text.rfind(ending, start + (end - start) // 2, end)
        if found >= 0:
            return found + len(ending)
    return end
