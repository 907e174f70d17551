"""PowerPoint files: a page per slide in the order of the talk, with its tables and notes."""

import re
from collections.abc import Iterator

from app.documents.readers.bounded_zip import BoundedZip, open_archive
from app.documents.readers.office_xml import attribute, events, relations
from app.documents.readers.sections import cut_unit
from app.documents.readers.source import Source
from app.documents.values import Page

_PRESENTATION = "ppt/presentation.xml"
_EMPTY_LINES = re.compile(r"\n{3,}")


def read(source: Source) -> Iterator[Page]:
    archive = open_archive(source)
    slides = _slides(archive)
    source.start("pptx", len(slides))
    number = 1
    for index, slide in enumerate(slides, 1):
        for page in cut_unit(_slide_text(archive, slide), f"Slide {index}", number):
            yield page
            number = page.number + 1


def _slides(archive: BoundedZip) -> list[str]:
    targets = relations(archive, _PRESENTATION)
    ids = [
        _relation_id(element.attrib)
        for event, name, element in events(archive.read(_PRESENTATION))
        if event == "start" and name == "sldId"
    ]
    return [targets[relation_id] for relation_id in ids if relation_id in targets]


def _relation_id(attributes: dict[str, str]) -> str:
    """r:id, which stands beside an ``id`` without a namespace."""
    return next((value for key, value in attributes.items() if key.endswith("}id")), "")


def _slide_text(archive: BoundedZip, slide: str) -> str:
    if slide not in archive:
        return ""
    texts = [_text(archive.read(slide))]
    for target in relations(archive, slide).values():
        if "/notesSlides/" in target and target in archive:
            notes = _text(archive.read(target))
            texts += [f"Notes:\n{notes}"] if notes else []
    return "\n\n".join(texts).strip()


def _text(data: bytes) -> str:
    """Paragraphs by lines, shapes by empty lines, table rows with tabs."""
    shapes: list[str] = []
    text: list[str] = []
    row: list[str] = []
    in_cell = in_number = False
    for event, name, element in events(data):
        if event == "start":
            in_cell = in_cell or name == "tc"
            # A slide's own number is no text of the speaker's.
            in_number = in_number or (name == "fld" and attribute(element, "type") == "slidenum")
            text += ["\n"] if name == "br" else ["\t"] if name == "tab" else []
        elif name == "t" and not in_number:
            text.append(element.text or "")
        elif name == "fld":
            in_number = False
        elif name == "p":
            text.append(" " if in_cell else "\n")
        elif name == "tc":
            row.append("".join(text).strip())
            text, in_cell = [], False
        elif name == "tr":
            shapes.append("\t".join(row).rstrip("\t"))
            row = []
        elif name in ("sp", "graphicFrame"):
            shapes += ["".join(text).strip(), ""]
            text = []
    return _EMPTY_LINES.sub("\n\n", "\n".join(shapes)).strip("\n")
