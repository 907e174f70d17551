"""What a document is made of: pages with text, words on them, and places to point at."""

from dataclasses import dataclass
from typing import Literal

DocumentState = Literal["imported", "text ready", "indexed", "failed"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points (1/72 inch) from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """Where characters ``start`` to ``end`` of a page's text stand on it."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page, sheet, slide or section; ``text`` is what citations are matched against.

    ``width`` and ``height`` are in points, 0 where there is no picture of the page. ``words`` are
    kept only for pages read by OCR: elsewhere the file itself is asked.
    """

    number: int  # from 1
    text: str
    label: str = ""  # "Sheet Costs", "Slide 4", a chapter's title; "" where the number says it all
    width: float = 0.0
    height: float = 0.0
    is_ocr: bool = False
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` of the text of one page of a document."""

    document_id: int
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page as search knows it; ``score`` only orders the results of one search."""

    place: Place
    text: str
    score: float = 0.0
