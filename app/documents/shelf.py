"""The documents that a question is about, with their pages and ready for proof; kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol

from app.chat.messages import DocumentRef
from app.documents.quotes import ProofIndex
from app.documents.values import DocumentState, Page, Passage
from app.errors import document_not_ready, document_removed

KEPT_CHARACTERS = 30_000_000  # of page text in memory
# A longer document (some 4,000 pages) is not held in memory: its index takes 40 bytes a character
# while it is built, so quotes are looked for on the pages that the model was given or names.
MOST_CHARACTERS = 12_000_000
READABLE: tuple[DocumentState, ...] = ("text ready", "indexed")


class KnownDocument(Protocol):
    """What is asked of a document of the library."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def characters(self) -> int: ...
    @property
    def state(self) -> DocumentState: ...
    @property
    def error(self) -> str: ...


class Library(Protocol):
    """What is asked of the library; see ``app.documents.library``."""

    def document(self, document_id: int, /) -> KnownDocument: ...

    def pages(self, document_id: int, first: int = 1, last: int | None = None, /) -> list[Page]: ...

    def search(
        self, query: str, document_ids: Sequence[int] | None = None, *, limit: int = 14
    ) -> list[Passage]: ...


class Shelf:
    """Pages and proof indexes of documents, read once. Any thread may use it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[int, str], tuple[Page, ...]] = OrderedDict()
        self._indexes: dict[tuple[int, str], ProofIndex] = {}

    def ref(self, document_id: int) -> DocumentRef:
        """The document as it is now. Raises AppError while it cannot be read."""
        try:
            document = self.library.document(document_id)
        except LookupError:
            raise document_removed() from None
        if document.state not in READABLE:
            raise document_not_ready(document.name, document.error)
        pages = document.pages or len(self.library.pages(document_id))
        return DocumentRef(document_id, document.sha256, document.name, pages)

    def is_there(self, document: DocumentRef) -> bool:
        """Whether it is still in the library, with the same content."""
        try:
            return self.library.document(document.id).sha256 == document.sha256
        except LookupError:
            return False

    def pages(self, document: DocumentRef) -> tuple[Page, ...]:
        """All pages; none when it was removed."""
        if not self.is_there(document):
            return ()
        key = (document.id, document.sha256)
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
                return found
        found = tuple(self.library.pages(document.id))
        with self._lock:
            self._pages[key] = found
            self._keep_to_limit()
        return found

    def characters(self, document: DocumentRef) -> int:
        """0 when it was removed."""
        return self.library.document(document.id).characters if self.is_there(document) else 0

    def some_pages(self, document: DocumentRef, numbers: Iterable[int]) -> tuple[Page, ...]:
        """These pages alone, without reading all of a long document."""
        if not self.is_there(document):
            return ()
        wanted = sorted({number for number in numbers if 0 < number <= document.pages})
        if self.characters(document) <= MOST_CHARACTERS:
            return tuple(page for page in self.pages(document) if page.number in wanted)
        found = (self.library.pages(document.id, number, number) for number in wanted)
        return tuple(page for pages in found for page in pages)

    def index(self, document: DocumentRef, given: Iterable[int] = ()) -> ProofIndex:
        """The document ready for proof; an empty one when it was removed.

        Of one that is too long, the pages ``given``.
        """
        if self.characters(document) > MOST_CHARACTERS:
            pages = self.some_pages(document, given)
            return ProofIndex(document.id, document.name, pages, is_partial=True)
        pages = self.pages(document)
        key = (document.id, document.sha256)
        with self._lock:
            known = self._indexes.get(key)
        if known is not None and pages:
            return known
        made = ProofIndex(document.id, document.name, pages)
        with self._lock:
            if key in self._pages:
                self._indexes[key] = made
        return made

    def _keep_to_limit(self) -> None:
        """Forget what was used longest ago; the newest stays, however large."""
        sizes = {key: sum(len(page.text) for page in pages) for key, pages in self._pages.items()}
        while len(self._pages) > 1 and sum(sizes.values()) > KEPT_CHARACTERS:
            key, _ = self._pages.popitem(last=False)
            del sizes[key]
            self._indexes.pop(key, None)
