import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.passages import LEAST_WORDS, MOST_WORDS, cut, word_count
from app.documents.values import Page

SENTENCE = "The harbour master writes the depth of the water into the book every morning. "
CHINESE = "港口管理员每天早晨把水深记在本子上，然后通知所有的船只。"


def passages(text: str) -> list[str]:
    return [text[place.start : place.end] for place in cut(Page(3, text), 7)]


def test_a_short_page_is_one_passage():
    (place,) = cut(Page(3, "  One sentence only.\n"), 7)

    assert (place.document_id, place.page, place.start, place.end) == (7, 3, 2, 20)


@pytest.mark.parametrize("text", ["", " \n\t\n "])
def test_an_empty_page_has_no_passage(text: str):
    assert passages(text) == []


def test_passages_have_150_to_250_words():
    counts = [word_count(passage) for passage in passages(SENTENCE * 100)]

    assert all(LEAST_WORDS <= count <= MOST_WORDS for count in counts[:-1])


def test_passages_begin_and_end_with_a_sentence():
    found = passages(SENTENCE * 100)

    assert all(passage.startswith("The harbour") for passage in found)
    assert all(passage.endswith("morning.") for passage in found)


def test_neighbours_overlap_by_whole_sentences():
    places = list(cut(Page(1, SENTENCE * 100), 1))

    overlaps = [a.end - b.start for a, b in itertools.pairwise(places)]
    assert all(len(SENTENCE) <= overlap <= 4 * len(SENTENCE) for overlap in overlaps)


def test_a_passage_ends_at_a_paragraph_if_one_ends_in_range():
    text = SENTENCE * 12 + "\n\n" + "Another matter begins. " * 60

    first, second, *_ = passages(text)

    assert first == (SENTENCE * 12).rstrip()
    assert second.startswith("Another matter")


def test_chinese_is_cut_after_its_full_stops():
    found = passages(CHINESE * 60)

    assert all(passage.endswith("。") for passage in found)
    assert all(LEAST_WORDS <= word_count(passage) <= MOST_WORDS for passage in found[:-1])


@pytest.mark.parametrize("text", ["x" * 50_000, "港" * 20_000, "1,2;" * 9_000, "-\n" * 5_000])
def test_text_without_sentences_is_cut_too(text: str):
    found = passages(text)

    assert len(found) > 1
    assert max(map(len, found)) <= 3_500


@given(st.text(st.sampled_from("ab. \n。港，!\"'")) | st.text(max_size=3_000))
def test_every_visible_character_is_in_a_passage(text: str):
    covered = [False] * len(text)
    for place in cut(Page(1, text), 1):
        assert 0 <= place.start < place.end <= len(text)
        covered[place.start : place.end] = [True] * (place.end - place.start)

    assert all(is_in or character.isspace() for is_in, character in zip(covered, text, strict=True))
