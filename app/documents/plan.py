"""What each way of reading documents would read, and whether it fits; for the user to choose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.chat.messages import DocumentRef, DocumentsPart, Message, PageRange, TextPart
from app.chat.template import render_prompt
from app.documents.citation import Coverage, ReadingMode
from app.documents.passes import answer_room, parts_of
from app.documents.reading import DocumentReader, numbering
from app.documents.values import Page
from app.engine.client import EngineClient
from app.engine.protocol import ModelInfo
from app.errors import AppError, documents_too_long

_PAGE_MARK_TOKENS = 10
_CHARACTERS_PER_TOKEN = 4
_PAGES_AT_ONCE = 50
_COUNTED_TIMES = 40  # as long as the context: up to there tokens are counted, not estimated
_FRAME_TOKENS = 220  # the marks around a document, and what is said before all of them


@dataclass(frozen=True, slots=True)
class ReadingOption:
    """One way to read: what it covers, its tokens, and how many times the model is asked first."""

    mode: ReadingMode
    coverage: Coverage
    tokens: int  # of the prompt of the answer; 0 where the notes decide
    passes: int = 0
    fits: bool = True


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """``tokens`` is what all documents need in full, ``room`` what there is for the prompt."""

    tokens: int
    room: int
    context_length: int
    options: tuple[ReadingOption, ...]

    @property
    def fits(self) -> bool:
        """Whether the documents can be read in full."""
        return self.tokens <= self.room

    def option(self, mode: ReadingMode) -> ReadingOption:
        return next(option for option in self.options if option.mode == mode)


class Planner:
    """Counts with the model's own tokens, which takes long: never on the GUI thread."""

    def __init__(self, reader: DocumentReader, engine: EngineClient) -> None:
        self._reader = reader
        self._engine = engine

    def plan(
        self,
        words: str,
        document_ids: Sequence[int],
        *,
        history: Sequence[Message] = (),
        ranges: Sequence[PageRange] = (),
    ) -> ReadingPlan:
        """All ways to read these documents for this question. Raises AppError."""
        model = self._engine.wait_ready()
        room = model.context_length - answer_room(model.context_length)
        part = DocumentsPart(self._reader.refs(document_ids), "whole", tuple(ranges))
        tokens = self._estimated(part)
        if tokens < _COUNTED_TIMES * model.context_length:
            tokens = self._tokens(model, part, words, history)
        whole = ReadingOption("whole", self._all(part), tokens, fits=tokens <= room)
        options = [whole, self._in_passes(model, part, words, is_one=whole.fits)]
        options += self._passages(model, part, words, history, room)
        options.append(self._of_pages(model, part, words, history, room))
        return ReadingPlan(tokens, room, model.context_length, tuple(options))

    def check(self, words: str, document_ids: Sequence[int], history: Sequence[Message]) -> None:
        """Raises AppError when these documents cannot be read in full."""
        plan = self.plan(words, document_ids, history=history)
        if not plan.fits:
            raise documents_too_long(plan.tokens, plan.room, plan.option("passes").passes)

    def _all(self, part: DocumentsPart) -> Coverage:
        """What is covered when nothing is left out."""
        if part.mode == "pages":
            chosen = ((ref, self._reader.chosen(part, ref)) for ref in part.documents)
            read = {(ref.id, page.number) for ref, pages in chosen for page in pages}
        else:
            read = {(ref.id, page) for ref in part.documents for page in range(ref.pages)}
        return self._reader.coverage(part, read)

    def _estimated(self, part: DocumentsPart) -> int:
        """Tokens, by their usual length; of what is far too long nobody wants the exact number."""
        characters = sum(self._reader.shelf.characters(ref) for ref in part.documents)
        return characters // _CHARACTERS_PER_TOKEN

    def _tokens(
        self, model: ModelInfo, part: DocumentsPart, words: str, history: Sequence[Message]
    ) -> int:
        question = Message("user", (part, TextPart(words)))
        reading = self._reader.read([*history, question])
        return self._engine.count_prompt(render_prompt(model, reading.messages))

    def _in_passes(
        self, model: ModelInfo, part: DocumentsPart, words: str, *, is_one: bool
    ) -> ReadingOption:
        in_passes = replace(part, mode="passes")
        if is_one:
            return ReadingOption("passes", self._all(in_passes), 0, 1)
        tokens = self._estimated(part)
        if tokens > _COUNTED_TIMES * model.context_length:
            passes = -(-tokens // (model.context_length * 3 // 4))
            return ReadingOption("passes", self._all(in_passes), 0, passes)
        numbers = numbering([Message("user", (in_passes,))])
        given = [(numbers[ref], ref, self._reader.shelf.pages(ref)) for ref in part.documents]
        passes = len(parts_of(self._engine, model, given, words))
        return ReadingOption("passes", self._all(in_passes), 0, passes)

    def _passages(
        self,
        model: ModelInfo,
        part: DocumentsPart,
        words: str,
        history: Sequence[Message],
        room: int,
    ) -> list[ReadingOption]:
        """None when the search finds nothing."""
        chosen = replace(part, mode="passages")
        try:
            found = self._reader.found(chosen, words)
            tokens = self._tokens(model, chosen, words, history)
        except AppError:
            return []
        assert found.coverage is not None
        return [ReadingOption("passages", found.coverage, tokens, fits=tokens <= room)]

    def _of_pages(
        self,
        model: ModelInfo,
        part: DocumentsPart,
        words: str,
        history: Sequence[Message],
        room: int,
    ) -> ReadingOption:
        """The chosen ranges, or as many first pages as there is room for."""
        ranges = part.ranges or self._first_pages(model, part, words, history, room)
        chosen = replace(part, mode="pages", ranges=ranges)
        if not ranges:
            return ReadingOption("pages", self._reader.coverage(chosen, ()), 0, fits=False)
        tokens = self._tokens(model, chosen, words, history)
        return ReadingOption("pages", self._all(chosen), tokens, fits=tokens <= room)

    def _from_the_first(self, document: DocumentRef) -> Iterator[Page]:
        """Page by page, so that a long document is not read for its first ones."""
        for first in range(1, document.pages + 1, _PAGES_AT_ONCE):
            numbers = range(first, first + _PAGES_AT_ONCE)
            yield from self._reader.shelf.some_pages(document, numbers)

    def _first_pages(
        self,
        model: ModelInfo,
        part: DocumentsPart,
        words: str,
        history: Sequence[Message],
        room: int,
    ) -> tuple[PageRange, ...]:
        without = self._tokens(model, replace(part, documents=()), words, history)
        left = (room - without - _FRAME_TOKENS * len(part.documents)) * 19 // 20
        ranges = []
        for document in part.documents:
            last = 0
            for page in self._from_the_first(document):
                left -= self._engine.count_tokens(page.text) + _PAGE_MARK_TOKENS
                if left < 0:
                    break
                last = page.number
            if last:
                ranges.append(PageRange(document.id, 1, last))
            if left < 0:
                break
        return tuple(ranges)
