"""What an answer rests on: each quote with the places that prove it, and how much was read."""

from dataclasses import dataclass
from typing import Literal

from app.documents.values import Place

CitationStatus = Literal["verified", "close", "ambiguous", "unverified"]
ReadingMode = Literal["whole", "passes", "passages", "pages"]
READING_MODES: tuple[ReadingMode, ...] = ("whole", "passes", "passages", "pages")


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote of an answer, judged against the documents' own text.

    verified: word for word in one place, where the answer says. close: the same words with small
    differences, or word for word on another page than the answer says; ``reason`` tells which.
    ambiguous: in several places, all of them in ``places``. unverified: not found; ``places`` then
    holds the nearest passage, if there is one, and ``reason`` what differs.
    """

    quote: str  # as the model wrote it
    document_id: int | None  # where it was found or, for one not found, where the answer says
    page: int | None  # that the answer names
    status: CitationStatus
    places: tuple[Place, ...] = ()
    reason: str = ""  # a sentence for the user; "" for a verified quote
    answer_start: int = 0  # characters of the answer's text: the quote with its marks and reference
    answer_end: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the documents the model was given."""

    mode: ReadingMode
    pages_read: int
    pages_total: int
    documents_read: int
    documents_total: int
    passages: int = 0

    @property
    def words(self) -> str:
        """As a sentence: "Read 312 of 312 pages." or "14 passages of 3 documents."."""
        if self.mode == "passages":
            found = _count(self.passages, "passage")
            return f"{found} of {_count(self.documents_total, 'document')}."
        among = f" of {self.documents_total} documents" if self.documents_total > 1 else ""
        way = ", in passes" if self.mode == "passes" else ""
        return f"Read {self.pages_read:,} of {_count(self.pages_total, 'page')}{among}{way}."


def verified_words(citations: tuple[Citation, ...]) -> str:
    """ "7 of 8 quotes verified."; "" for an answer without quotes."""
    if not citations:
        return ""
    verified = sum(citation.status == "verified" for citation in citations)
    return f"{verified} of {_count(len(citations), 'quote')} verified."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
