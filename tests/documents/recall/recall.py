"""How often a question finds its passage among the first five.

English: 96 questions on the language reference that comes with Python, in words of their own.
Chinese: 46 on a lease, a staff handbook, a washing machine, an insurance, a database and tea. Each
names a phrase of the text that answers it; a passage with that phrase is the right one.
"""

import pydoc_data.topics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.documents import passages
from app.documents.values import Page
from app.storage import documents_imports, documents_index, documents_pages, documents_steps
from app.storage.documents import DocumentStore
from app.storage.documents_imports import Incoming

FOLDER = Path(__file__).parent
PAGE_CHARACTERS = 4_000
FIRST = 5

Language = Literal["English", "Chinese"]


@dataclass(frozen=True, slots=True)
class Question:
    language: Language
    words: str
    right: frozenset[int]  # passages


def build(store: DocumentStore) -> list[Question]:
    """Index the texts; the questions whose phrase this Python's reference has."""
    texts: dict[int, str] = {}
    for name, pages in (*_english_documents(), *_chinese_documents()):
        texts.update(_add(store, name, pages))
    plain = {passage_id: " ".join(text.split()) for passage_id, text in texts.items()}
    asked: list[tuple[Language, str, str]] = [
        ("English", *row) for row in _rows("english.tsv", 2)
    ] + [("Chinese", row[2], row[3]) for row in _rows("chinese.tsv", 4)]
    questions = [
        Question(language, words, frozenset(id_ for id_, text in plain.items() if phrase in text))
        for language, words, phrase in asked
    ]
    return [question for question in questions if question.right]


def _rows(name: str, columns: int) -> list[tuple[str, ...]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines]
    assert all(len(row) == columns for row in rows)
    return rows


def _english_documents() -> list[tuple[str, list[str]]]:
    return [
        (
            f"{name}.txt",
            [text[at : at + PAGE_CHARACTERS] for at in range(0, len(text), PAGE_CHARACTERS)],
        )
        for name, text in sorted(pydoc_data.topics.topics.items())
    ]


def _chinese_documents() -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for name, paragraph, _, _ in _rows("chinese.tsv", 4):
        found.setdefault(f"{name}.txt", []).append(paragraph)
    return list(found.items())


def _add(store: DocumentStore, name: str, texts: Sequence[str]) -> dict[int, str]:
    incoming = Incoming(Path("/recall") / name, name, ".txt", 1, 1)
    document_id = store.write(lambda db: documents_imports.register(db, incoming))
    pages = [Page(number, text) for number, text in enumerate(texts, 1)]
    cut = [
        (place, page.text[place.start : place.end], documents_pages.heading_of(name, page.label))
        for page in pages
        for place in passages.cut(page, document_id)
    ]
    store.write(lambda db: documents_pages.add(db, document_id, pages))
    store.write(lambda db: documents_steps.finish_text(db, document_id, "text", len(pages), ()))
    store.write(lambda db: documents_pages.add_passages(db, document_id, len(pages), cut))
    store.set_state(document_id, "indexed", before="text ready")
    ids = store.read(
        lambda db: db.execute(
            "SELECT id FROM passages WHERE document_id = ? ORDER BY id", (document_id,)
        ).fetchall()
    )
    return {id_: text for (id_,), (_, text, _) in zip(ids, cut, strict=True)}


def recall(
    questions: Sequence[Question], language: Language | None, find: Callable[[str], Sequence[int]]
) -> float:
    """The share of questions that find a right passage among the first five."""
    asked = [question for question in questions if language in (None, question.language)]
    found = sum(not question.right.isdisjoint(find(question.words)[:FIRST]) for question in asked)
    return found / len(asked)


def visible(store: DocumentStore) -> dict[int, int]:
    return store.read(lambda db: documents_index.visible_documents(db, None, None))
