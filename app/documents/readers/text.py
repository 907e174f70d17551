"""Plain text, Markdown, tables with commas and source code: read as a stream, of any size."""

import io
import re
from collections.abc import Iterator

from app.documents.readers.encoding import SAMPLE_BYTES, find_encoding, tell_guess
from app.documents.readers.sections import SECTION_CHARACTERS, Block, cut_sections
from app.documents.readers.source import Source
from app.documents.values import Page

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")


def read_text(source: Source) -> Iterator[Page]:
    source.start("text", 0)
    yield from cut_sections(_paragraphs(_lines(source)))


def read_markdown(source: Source) -> Iterator[Page]:
    source.start("markdown", 0)
    yield from cut_sections(_paragraphs(_lines(source), has_headings=True))


def read_table(source: Source) -> Iterator[Page]:
    source.start("csv", 0)
    yield from _numbered(_lines(source), "Rows")


def read_code(source: Source) -> Iterator[Page]:
    source.start("code", 0)
    yield from _numbered(_lines(source), "Lines")


def _lines(source: Source) -> Iterator[str]:
    """Lines without their ends; a very long one comes in pieces."""
    source.file.seek(0)
    codec = find_encoding(source.file.read(SAMPLE_BYTES))
    tell_guess(codec, source.notice)
    source.file.seek(0)
    lines = io.TextIOWrapper(source.file, codec, "replace", newline=None)
    while line := lines.readline(SECTION_CHARACTERS):
        # Zeros are what is left of a file whose end was never written.
        yield line.rstrip("\n").replace("\0", "")


def _paragraphs(lines: Iterator[str], *, has_headings: bool = False) -> Iterator[Block]:
    """Lines up to an empty one, kept as they are; a heading begins a block of its own."""
    kept: list[str] = []
    size, is_fenced, separator = 0, False, "\n\n"
    for line in lines:
        is_fenced ^= bool(has_headings and _FENCE.match(line))
        heading = _HEADING.match(line) if has_headings and not is_fenced else None
        is_full = size + len(line) > SECTION_CHARACTERS
        is_text = bool(line.strip()) or is_fenced
        if kept and (heading or is_full or not is_text):
            yield Block("\n".join(kept), separator=separator)
            separator = "\n" if is_full and is_text and not heading else "\n\n"
            kept, size = [], 0
        if heading:
            yield Block(line, len(heading[1]))
        elif is_text:
            kept.append(line.rstrip())
            size += len(line) + 1
    if kept:
        yield Block("\n".join(kept), separator=separator)


def _numbered(lines: Iterator[str], word: str) -> Iterator[Page]:
    """Sections that say which lines they are."""
    kept: list[str] = []
    number = first = 1
    size = 0
    for line_number, line in enumerate(lines, 1):
        if kept and size + len(line) > SECTION_CHARACTERS:
            yield Page(number, "\n".join(kept), f"{word} {first}-{line_number - 1}")
            kept, size, first, number = [], 0, line_number, number + 1
        kept.append(line)
        size += len(line) + 1
    while kept and not kept[-1].strip():
        kept.pop()
    if kept:
        yield Page(number, "\n".join(kept), f"{word} {first}-{first + len(kept) - 1}")
