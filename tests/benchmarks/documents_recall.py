"""How often the right passage is among the first five: by words, by meaning, and fused.

The embedding model is the GGUF file in DOORSTEP_EMBEDDING_MODEL, else all-MiniLM-L6-v2, which is
fetched and made once; where that cannot be, only words are measured.
"""

import os
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.changes import Changes
from app.documents.embedding import Filler
from app.documents.embedding_words import scheme_of
from app.documents.engine_embedder import EngineEmbedder
from app.documents.search import Meaning, Search, fused
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions
from app.models.inspect import described
from app.models.locate import worker_spec
from app.storage import documents_index
from app.storage.documents import DocumentStore
from tests.documents.recall.recall import Question, build, recall, visible
from tests.reference.minilm import minilm_gguf

LEAST_QUESTIONS = 120


def bench() -> bool:
    """Print a table; True when fusing is never worse than either list, and enough was asked."""
    with tempfile.TemporaryDirectory() as folder:
        store = DocumentStore.open(Path(folder) / "documents.sqlite3")
        with closing(store):
            questions = build(store)
            passages = store.read(documents_index.passage_count)
            print(f"{len(questions)} questions, {passages} passages")
            is_good = _words(store, questions)
            model = _embedding_model()
            if model is not None:
                is_good &= _fused(store, questions, model, Path(folder))
            return is_good and len(questions) >= LEAST_QUESTIONS


def _embedding_model() -> Path | None:
    if chosen := os.environ.get("DOORSTEP_EMBEDDING_MODEL"):
        return Path(chosen)
    try:
        return minilm_gguf()
    except pytest.skip.Exception as missing:
        print(f"vectors are not measured: {missing}")
        return None


def _words(store: DocumentStore, questions: list[Question]) -> bool:
    seen = visible(store)
    with closing(Search(store)) as search:
        shares = [
            recall(questions, language, lambda words: search.by_words(words, seen))
            for language in ("English", "Chinese", None)
        ]
    print(f"{'recall@5':12} English  Chinese      all")
    print(f"{'words':12} " + "  ".join(f"{share:7.3f}" for share in shares))
    return shares[2] > 0.7


def _fused(store: DocumentStore, questions: list[Question], model: Path, folder: Path) -> bool:
    options = EngineOptions()
    spec = worker_spec(str(model), "auto", model.parent, options)
    scheme = scheme_of(described(model))
    seen = visible(store)
    with (
        closing(EngineEmbedder(spec, MachineChoices(folder / "choices.json"), scheme)) as embedder,
        closing(Changes()) as changes,
        closing(Search(store)) as search,
    ):
        begun_s = time.perf_counter()
        with closing(Filler(store, changes, embedder, is_filling=True)) as filler:
            while store.read(lambda db: documents_index.without_vector(db, filler.embedder_id, 1)):
                time.sleep(0.2)
            meaning = filler.meaning
            print(
                f"{model.stem}: vectors made in {time.perf_counter() - begun_s:.0f} s; "
                f"knows Chinese: {meaning.knows_chinese}"
            )
            return _compare(search, questions, seen, meaning)


def _compare(
    search: Search, questions: list[Question], seen: dict[int, int], meaning: Meaning
) -> bool:
    by_words = {question.words: search.by_words(question.words, seen) for question in questions}
    all_vectors = Meaning(meaning.embedder, meaning.index, knows_chinese=True)
    raw = {
        question.words: search.by_meaning(question.words, seen, all_vectors)
        for question in questions
    }
    used = {
        question.words: search.by_meaning(question.words, seen, meaning) for question in questions
    }
    both = {words: [hit[0] for hit in fused([by_words[words], used[words]])] for words in by_words}
    languages = ("English", "Chinese", None)
    rows = {
        name: [recall(questions, language, lists.__getitem__) for language in languages]
        for name, lists in (("words", by_words), ("vectors", raw), ("fused", both))
    }
    for name, shares in list(rows.items())[1:]:
        print(f"{name:12} " + "  ".join(f"{share:7.3f}" for share in shares))
    return all(
        fused_share >= max(words, vectors)
        for words, vectors, fused_share in zip(*rows.values(), strict=True)
    )
