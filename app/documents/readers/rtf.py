"""Rich Text Format: its text, without pictures and other objects in it."""

from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from app.documents.readers.sections import Block, cut_sections
from app.documents.readers.source import DAMAGED, EXPANDS, Source, Unreadable
from app.documents.values import Page

MAX_BYTES = 64 << 20


def read(source: Source) -> Iterator[Page]:
    source.start("rtf", 0)
    if source.size_bytes > MAX_BYTES:
        raise Unreadable(EXPANDS)
    markup = source.file.read().decode("latin-1")
    try:
        text = rtf_to_text(markup, errors="replace")
    except (ValueError, IndexError, KeyError, LookupError, TypeError) as error:
        raise Unreadable(DAMAGED) from error
    # Cells end in "|" and rows in a line of their own.
    paragraphs = (line.rstrip("|").replace("|", "\t") for line in text.split("\n"))
    yield from cut_sections(Block(paragraph, separator="\n") for paragraph in paragraphs)
