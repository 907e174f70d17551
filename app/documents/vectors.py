"""Exact nearest passages: the vectors of a model in memory, in blocks, kept up with the database.

Memory: 4 bytes per number, so 154 MB for 100,000 passages of 384 numbers.
"""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.documents.embedding_words import Use
from app.storage import documents_index
from app.storage.documents import DocumentStore

_BLOCK = 8_192
_READ_AT_ONCE = 4_096


class Embedder(Protocol):
    """Turns texts into vectors of one model; may block, and raise AppError."""

    @property
    def name(self) -> str:
        """The identity of the model: other weights, or other words before texts, another name."""

    def embed(self, texts: Sequence[str], use: Use) -> Sequence[Sequence[float]]: ...


@dataclass(slots=True)
class _Block:
    rows: NDArray[np.float32]  # (_BLOCK, numbers)
    passages: NDArray[np.int64]  # (_BLOCK,)
    documents: NDArray[np.int64]  # (_BLOCK,)
    used: int = 0


class VectorIndex:
    """All methods may be called from any thread."""

    def __init__(self, store: DocumentStore, embedder_id: int) -> None:
        self._store = store
        self._embedder_id = embedder_id
        self._lock = threading.Lock()
        self._blocks: list[_Block] = []
        self._last_id = 0

    def refresh(self) -> None:
        """Read what was stored since the last time, by whichever process."""
        with self._lock:
            while rows := self._store.read(
                lambda db: documents_index.vectors_after(
                    db, self._embedder_id, self._last_id, _READ_AT_ONCE
                )
            ):
                self._append(rows)

    def forget(self, document_ids: Collection[int]) -> None:
        """Close the gaps that removed documents leave."""
        with self._lock:
            for block in self._blocks:
                keep = ~np.isin(block.documents[: block.used], list(document_ids))
                left = int(keep.sum())
                if left < block.used:
                    for column in (block.rows, block.passages, block.documents):
                        column[:left] = column[: block.used][keep]
                        column[left : block.used] = 0
                    block.used = left
            self._blocks = [block for block in self._blocks if block.used]

    def nearest(
        self, vector: Sequence[float], limit: int, documents: Collection[int]
    ) -> list[tuple[int, float]]:
        """Passages of these documents by cosine, the best first."""
        asked = _unit(np.asarray(vector, np.float32))
        visible = np.fromiter(documents, np.int64, len(documents))
        best: list[tuple[int, float]] = []
        with self._lock:
            for block in self._blocks:
                if block.rows.shape[1] != len(asked):
                    continue
                # Not "@": BLAS would spread it over threads, which wait for each other for up to
                # 0.15 s while a model is busy on all cores. This takes 10 ms for 100,000 rows.
                scores = np.vecdot(block.rows[: block.used], asked)
                scores[~_is_in(block.documents[: block.used], visible)] = -2.0
                best += _top(scores, block.passages, limit)
        return sorted(best, key=lambda hit: -hit[1])[:limit]

    def _append(self, rows: Sequence[tuple[int, int, int, bytes]]) -> None:
        for vector_id, passage_id, document_id, stored in rows:
            self._last_id = vector_id
            vector = np.frombuffer(stored, "<f2")
            block = self._block_for(len(vector))
            block.rows[block.used] = vector
            block.passages[block.used] = passage_id
            block.documents[block.used] = document_id
            block.used += 1

    def _block_for(self, numbers: int) -> _Block:
        last = self._blocks[-1] if self._blocks else None
        if last is None or last.used == _BLOCK or last.rows.shape[1] != numbers:
            last = _Block(
                np.zeros((_BLOCK, numbers), np.float32),
                np.zeros(_BLOCK, np.int64),
                np.zeros(_BLOCK, np.int64),
            )
            self._blocks.append(last)
        return last


def stored_form(vector: Sequence[float]) -> bytes:
    """Of length 1, in half precision: cosines change by less than 0.001."""
    return _unit(np.asarray(vector, np.float32)).astype("<f2").tobytes()


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    return float(_unit(np.asarray(left, np.float32)) @ _unit(np.asarray(right, np.float32)))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return vector if length == 0 else vector / np.float32(length)


def _is_in(documents: NDArray[np.int64], visible: NDArray[np.int64]) -> NDArray[np.bool_]:
    """As np.isin, by a table: document ids are small numbers."""
    table = np.zeros(int(max(documents.max(initial=0), visible.max(initial=0))) + 1, np.bool_)
    table[visible] = True
    return table[documents]


def _top(
    scores: NDArray[np.float32], passages: NDArray[np.int64], limit: int
) -> list[tuple[int, float]]:
    count = min(limit, len(scores))
    if count == 0:
        return []
    chosen = np.argpartition(-scores, count - 1)[:count]
    return [(int(passages[at]), float(scores[at])) for at in chosen if scores[at] > -1.5]
