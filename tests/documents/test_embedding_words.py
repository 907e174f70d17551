"""What is said before a question and before a passage, by what a model says of itself."""

from pathlib import Path

import pytest

from app.documents.embedding_words import PLAIN, scheme_of
from app.documents.engine_embedder import EngineEmbedder
from app.engine.launch import MachineChoices, WorkerSpec
from app.models.inspect import described
from app.models.locate import starter_path

INSTRUCTION = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
)
REPRESENT = "Represent this sentence for searching relevant passages: "


@pytest.mark.parametrize(
    ("description", "question", "passage"),
    [
        ("Multilingual E5 Small bert", "query: ", "passage: "),
        ("e5-base-v2-q8_0 bert", "query: ", "passage: "),
        ("multilingual-e5-large-instruct", f"{INSTRUCTION}Query: ", ""),
        ("E5 Mistral 7B Instruct llama", f"{INSTRUCTION}Query: ", ""),
        ("Qwen3-Embedding-0.6B-Q8_0 qwen3", f"{INSTRUCTION}Query:", ""),
        ("Bge Small En v1.5 bert", REPRESENT, ""),
        ("bge-base-zh-v1.5 bert", "为这个句子生成表示以用于检索相关文章：", ""),
        ("bge-m3 bert", "", ""),
        ("mxbai-embed-large-v1", REPRESENT, ""),
        ("snowflake-arctic-embed-m bert", REPRESENT, ""),
        ("snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("nomic-embed-text-v1.5 nomic-bert", "search_query: ", "search_document: "),
        ("model nomic-bert-moe", "search_query: ", "search_document: "),
        ("embeddinggemma-300M-Q8_0", "task: search result | query: ", "title: none | text: "),
        ("model gemma-embedding", "task: search result | query: ", "title: none | text: "),
        ("all-MiniLM-L6-v2 bert", "", ""),
        ("gte-large bert", "", ""),
        ("Qwen3-8B qwen3", "", ""),
        ("", "", ""),
    ],
)
def test_each_family_is_given_the_words_it_was_trained_with(
    description: str, question: str, passage: str
):
    scheme = scheme_of(description)

    assert (scheme.question, scheme.passage) == (question, passage)


def test_a_model_file_is_described_by_its_header():
    assert "llama" in described(starter_path()).split()


def test_other_words_make_other_vectors(tmp_path: Path):
    choices = MachineChoices(tmp_path / "choices.json")
    spec = WorkerSpec("engine_gguf", starter_path())

    names = [
        EngineEmbedder(spec, choices, scheme).name
        for scheme in (PLAIN, scheme_of("e5"), scheme_of("nomic"))
    ]

    assert len(set(names)) == 3
