"""The document library, its reader and its warm states, opened when first needed."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.chat.messages import CitationsPart, DocumentRef, Message
from app.chat.sources import Reading, ReadingProgress
from app.documents.citation import Citation
from app.engine.client import EngineClient
from app.engine.emptied import empty_states
from app.errors import AppError
from app.paths import Paths
from app.settings import Settings

if TYPE_CHECKING:  # loaded when documents are first asked for: most chats have none
    from app.documents.engine_embedder import EngineEmbedder
    from app.documents.library import Library
    from app.documents.plan import Planner
    from app.documents.reading import DocumentReader
    from app.documents.warm import WarmStates

log = logging.getLogger(__name__)


class DocumentDesk:
    """Any thread may call. What needs the library opens it, which may raise AppError.

    It is itself what a chat reads documents through (``app.chat.sources.Sources``).
    """

    def __init__(
        self,
        paths: Paths,
        engine: EngineClient,
        find_embedder: "Callable[[str], EngineEmbedder | None]" = lambda _: None,
        settings: Settings | None = None,
    ) -> None:
        """``find_embedder`` is called when the library is opened, and when another model is chosen,
        with what the settings say of it.
        """
        settings = settings or Settings()
        self._paths, self._engine = paths, engine
        self._find_embedder = find_embedder
        self._warm_bytes = settings.warm_gb * 10**9
        self._embedding_model = settings.embedding_model
        self._look_s = float(settings.folder_look_s)
        self._embedder: EngineEmbedder | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._reader: DocumentReader | None = None
        self._warm: WarmStates | None = None
        self._is_closed = False

    @property
    def has_library(self) -> bool:
        """Whether any document was ever added here."""
        return self._paths.documents_database.exists()

    def library(self) -> "Library":
        from app.documents.library import Library

        with self._lock:
            if self._library is None:
                assert not self._is_closed, "the desk is closed"
                self._library = Library.open(self._paths)
                self._library.look_every(self._look_s)
                self._embedder = self._find_embedder(self._embedding_model)
                self._library.set_embedder(self._embedder)
                self._library.on_removed(self._on_removed)
            return self._library

    def take_up(self, delay_s: float = 2.0) -> None:
        """Go on behind with what was left undone, and watch folders, where there is a library."""
        if self.has_library:
            self._timer = threading.Timer(delay_s, self._try_to_open)
            self._timer.daemon = True
            self._timer.start()

    def _on_removed(self, removed: list[tuple[int, str]]) -> None:
        """On the remover's thread: no state that holds a removed document stays.

        Which of the others hold it is not known, so all of them go.
        """
        self.warm_states().forget(removed)
        empty_states(self._paths.prefixes)

    def _try_to_open(self) -> None:
        if self._is_closed:
            return
        try:
            self.library()
        except AppError as error:  # it is raised again, and shown, when documents are asked for
            log.warning("the document library was not opened: %s", error.title)

    def reader(self) -> "DocumentReader":
        from app.documents.reading import DocumentReader

        library = self.library()
        with self._lock:
            if self._reader is None:
                self._reader = DocumentReader(library, self._engine)
            return self._reader

    def planner(self) -> "Planner":
        from app.documents.plan import Planner

        return Planner(self.reader(), self._engine)

    def warm_states(self) -> "WarmStates":
        """The kept states; removing a document removes those that hold it."""
        from app.documents.warm import WarmStates

        reader = self.reader()
        with self._lock:
            if self._warm is None:
                self._warm = WarmStates(self._engine, reader, self._paths.warm, self._warm_bytes)
            return self._warm

    def set_warm_bytes(self, warm_bytes: int) -> None:
        """Disk space for warm states from now on; waits for the disk."""
        with self._lock:
            self._warm_bytes, warm = warm_bytes, self._warm
        if warm is not None:
            warm.set_budget(warm_bytes)

    def use_embedding_model(self, choice: str) -> None:
        """Search by meaning with this one from now on; waits for the end of the former."""
        with self._lock:
            self._embedding_model = choice
            if self._library is None:
                return
            former, self._embedder = self._embedder, self._find_embedder(choice)
            self._library.set_embedder(self._embedder)
        if former is not None:
            former.close()

    def look_every(self, least_s: float) -> None:
        """How often watched folders are looked at from now on, at most."""
        with self._lock:
            self._look_s = least_s
            if self._library is not None:
                self._library.look_every(least_s)

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
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._is_closed = True
            library, self._library = self._library, None
        if library is not None:
            library.close()
        if self._embedder is not None:
            self._embedder.close()
