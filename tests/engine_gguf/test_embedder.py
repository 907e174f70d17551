"""An embedding model gives the vectors of the reference, and says what it cannot do."""

import numpy as np
import pytest

from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import Failed, GenerateRequest, PromptPart
from tests.engine_gguf.conftest import opened
from tests.reference.bert import CLS, MEAN, random_bert

TEXTS = ["door", "the hinges, a door.", "a", "b c d e f g", "doors doors doors"]


def ids(bert, text):
    """WordPiece for the tiny vocabulary: words, or letters where there is no word."""
    found = ["[CLS]"]
    for word in text.replace(",", " ,").replace(".", " .").split():
        if word in bert.vocabulary:
            found.append(word)
        elif word.removesuffix("s") in bert.vocabulary and word.endswith("s"):
            found += [word.removesuffix("s"), "##s"]
        else:
            found += [word[0], *(f"##{letter}" for letter in word[1:])]
    return [bert.vocabulary.index(token) for token in [*found, "[SEP]"]]


@pytest.fixture(scope="module", params=[MEAN, CLS])
def pair(request, tmp_path_factory):
    bert = random_bert(request.param)
    path = tmp_path_factory.mktemp("bert") / "tiny-bert.gguf"
    bert.write(path)
    engine = opened(path)
    yield engine, bert
    engine.close()


def test_vectors_are_those_of_the_reference(pair):
    engine, bert = pair

    found = np.array(engine.embed(TEXTS))

    expected = np.array([bert.embed(ids(bert, text)) for text in TEXTS])
    assert np.abs(found - expected).max() < 2e-3  # attention rounds to 16 bits here and there
    assert (found * expected).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_a_vector_has_length_one(pair):
    for vector in pair[0].embed(TEXTS):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_many_texts_give_the_vectors_of_each_alone(pair):
    engine, _ = pair
    texts = [text for text in TEXTS for _ in range(20)]

    together = np.array(engine.embed(texts))

    alone = np.array([engine.embed([text])[0] for text in texts])
    assert np.abs(together - alone).max() < 2e-3


def test_the_model_says_how_many_numbers_a_vector_has(pair):
    engine, _ = pair

    assert engine.info.embedding_size == 32 == len(engine.embed(["door"])[0])
    assert engine.info.context_length == 64


def test_no_texts_give_no_vectors(pair):
    assert pair[0].embed([]) == []


def test_an_empty_text_has_a_vector(pair):
    assert len(pair[0].embed([""])[0]) == 32


def test_a_marker_in_a_text_is_text(pair):
    engine, bert = pair

    tokens = engine._tokenizer.enclosed("door [SEP] door")

    assert tokens.count(bert.vocabulary.index("[SEP]")) == 1


@pytest.mark.parametrize("words", [63, 100_000])
def test_a_text_that_is_too_long_is_refused_with_both_numbers(pair, words):
    with pytest.raises(AppError, match="too long") as caught:
        pair[0].embed(["door", "door " * words])

    assert caught.value.kind is ErrorKind.CONTEXT_OVERFLOW
    assert caught.value.context["context_length"] == 64


def test_the_longest_text_fits(pair):
    assert len(pair[0].embed(["door " * 62])[0]) == 32


def test_it_writes_no_text_and_says_so(pair):
    engine, _ = pair
    engine.submit(GenerateRequest("a", (PromptPart("door"),)))

    (event,) = engine.step()

    assert isinstance(event, Failed)
    assert event.error.kind is ErrorKind.MODEL_UNSUPPORTED
    assert "embedding model" in event.error.message
    assert engine.step() == []


def test_a_chat_model_makes_no_embeddings(nano_step):
    with pytest.raises(AppError, match="no embeddings"):
        nano_step.embed(["door"])


@pytest.mark.long
def test_a_published_model_gives_the_vectors_of_the_reference():
    """all-MiniLM-L6-v2 in float32, English and Chinese, against numpy in float64."""
    import json

    from tokenizers import Tokenizer

    from tests.reference.minilm import minilm, minilm_gguf

    bert, tokenizer = minilm()
    encode = Tokenizer.from_str(json.dumps(tokenizer | {"truncation": None, "padding": None}))
    texts = [
        "The door was open and the wind came in.",
        "A hinge of brass; mended twice (in 1987).",
        "门开着，风吹了进来。",
        "Naïve café owners' résumés, #42!",
        "short",
        "long " * 200,
    ]
    engine = opened(minilm_gguf())

    found = np.array(engine.embed(texts))
    tokens = [engine._tokenizer.enclosed(text) for text in texts]
    engine.close()

    assert tokens == [encode.encode(text).ids for text in texts]
    expected = np.array([bert.embed(encode.encode(text).ids) for text in texts])
    similarity = (found * expected).sum(axis=1)
    print(f"largest difference {np.abs(found - expected).max():.1e}, cosine {similarity.min():.6f}")
    assert np.abs(found - expected).max() < 2e-3
