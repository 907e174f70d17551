"""What the reader has done off the GUI thread: opening, boxes, selections, finding."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from app.documents.boxes import boxes_of_words, selection_in_words
from app.documents.page_server import PageServer
from app.documents.values import Box, Page, Place
from app.errors import AppError, document_removed
from app.storage.documents_rows import Document

if TYPE_CHECKING:  # it brings the reading and searching of documents with it
    from app.documents.library import Library

MOST_HITS = 1000

Boxes = dict[int, list[Box]]
Drag = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read when a document was opened; ``pages`` where it has no pictures."""

    document: Document
    sizes: list[tuple[float, float]]
    pages: list[Page]
    server: PageServer | None


def open_document(library: "Callable[[], Library]", document_id: int) -> Opened:
    """Raises AppError, also for a document that was removed."""
    found = library()
    try:
        document = found.document(document_id)
    except LookupError as error:
        raise document_removed() from error
    if document.kind != "pdf":
        return Opened(document, [], found.pages(document_id), None)
    server = PageServer(found.stored_file(document_id), document.name)
    try:
        return Opened(document, server.page_sizes(), [], server)
    except AppError:
        server.close()
        raise


def boxes_of(library: "Callable[[], Library]", opened: Opened, places: Sequence[Place]) -> Boxes:
    boxes: Boxes = {}
    for place in places:
        page = library().page(place.document_id, place.page)
        if page.is_ocr:
            found = boxes_of_words(page.words, place.start, place.end)
        elif opened.server is not None:
            found = opened.server.boxes(place.page, place.start, place.end)
        else:
            found = []
        boxes.setdefault(place.page, []).extend(found)
    return boxes


def selection(
    library: "Callable[[], Library]", opened: Opened, number: int, drag: Drag
) -> tuple[tuple[int, int], list[Box]] | None:
    page = library().page(opened.document.id, number)
    if page.is_ocr:
        found = selection_in_words(page.words, *drag)
    else:
        found = opened.server.selection(number, *drag) if opened.server is not None else None
    if found is None:
        return None
    place = Place(opened.document.id, number, *found)
    return found, boxes_of(library, opened, [place]).get(number, [])


def text_of(
    library: "Callable[[], Library]", document_id: int, number: int, start: int, end: int
) -> str:
    return library().page(document_id, number).text[start:end].replace("\u00ad", "")


def find(library: "Callable[[], Library]", document_id: int, query: str) -> list[Place]:
    """Where the words stand, in any case and width; at most ``MOST_HITS`` places."""
    wanted = _folded(query.strip())
    if not wanted:
        return []
    hits = (
        Place(document_id, page.number, at, at + len(wanted))
        for page in library().pages(document_id)
        for at in _positions(_folded(page.text), wanted)
    )
    return list(islice(hits, MOST_HITS))


def _positions(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + len(wanted))
    return found


def _folded(text: str) -> str:
    """Of the same length: a character whose folded form is longer stays as it is."""
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", c).casefold()) == 1 else c
        for c in text.replace("\n", " ")
    )
