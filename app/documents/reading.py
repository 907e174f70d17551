"""Reads documents for a chat: in full, in passes, passages of them, or chosen pages.

Whatever is read is said (``Coverage``), and every later turn of the chat is given the same text at
the same place, so that what the model has computed of it is used again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.chat.messages import CitationsPart, DocumentRef, DocumentsPart, Message
from app.chat.sources import Reading, ReadingProgress
from app.documents import prompt
from app.documents.citation import Citation, Coverage
from app.documents.passes import take_notes
from app.documents.quotes import pages_named, prove
from app.documents.shelf import Library, Shelf
from app.documents.values import Page, Passage
from app.engine.client import EngineClient
from app.errors import nothing_found, nothing_to_read, pages_not_there

PASSAGES = 14


class DocumentReader:
    """Puts documents into the messages of a chat and proves the answers. Any thread may call."""

    def __init__(self, library: Library, engine: EngineClient) -> None:
        self.shelf = Shelf(library)
        self._engine = engine

    def refs(self, document_ids: Sequence[int]) -> tuple[DocumentRef, ...]:
        """The documents as they are now. Raises AppError for one that cannot be read."""
        return tuple(self.shelf.ref(document_id) for document_id in dict.fromkeys(document_ids))

    def missing(self, part: DocumentsPart) -> tuple[DocumentRef, ...]:
        """Those that were removed since they were asked about."""
        return tuple(ref for ref in part.documents if not self.shelf.is_there(ref))

    def read(
        self,
        messages: Sequence[Message],
        known: CitationsPart | None = None,
        on_progress: Callable[[ReadingProgress], None] = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Reading:
        """The messages with the documents in them; see ``app.chat.sources``. Raises AppError."""
        numbers = numbering(messages)
        if not numbers:
            return Reading(tuple(messages))
        last = messages[-1].documents
        if last is None:
            basis = CitationsPart(coverage=self._coverage_so_far(messages, numbers))
        elif known is not None and self._still_holds(last, known):
            basis = replace(known, citations=())
        else:
            basis = self._read(last, messages[-1].text, numbers, on_progress, is_cancelled)
        laid_out = self._laid_out(messages, numbers, basis)
        for document in numbers:  # here, not when the answer is over and others wait behind it
            self.shelf.index(document)  # is kept
        return Reading(laid_out, basis)

    def proven(self, answer: str, messages: Sequence[Message]) -> tuple[Citation, ...]:
        """The quotes of an answer to these messages, each judged."""
        given, named = pages_given(messages), pages_named(answer)
        documents = [
            self.shelf.index(ref, {*given.get(ref.id, ()), *named}) for ref in numbering(messages)
        ]
        return tuple(prove(answer, documents))

    def laid_out(
        self, part: DocumentsPart, words: str, basis: CitationsPart, numbers: "Numbers"
    ) -> Message:
        """One question with its documents before it."""
        return prompt.question(self._texts(part, basis, numbers), words)

    def chosen(self, part: DocumentsPart, document: DocumentRef) -> tuple[Page, ...]:
        """The pages of a document that are to be read: those in the ranges, or all."""
        if part.mode != "pages":
            return self.shelf.pages(document)
        ranges = [found for found in part.ranges if found.document_id == document.id]
        numbers = {
            number
            for one in ranges
            for number in range(max(1, one.first), min(one.last, document.pages) + 1)
        }
        return self.shelf.some_pages(document, numbers)

    def _still_holds(self, part: DocumentsPart, known: CitationsPart) -> bool:
        """Whether what a former answer was based on spares work and is still true."""
        takes_long = part.mode in ("passes", "passages")
        return takes_long and known.coverage is not None and not self.missing(part)

    def _coverage_so_far(self, messages: Sequence[Message], numbers: "Numbers") -> Coverage | None:
        """That of the last answer about documents, unless some were removed since."""
        documents = tuple(numbers)
        if not self.missing(DocumentsPart(documents)):
            proofs = (message.proof for message in reversed(messages) if message.proof)
            return next((proof.coverage for proof in proofs), None)
        read = {(ref.id, page.number) for ref in documents for page in self.shelf.pages(ref)}
        return self.coverage(DocumentsPart(documents), read)

    def _laid_out(
        self, messages: Sequence[Message], numbers: "Numbers", basis: CitationsPart
    ) -> tuple[Message, ...]:
        found: list[Message] = []
        seen: set[DocumentRef] = set()
        for at, message in enumerate(messages):
            part = message.documents
            if part is None:
                found.append(message)
                continue
            is_last = at == len(messages) - 1
            given = basis if is_last else _basis_after(messages, at)
            new = part
            if part.mode == "whole":  # what stands whole in an earlier turn is not said again
                new = replace(part, documents=tuple(d for d in part.documents if d not in seen))
                seen.update(part.documents)
            texts = self._texts(new, given, numbers) if new.documents else []
            found.append(prompt.question(texts, message.text))
        return tuple(found)

    def _texts(self, part: DocumentsPart, basis: CitationsPart, numbers: "Numbers") -> list[str]:
        """The documents as the model gets them, one text each."""
        there = [document for document in part.documents if self.shelf.is_there(document)]
        gone = [prompt.missing(numbers[ref], ref) for ref in part.documents if ref not in there]
        if part.mode == "passes":
            listed = [(numbers[document], document) for document in part.documents]
            return [prompt.notes(listed, basis.notes or prompt.NO_NOTES)]
        if part.mode == "passages":
            texts = [
                prompt.excerpts(numbers[document], document, self._passages(document, basis))
                for document in there
                if any(place.document_id == document.id for place in basis.excerpts)
            ]
            return texts + gone
        return [
            prompt.whole(numbers[document], document, self.chosen(part, document))
            if document in there
            else prompt.missing(numbers[document], document)
            for document in part.documents
        ]

    def _read(
        self,
        part: DocumentsPart,
        words: str,
        numbers: "Numbers",
        on_progress: Callable[[ReadingProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> CitationsPart:
        match part.mode:
            case "passages":
                return self.found(part, words)
            case "passes":
                there = [ref for ref in part.documents if self.shelf.is_there(ref)]
                given = [(numbers[ref], ref, self.shelf.pages(ref)) for ref in there]
                noted = take_notes(self._engine, given, words, on_progress, is_cancelled)
                covered = self.coverage(part, noted.pages)
                return CitationsPart(coverage=covered, notes=noted.text)
            case _:
                pages = {ref: self.chosen(part, ref) for ref in part.documents}
                if part.mode == "pages" and not any(pages.values()):
                    raise pages_not_there()
                if not any(page.text.strip() for found in pages.values() for page in found):
                    raise nothing_to_read()
                read = {(ref.id, page.number) for ref, found in pages.items() for page in found}
                return CitationsPart(coverage=self.coverage(part, read))

    def found(self, part: DocumentsPart, words: str) -> CitationsPart:
        """The passages of the documents that a search for the question finds. Raises AppError."""
        ids = [document.id for document in part.documents]
        passages = self.shelf.library.search(words, ids, limit=PASSAGES)
        if not passages:
            raise nothing_found()
        places = tuple(dict.fromkeys(passage.place for passage in passages))
        covered = self.coverage(part, {(place.document_id, place.page) for place in places})
        return CitationsPart(coverage=replace(covered, passages=len(places)), excerpts=places)

    def coverage(self, part: DocumentsPart, read: Iterable[tuple[int, int]]) -> Coverage:
        """``read`` are (document id, page) pairs."""
        pages = set(read)
        return Coverage(
            part.mode,
            len(pages),
            sum(ref.pages for ref in part.documents),
            len({document_id for document_id, _ in pages}),
            len(part.documents),
        )

    def _passages(self, document: DocumentRef, basis: CitationsPart) -> list[Passage]:
        places = [place for place in basis.excerpts if place.document_id == document.id]
        pages = self.shelf.some_pages(document, [place.page for place in places])
        texts = {page.number: page.text for page in pages}
        return [
            Passage(place, texts.get(place.page, "")[place.start : place.end]) for place in places
        ]


Numbers = dict[DocumentRef, int]


def numbering(messages: Iterable[Message]) -> Numbers:
    """The documents of a conversation with the numbers that the model cites them by, from 1."""
    numbers: Numbers = {}
    for message in messages:
        for document in message.documents.documents if message.documents else ():
            numbers.setdefault(document, len(numbers) + 1)
    return numbers


def pages_given(messages: Iterable[Message]) -> dict[int, set[int]]:
    """Pages that the model was given parts of, by document; whole documents are not listed."""
    given: dict[int, set[int]] = {}
    for message in messages:
        for place in message.proof.excerpts if message.proof else ():
            given.setdefault(place.document_id, set()).add(place.page)
        for pages in message.documents.ranges if message.documents else ():
            given.setdefault(pages.document_id, set()).update(range(pages.first, pages.last + 1))
    return given


def _basis_after(messages: Sequence[Message], at: int) -> CitationsPart:
    """What the answer to a question was based on."""
    answer = messages[at + 1] if at + 1 < len(messages) else None
    return (answer.proof if answer is not None else None) or CitationsPart()
