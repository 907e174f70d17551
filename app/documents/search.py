"""Finds passages: words by bm25, meaning by vectors, both fused by reciprocal rank."""

import logging
import threading
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from app.documents.query import Term, is_chinese, terms
from app.documents.values import Passage
from app.documents.vectors import Embedder, VectorIndex
from app.errors import AppError
from app.storage import documents_index, documents_pages
from app.storage.documents import DocumentStore
from app.storage.driver import sqlite3

RANK_CONSTANT = 60  # Cormack, Clarke, Büttcher: Reciprocal Rank Fusion (SIGIR 2009)
_CANDIDATES = 30  # of each list; a deeper one fuses in chance
# bm25 costs about a microsecond per match: the rarest words say most, so they come first.
_MOST_MATCHES = 30_000
_COUNTED_TO = 40_000
_MEANING_S = 1.5  # a model that is slow, or busy with passages, is not waited for longer
_MOST_CHOSEN = 500  # documents that are named to SQLite one by one

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors, and what they are good for."""

    embedder: Embedder
    index: VectorIndex
    knows_chinese: bool


class Search:
    """All methods may be called from any thread."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._counts: dict[str, int] = {}
        self._counted_at = -1
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="documents-meaning")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def find(
        self,
        query: str,
        *,
        document_ids: Sequence[int] | None = None,
        collection_id: int | None = None,
        limit: int = 14,
        meaning: Meaning | None = None,
    ) -> list[Passage]:
        """The best passages of the documents that can be searched, the best first.

        Without ``document_ids`` older versions of files are left out.
        """
        visible = self._store.read(
            lambda db: documents_index.visible_documents(db, document_ids, collection_id)
        )
        if not visible or not query.strip():
            return []
        most = max(_CANDIDATES, limit)
        if meaning is None:
            return self._passages(fused([self.by_words(query, visible, most)]), limit)
        nearest = self._threads.submit(self.by_meaning, query, visible, meaning, most)
        lists = [self.by_words(query, visible, most)]
        try:
            lists.append(nearest.result(_MEANING_S))
        except TimeoutError:
            nearest.cancel()
            log.warning("the embedding model takes too long: this search is by words alone")
        return self._passages(fused(lists), limit)

    def by_words(self, query: str, visible: dict[int, int], most: int = _CANDIDATES) -> list[int]:
        """Passage ids, best first."""
        wanted = terms(query)
        if not wanted:
            return []
        return self._store.search(lambda db: self._matches(db, wanted, visible, most)) or []

    def by_meaning(
        self,
        query: str,
        visible: Collection[int],
        meaning: Meaning,
        most: int = _CANDIDATES,
    ) -> list[int]:
        """Passage ids, best first; none in a script that the model does not know."""
        if is_chinese(query) and not meaning.knows_chinese:
            return []
        try:
            (vector,) = meaning.embedder.embed([query], "question")
        except AppError as error:
            log.warning("the question could not be embedded: %s", error.title)
            return []
        meaning.index.refresh()
        return [hit[0] for hit in meaning.index.nearest(vector, most, visible)]

    def _matches(
        self, db: sqlite3.Connection, wanted: list[Term], visible: dict[int, int], most: int
    ) -> list[int]:
        self._drop_old_counts(db)
        expression = self._expression(db, wanted)
        if not expression:
            return []
        total = self._counted_at
        if len(visible) <= _MOST_CHOSEN and sum(visible.values()) * 4 < total:
            hits = documents_index.matches_within(db, expression, most, list(visible))
            return [hit[0] for hit in hits]
        hits = documents_index.matches(db, expression, most * 4)
        documents = documents_index.documents_of(db, [hit[0] for hit in hits])
        return [hit[0] for hit in hits if documents.get(hit[0]) in visible][:most]

    def _expression(self, db: sqlite3.Connection, wanted: list[Term]) -> str:
        """Any of the words, as many as can be ranked in time, from the rarest on."""
        counted = sorted(
            (self._count(db, expression), expression)
            for expression in dict.fromkeys(self._known(db, wanted))
        )
        chosen: list[str] = []
        matches = 0
        for count, expression in counted:
            matches += count
            if chosen and matches > _MOST_MATCHES:
                break
            chosen.append(expression)
        return " OR ".join(chosen)

    def _known(self, db: sqlite3.Connection, wanted: list[Term]) -> Iterable[str]:
        """The terms that the index has, with others in place of those it has not."""
        for term in wanted:
            if self._count(db, term.expression):
                yield term.expression
                continue
            known = [other for other in term.alternatives if self._count(db, other)]
            yield from known[:1] if term.expression.count(" ") == 0 else known

    def _count(self, db: sqlite3.Connection, expression: str) -> int:
        with self._lock:
            count = self._counts.get(expression)
        if count is None:
            count = documents_index.count(db, expression, _COUNTED_TO)
            with self._lock:
                self._counts[expression] = count
        return count

    def _drop_old_counts(self, db: sqlite3.Connection) -> None:
        """Counts steer the search only: they may be a tenth old."""
        newest = documents_index.newest_passage(db)
        with self._lock:
            if abs(newest - self._counted_at) * 10 > self._counted_at or len(self._counts) > 10_000:
                self._counts = {}
                self._counted_at = newest

    def _passages(self, ranked: list[tuple[int, float]], limit: int) -> list[Passage]:
        ids = [passage_id for passage_id, _ in ranked[:limit]]
        found = self._store.read(lambda db: documents_pages.texts(db, ids))
        return [
            replace(found[passage_id], score=score)
            for passage_id, score in ranked[:limit]
            if passage_id in found
        ]


def fused(lists: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Every passage with the sum of 1 / (60 + its rank) over the lists, the best first."""
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, passage_id in enumerate(ranked, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
