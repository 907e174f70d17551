from collections.abc import Iterator
from pathlib import Path

import pytest

from app.documents import search
from app.documents.library import Library
from app.documents.search import Search, fused
from app.storage.documents import DocumentStore
from tests.documents.library_files import add, found, opened, write
from tests.documents.recall.recall import build, recall, visible


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with opened(tmp_path) as library:
        yield library


def test_a_passage_near_the_top_of_both_lists_comes_first():
    assert next(hit[0] for hit in fused([[1, 2, 3], [4, 2, 5]])) == 2


def test_fusing_one_list_keeps_its_order():
    assert [hit[0] for hit in fused([[3, 1, 2]])] == [3, 1, 2]


def test_results_are_scored_in_their_order(library: Library, tmp_path: Path):
    add(library, *[write(tmp_path / f"{n}.txt", f"Tide {'tide ' * n}today.") for n in range(5)])

    scores = [passage.score for passage in library.search("tide")]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)


def test_no_more_than_the_limit_is_found(library: Library, tmp_path: Path):
    add(library, *[write(tmp_path / f"{n}.txt", f"Tide {n}.") for n in range(60)])

    assert len(library.search("tide", limit=3)) == 3
    assert len(library.search("tide", limit=50)) == 50


def test_a_question_is_answered_by_a_passage_with_only_some_of_its_words(
    library: Library, tmp_path: Path
):
    add(library, write(tmp_path / "a.txt", "The lamp must be lit at dusk."))

    assert len(found(library, "When does the keeper have to light the lamp?")) == 1


def test_words_in_quotes_must_stand_together(library: Library, tmp_path: Path):
    add(
        library,
        write(tmp_path / "a.txt", "The high tide comes."),
        write(tmp_path / "b.txt", "The tide is high."),
    )

    assert found(library, '"high tide"') == ["The high tide comes."]


def test_accents_and_case_do_not_matter(library: Library, tmp_path: Path):
    add(library, write(tmp_path / "a.txt", "Le Phare est ÉTEINT."))

    assert len(found(library, "eteint phare")) == 1


@pytest.mark.parametrize("query", ["", "   ", "?!", '"', "*", "\0", "a" * 100_000])
def test_a_query_without_words_finds_nothing(library: Library, tmp_path: Path, query: str):
    add(library, write(tmp_path / "a.txt", "The tide is high."))

    assert library.search(query) == []


def test_only_rare_words_are_ranked_where_common_ones_match_too_much(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "_MOST_MATCHES", 10)
    add(library, *[write(tmp_path / f"{n}.txt", f"Tide number {n}.") for n in range(30)])
    add(library, write(tmp_path / "rare.txt", "A tide with a xebec."))

    assert found(library, "tide xebec") == ["A tide with a xebec."]


def test_few_of_many_documents_can_be_searched(library: Library, tmp_path: Path):
    ids = add(library, *[write(tmp_path / f"{n}.txt", f"Tide number {n}.") for n in range(30)])

    assert sorted(found(library, "tide", ids[7:9])) == ["Tide number 7.", "Tide number 8."]
    assert found(library, "tide", []) == []


def test_seven_of_ten_questions_find_their_passage_by_words(tmp_path: Path):
    store = DocumentStore.open(tmp_path / "documents.sqlite3")
    questions = build(store)
    seen = visible(store)
    by_words = Search(store)

    share = recall(questions, None, lambda words: by_words.by_words(words, seen))

    by_words.close()
    store.close()
    assert len(questions) >= 120
    assert share >= 0.7
