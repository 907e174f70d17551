"""Vectors for texts, in both forms, and every refusal in words."""

import base64
import math
import struct

import openai
import pytest

from app.server.control import EndpointControl
from tests.server.conftest import KEY, client_of, new_engine

PATH = "/v1/embeddings"
SIZE = 8


@pytest.fixture(scope="module")
def embedding(tmp_path_factory):
    folder = tmp_path_factory.mktemp("embedding")
    engine = new_engine(folder, embedding_size=SIZE, context_length=50)
    control = EndpointControl(engine, 0, KEY)
    control.start()
    engine.start()
    engine.wait_ready(20)
    yield control
    control.stop()
    engine.close()


@pytest.fixture
def client(embedding):
    with client_of(embedding) as client:
        yield client


def vectors(client, texts, **fields):
    answer = client.post(PATH, json={"model": "any", "input": texts, **fields})
    assert answer.status_code == 200, answer.text
    return [item["embedding"] for item in answer.json()["data"]]


def test_every_text_has_a_vector_of_length_1_in_its_place(client):
    texts = [f"text number {number}" for number in range(40)]

    found = vectors(client, texts)

    assert all(len(vector) == SIZE and math.isclose(math.hypot(*vector), 1) for vector in found)
    assert found == [vectors(client, text)[0] for text in texts]


def test_close_texts_have_close_vectors(client):
    cat, kitten, tax = vectors(client, ["the cat sat", "the cat sits", "taxes rise again soon"])

    assert math.dist(cat, kitten) < math.dist(cat, tax)


def test_base64_holds_the_same_numbers(client):
    (plain,) = vectors(client, "Hello", encoding_format="float")
    (packed,) = vectors(client, "Hello", encoding_format="base64")

    numbers = struct.unpack(f"<{SIZE}f", base64.b64decode(packed))
    assert numbers == pytest.approx(plain, abs=1e-6)


def test_fewer_dimensions_are_the_beginning_made_length_1_again(client):
    (whole,) = vectors(client, "Hello")
    (short,) = vectors(client, "Hello", dimensions=3)

    length = math.hypot(*whole[:3])
    assert short == pytest.approx([number / length for number in whole[:3]])


def test_the_tokens_of_all_texts_are_counted(client):
    answer = client.post(PATH, json={"model": "any", "input": ["one two", "three"]}).json()

    assert answer["usage"] == {"prompt_tokens": 4, "total_tokens": 4}
    assert answer["model"] == "scripted-model"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": None}, "input"),
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": ["a", None]}, "input"),
        ({"input": {"text": "a"}}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"encoding_format": "int8"}, "encoding_format"),
        ({"dimensions": 0}, "dimensions"),
        ({"dimensions": SIZE + 1}, "dimensions"),
        ({"dimensions": "8"}, "dimensions"),
    ],
)
def test_what_cannot_be_embedded_is_refused_by_its_field(client, fields, param):
    answer = client.post(PATH, json={"model": "any", "input": "Hello"} | fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_token_ids_are_refused_with_the_way_out(client, tokens):
    answer = client.post(PATH, json={"model": "any", "input": tokens})

    assert answer.status_code == 400
    assert "check_embedding_ctx_length" in answer.json()["error"]["message"]


def test_a_text_that_is_too_long_is_told_by_its_tokens(client):
    answer = client.post(PATH, json={"model": "any", "input": ["short", "long " * 60]})

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["code"] == "context_length_exceeded"
    assert error["param"] == "input"
    assert "maximum context length is 50 tokens" in error["message"]


def test_the_openai_package_reads_the_vectors(embedding):
    with openai.OpenAI(base_url=embedding.address, api_key=KEY) as sdk:
        answer = sdk.embeddings.create(model="any", input=["Hello", "there"], dimensions=4)

    assert [len(item.embedding) for item in answer.data] == [4, 4]
    assert [item.index for item in answer.data] == [0, 1]
