"""The words that embedding models were trained to see before a question and before a passage.

A model that is not told which of the two it is given finds less: each row is from the card of its
model, at https://huggingface.co/ and the name in the comment.
"""

import re
from dataclasses import dataclass
from typing import Literal

Use = Literal["question", "passage"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """``name`` is part of the identity of vectors: others are not comparable with them."""

    name: str
    question: str = ""
    passage: str = ""


PLAIN = Scheme("plain")

_TASK = "Given a web search query, retrieve relevant passages that answer the query"
_REPRESENT = "Represent this sentence for searching relevant passages: "

# The first that matches counts; names are in small letters, joined by dashes.
_SCHEMES: tuple[tuple[str, Scheme], ...] = (
    # Qwen/Qwen3-Embedding-0.6B: no space after "Query:"
    (r"qwen3.*embed|embed.*qwen3", Scheme("qwen3", f"Instruct: {_TASK}\nQuery:")),
    # intfloat/multilingual-e5-large-instruct, intfloat/e5-mistral-7b-instruct
    (r"\be5\b.*(instruct|mistral)", Scheme("e5-instruct", f"Instruct: {_TASK}\nQuery: ")),
    # intfloat/multilingual-e5-small, intfloat/e5-base-v2
    (r"\be5\b", Scheme("e5", "query: ", "passage: ")),
    # BAAI/bge-m3: none
    (r"\bbge-m3\b", PLAIN),
    # BAAI/bge-small-zh-v1.5
    (r"\bbge\b.*\bzh\b", Scheme("bge-zh", "为这个句子生成表示以用于检索相关文章：")),
    # BAAI/bge-small-en-v1.5, mixedbread-ai/mxbai-embed-large-v1
    (r"\bbge\b.*\ben\b|\bmxbai-embed\b", Scheme("represent", _REPRESENT)),
    # Snowflake/snowflake-arctic-embed-l-v2.0, then the first version
    (r"arctic-embed.*\bv2\b", Scheme("arctic-2", "query: ")),
    (r"arctic-embed", Scheme("represent", _REPRESENT)),
    # nomic-ai/nomic-embed-text-v1.5, nomic-ai/nomic-embed-text-v2-moe
    (r"\bnomic\b", Scheme("nomic", "search_query: ", "search_document: ")),
    # google/embeddinggemma-300m
    (
        r"embedding-?gemma|gemma-embedding",
        Scheme("gemma", "task: search result | query: ", "title: none | text: "),
    ),
)


def scheme_of(description: str) -> Scheme:
    """By what a model file says of itself: names and architecture; PLAIN for all others."""
    names = re.sub(r"[^a-z0-9]+", "-", description.lower())
    return next((scheme for known, scheme in _SCHEMES if re.search(known, names)), PLAIN)
