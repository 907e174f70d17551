"""Reads a file for a test, and hands back everything that was learnt of it."""

from dataclasses import dataclass
from pathlib import Path

from app.documents.extract import Extraction, Limits, extract
from app.documents.values import Page


@dataclass(frozen=True)
class Read:
    pages: list[Page]
    extraction: Extraction

    @property
    def text(self) -> str:
        return "\n\n".join(page.text for page in self.pages)

    @property
    def notices(self) -> str:
        return " ".join(self.extraction.notices)


def read(path: Path, limits: Limits | None = None, first_page: int = 1) -> Read:
    pages: list[Page] = []
    extraction = extract(path, pages.append, limits=limits, first_page=first_page)
    return Read(pages, extraction)
