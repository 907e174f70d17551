"""Search over 100,000 passages: by words, and fused with vectors.

The text is made: words by Zipf's law behind the stop words of English, a tenth of it Chinese, so
that rare, common and very common words are as frequent as in real text. Questions are of each sort.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from app.documents.embedding_words import Use
from app.documents.passages import cut
from app.documents.query import _STOP_WORDS
from app.documents.search import Meaning, Search
from app.documents.values import Page
from app.documents.vectors import VectorIndex, stored_form
from app.storage import documents_imports, documents_index, documents_pages, documents_steps
from app.storage.documents import DocumentStore
from app.storage.documents_imports import Incoming

PAGES = 100  # per document
PASSAGES_PER_PAGE = 5
NUMBERS = 384  # of a vector, as all-MiniLM-L6-v2 has
LIMIT_MS = 30.0
QUESTIONS = 120


class Words:
    """A vocabulary and how often each word is used."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        parts = [c + v for c in "bcdfghklmnprstvw" for v in ("a", "e", "i", "o", "u", "an", "or")]
        made = {
            "".join(self.random.choices(parts, k=self.random.choice((2, 3, 3, 4))))
            for _ in range(60_000)
        }
        self.words = sorted(_STOP_WORDS) + sorted(made)[:50_000]
        self.random.shuffle(made_list := self.words[len(_STOP_WORDS) :])
        self.words[len(_STOP_WORDS) :] = made_list
        self._sums = np.cumsum(1 / np.arange(1, len(self.words) + 1)).tolist()
        self.characters = [chr(0x4E00 + at * 5) for at in range(3_000)]
        self.random.shuffle(self.characters)
        self._character_sums = np.cumsum(1 / (np.arange(3_000) + 8)).tolist()

    def passage(self, is_chinese: bool) -> str:
        if is_chinese:
            some = self.random.choices(self.characters, cum_weights=self._character_sums, k=340)
            return "。".join("".join(some[at : at + 20]) for at in range(0, 340, 20)) + "。"
        words = self.random.choices(self.words, cum_weights=self._sums, k=200)
        return (
            " ".join(". ".join(" ".join(words[at : at + 16]) for at in range(0, 200, 16)).split())
            + "."
        )

    def question(self, number: int) -> str:
        """One word, several, whole sentences, Chinese: each of rare and of common words."""
        pick = self.random.choice
        stop = sorted(_STOP_WORDS)
        common, middle, rare = self.words[160:600], self.words[1_000:5_000], self.words[20_000:]
        match number % 6:
            case 0:
                return pick(common)
            case 1:
                return f"{pick(middle)} {pick(rare)}"
            case 2:
                return f"what {pick(stop)} the {pick(common)} of {pick(middle)} in {pick(common)}?"
            case 3:
                return f"how do I {pick(common)} {pick(common)} with {pick(common)} {pick(common)}"
            case 4:
                text = "".join(
                    self.random.choices(self.characters, cum_weights=self._character_sums, k=12)
                )
                return f"如何{text[:6]}的{text[6:]}？"
            case _:
                return f'"{pick(middle)} {pick(common)}" {pick(rare)}'


class Embedder:
    """Costs nothing: what a model takes is its own matter and is not measured here."""

    name = "random"

    def embed(self, texts: Sequence[str], use: Use) -> list[list[float]]:
        seeds = [sum(map(ord, text)) for text in texts]
        return [np.random.default_rng(seed).standard_normal(NUMBERS).tolist() for seed in seeds]


def fill(store: DocumentStore, passages: int, words: Words) -> int:
    """Documents with pages, passages and vectors; returns the embedder's number."""
    numbers = np.random.default_rng(5)
    embedder_id, _ = store.write(lambda db: documents_index.embedder(db, Embedder.name))
    for number in range(max(1, passages // (PAGES * PASSAGES_PER_PAGE))):
        incoming = Incoming(Path(f"/made/{number}.txt"), f"{number:064}", ".txt", 1, 1)
        document_id = store.write(lambda db, file=incoming: documents_imports.register(db, file))
        pages = [
            Page(at, "\n\n".join(words.passage(number % 10 == 0) for _ in range(PASSAGES_PER_PAGE)))
            for at in range(1, PAGES + 1)
        ]
        places = [
            (place, page.text[place.start : place.end], "made")
            for page in pages
            for place in cut(page, document_id)
        ]

        def work(db, document_id=document_id, pages=pages, places=places):
            documents_pages.add(db, document_id, pages)
            documents_steps.finish_text(db, document_id, "text", PAGES, ())
            documents_pages.add_passages(db, document_id, PAGES, places)
            ids = db.execute("SELECT id FROM passages WHERE document_id = ?", (document_id,))
            rows = [
                (id_, stored_form(numbers.standard_normal(NUMBERS))) for (id_,) in ids.fetchall()
            ]
            documents_index.add_vectors(db, embedder_id, rows)

        store.write(work)
        store.set_state(document_id, "indexed", before="text ready")
    return embedder_id


def bench(passages: int = 100_000, folder: Path | None = None) -> bool:
    """Print a table; True when every median and 95th percentile is within 30 ms."""
    with tempfile.TemporaryDirectory() as temporary:
        path = (folder or Path(temporary)) / "documents.sqlite3"
        is_new = not path.exists()
        store = DocumentStore.open(path)
        words = Words()
        try:
            begun_s = time.perf_counter()
            if is_new:
                fill(store, passages, words)
                print(f"made {passages:,} passages in {time.perf_counter() - begun_s:.0f} s")
            return _measure(store, Words(11))
        finally:
            store.close()


def _measure(store: DocumentStore, words: Words) -> bool:
    embedder_id, _ = store.write(lambda db: documents_index.embedder(db, Embedder.name))
    index = VectorIndex(store, embedder_id)
    before_bytes = psutil.Process().memory_info().rss
    begun_s = time.perf_counter()
    index.refresh()
    taken_mb = (psutil.Process().memory_info().rss - before_bytes) / 1e6
    print(f"vectors in memory in {time.perf_counter() - begun_s:.2f} s, {taken_mb:.0f} MB")
    search = Search(store)
    meaning = Meaning(Embedder(), index, knows_chinese=True)
    total = store.read(documents_index.passage_count)
    questions = [Words(13).question(number) for number in range(6)] + [
        words.question(number) for number in range(QUESTIONS)
    ]
    some = [document.id for document in store.documents()][:5]
    is_good = True
    print(f"{total:,} passages, {QUESTIONS} questions     median    p95    max ms   found")
    for name, arguments in (
        ("words", {}),
        ("fused", {"meaning": meaning}),
        ("words, in 5 documents", {"document_ids": some}),
        ("fused, in 5 documents", {"document_ids": some, "meaning": meaning}),
    ):
        times, found = [], 0
        for number, question in enumerate(questions):
            begun_s = time.perf_counter()
            passages = search.find(question, **arguments)
            if number >= 6:  # the first warm the file cache, as any use does
                times.append((time.perf_counter() - begun_s) * 1e3)
                found += bool(passages)
        times.sort()
        p95 = times[int(len(times) * 0.95)]
        is_good &= p95 <= LIMIT_MS
        print(f"{name:34} {statistics.median(times):7.1f} {p95:7.1f} {times[-1]:7.1f} {found:7}")
    search.close()
    return is_good


if __name__ == "__main__":
    sys.exit(0 if bench(folder=Path(sys.argv[1]) if len(sys.argv) > 1 else None) else 1)
