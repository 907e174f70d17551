import hashlib
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.documents.embedding import _PROBE
from app.documents.embedding_words import Use
from app.documents.engine_embedder import identity
from app.documents.library import Library
from app.documents.vectors import stored_form
from app.errors import AppError, ErrorKind
from app.storage.documents_index import delete_former
from app.storage.driver import connect
from tests.documents.library_files import PATIENCE_S, add, found, opened, paths_below, write
from tests.patience import until

CARS = "The automobile stands in the garage."
BOATS = "The vessel lies in the harbour."


class Meanings:
    """Words that mean the same have the same direction; all others one of their own."""

    def __init__(self, name: str = "meanings", *, knows_chinese: bool = False) -> None:
        self.name = name
        self.knows_chinese = knows_chinese
        self.refused = ""
        self.problem: AppError | None = None
        self.asked: list[str] = []
        self.uses: dict[str, Use] = {}
        self.was_asked = threading.Event()

    def embed(self, texts: Sequence[str], use: Use) -> list[list[float]]:
        self.was_asked.set()
        self.uses.update((text, use) for text in texts)
        if self.problem is not None:
            raise self.problem
        if self.refused and any(self.refused in text for text in texts):
            raise AppError(ErrorKind.CONTEXT_OVERFLOW, "Too long", "Make it shorter.")
        self.asked += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        if self.knows_chinese:
            for number, pair in enumerate(_PROBE):
                if text in pair:
                    return np.eye(8)[number].tolist()
        for number, same in enumerate((("automobile", "cars"), ("vessel", "ships"))):
            if any(word in text for word in same):
                return np.eye(8)[number].tolist()
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        return np.random.default_rng(seed).standard_normal(8).tolist()


def wait_for_vectors(library: Library, ids: Sequence[int]) -> None:
    changed = threading.Event()
    unsubscribe = library.subscribe(lambda _: changed.set())
    for _ in range(int(PATIENCE_S / 0.2)):
        documents = [library.document(document_id) for document_id in ids]
        if all(document.vectors == document.passages for document in documents):
            break
        changed.wait(0.2)
        changed.clear()
    unsubscribe()
    assert all(document.vectors == document.passages for document in documents)


def owners(folder: Path) -> dict[str, int]:
    """How many vectors there are of each model."""
    with closing(connect(paths_below(folder).documents_database)) as db:
        return dict(
            db.execute(
                "SELECT e.name, count(*) FROM vectors AS v"
                " JOIN embedders AS e ON e.id = v.embedder_id GROUP BY e.name"
            ).fetchall()
        )


def two(folder: Path) -> tuple[Path, Path]:
    return write(folder / "cars.txt", CARS), write(folder / "boats.txt", BOATS)


def test_a_passage_is_found_by_its_meaning_once_its_vector_is_there(tmp_path: Path):
    with opened(tmp_path) as library:
        ids = add(library, *two(tmp_path))
        assert found(library, "cars") == [] or found(library, "cars")[0] == CARS
        library.set_embedder(Meanings())
        wait_for_vectors(library, ids)

        assert found(library, "where are my ships?")[0] == BOATS


def test_words_and_meaning_are_fused(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, *two(tmp_path), write(tmp_path / "c.txt", "The garage is shut."))
        wait_for_vectors(library, ids)

        assert found(library, "garage of the cars")[0] == CARS


def test_vectors_are_kept_and_read_at_the_next_start(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)

    again = Meanings()
    with opened(tmp_path, embedder=again) as library:
        assert found(library, "ships")[0] == BOATS
    assert CARS not in again.asked


def test_another_model_has_vectors_of_its_own(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)
        other = Meanings("other")
        library.set_embedder(other)
        wait_for_vectors(library, ids)

    assert CARS in other.asked


def test_vectors_of_a_former_model_go_when_those_of_the_next_are_complete(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)
        library.set_embedder(Meanings("other"))

        until(lambda: owners(tmp_path) == {"other": 2})
        assert found(library, "where are my ships?")[0] == BOATS


def test_vectors_of_a_former_model_stay_while_the_next_does_not_work(tmp_path: Path):
    broken = Meanings("broken")
    broken.problem = AppError(ErrorKind.ENGINE_DIED, "The engine died", "Start it again.")
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)
        library.set_embedder(broken)
        assert broken.was_asked.wait(PATIENCE_S)

    assert owners(tmp_path) == {"meanings": 2}


@pytest.mark.parametrize("most", [1, 2, 3, 400])
def test_a_former_model_that_comes_back_fills_in_what_was_deleted(tmp_path: Path, most: int):
    text = "\n\n".join(f"{BOATS} It is number {n}. {'It is old. ' * 90}" for n in range(4))
    with opened(tmp_path, embedder=Meanings()) as library:
        ids = add(library, write(tmp_path / "long.txt", text))
        wait_for_vectors(library, ids)
        passages = library.document(ids[0]).passages
        library.set_embedder(None)
        with closing(connect(paths_below(tmp_path).documents_database)) as db, db:
            delete_former(db, 99, most)
        library.set_embedder(Meanings())
        wait_for_vectors(library, ids)

        assert passages > 3
        assert owners(tmp_path) == {"meanings": passages}


def test_a_removed_document_is_not_found_by_meaning(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        cars, boats = add(library, *two(tmp_path))
        wait_for_vectors(library, [cars, boats])
        library.remove([boats])

        assert BOATS not in found(library, "ships")
        assert found(library, "cars")[0] == CARS


def test_only_the_chosen_documents_are_searched_by_meaning(tmp_path: Path):
    with opened(tmp_path, embedder=Meanings()) as library:
        cars, boats = add(library, *two(tmp_path))
        wait_for_vectors(library, [cars, boats])

        assert found(library, "ships", [cars]) == [CARS]


@pytest.mark.parametrize("knows_chinese", [True, False])
def test_chinese_questions_use_vectors_only_of_a_model_that_knows_chinese(
    tmp_path: Path, knows_chinese: bool
):
    with opened(tmp_path, embedder=Meanings(knows_chinese=knows_chinese)) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)

        assert bool(found(library, "船在哪里？")) == knows_chinese


def test_a_passage_that_the_model_refuses_does_not_hold_up_the_others(tmp_path: Path):
    embedder = Meanings()
    embedder.refused = "automobile"
    with opened(tmp_path, embedder=embedder) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)

        assert found(library, "ships")[0] == BOATS
        assert found(library, "automobile") != []


def test_a_passage_too_long_for_the_model_goes_by_its_beginning(tmp_path: Path):
    embedder = Meanings()
    embedder.refused = "the end"
    text = f"{BOATS} {'It lies there all day. ' * 30} This is the end."
    with opened(tmp_path, embedder=embedder) as library:
        ids = add(library, write(tmp_path / "long.txt", text))
        wait_for_vectors(library, ids)

        assert found(library, "ships") == [text]


def test_search_goes_on_by_words_while_the_model_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    embedder = Meanings()
    embedder.problem = AppError(ErrorKind.ENGINE_DIED, "The engine died", "Start it again.")
    with opened(tmp_path, embedder=embedder) as library:
        add(library, *two(tmp_path))
        assert embedder.was_asked.wait(PATIENCE_S)

        assert found(library, "garage") == [CARS]
    assert "garage" not in caplog.text


def test_a_model_is_told_what_is_a_question_and_what_a_passage(tmp_path: Path):
    embedder = Meanings()
    with opened(tmp_path, embedder=embedder) as library:
        ids = add(library, *two(tmp_path))
        wait_for_vectors(library, ids)
        found(library, "where are my ships?")

    assert embedder.uses["where are my ships?"] == "question"
    assert embedder.uses[CARS] == embedder.uses[BOATS] == "passage"
    assert {embedder.uses[question] for question, _ in _PROBE} == {"question"}


def test_half_precision_changes_a_cosine_by_less_than_a_thousandth():
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((200, 384))
    exact = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    kept = np.stack([np.frombuffer(stored_form(vector), "<f2") for vector in vectors])

    assert np.abs(kept.astype(np.float64) @ exact[0] - exact @ exact[0]).max() < 1e-3


def test_a_model_file_is_known_by_its_content(tmp_path: Path):
    one, same, other = (tmp_path / name for name in ("a.gguf", "b/a.gguf", "c/a.gguf"))
    for path, content in ((one, b"weights"), (same, b"weights"), (other, b"Weights")):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    assert identity(one) == identity(same) != identity(other)
