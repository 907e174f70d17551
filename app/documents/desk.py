"""The document library, its reader and its warm states, opened when first needed."""

import threading
from collections.abc import Callable, Sequence

from app.chat.messages import CitationsPart, DocumentRef, Message
from app.chat.sources import Reading, ReadingProgress
from app.documents.citation import Citation
from app.documents.library import Library
from app.documents.plan import Planner
from app.documents.reading import DocumentReader
from app.documents.warm import WarmStates
from app.engine.client import EngineClient
from app.engine.protocol import EngineOptions
from app.paths import Paths


class DocumentDesk:
    """Any thread may call. What needs the library opens it, which may raise AppError.

    It is itself what a chat reads documents through (``app.chat.sources.Sources``).
    """

    def __init__(self, paths: Paths, engine: EngineClient) -> None:
        self._paths, self._engine = paths, engine
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._reader: DocumentReader | None = None
        self._warm: WarmStates | None = None
        self._is_closed = False

    @property
    def has_library(self) -> bool:
        """Whether any document was ever added here."""
        return self._paths.documents_database.exists()

    def library(self) -> Library:
        with self._lock:
            if self._library is None:
                assert not self._is_closed, "the desk is closed"
                self._library = Library.open(self._paths)
            return self._library

    def reader(self) -> DocumentReader:
        library = self.library()
        with self._lock:
            if self._reader is None:
                self._reader = DocumentReader(library, self._engine)
            return self._reader

    def planner(self) -> Planner:
        return Planner(self.reader(), self._engine)

    def warm_states(self) -> WarmStates:
        """The kept states; removing a document removes those that hold it."""
        reader = self.reader()
        with self._lock:
            if self._warm is None:
                budget = EngineOptions().cache_disk_bytes
                self._warm = WarmStates(self._engine, reader, self._paths.warm, budget)
                assert self._library is not None
                self._library.on_removed(self._warm.forget)
            return self._warm

    def refs(self, document_ids: Sequence[int]) -> tuple[DocumentRef, ...]:
        return self.reader().refs(document_ids)

    def read(
        self,
        messages: Sequence[Message],
        known: CitationsPart | None = None,
        on_progress: Callable[[ReadingProgress], None] = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Reading:
        """Chats without documents never open the library."""
        if not any(message.documents for message in messages):
            return Reading(tuple(messages))
        return self.reader().read(messages, known, on_progress, is_cancelled)

    def proven(self, answer: str, messages: Sequence[Message]) -> tuple[Citation, ...]:
        return self.reader().proven(answer, messages)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            library, self._library = self._library, None
        if library is not None:
            library.close()
