import random
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.messages import Message, ReasoningPart, TextPart
from app.storage.conversations import AnswerDetails, ConversationStore
from app.storage.driver import sqlite3
from app.storage.schema import CREATE_MESSAGE_SEARCH
from app.storage.search import match_expression, searchable, snippet


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConversationStore]:
    store = ConversationStore.open(tmp_path_factory.mktemp("shared") / "doorstep.db")
    yield store
    store.close()


def found(store: ConversationStore, *texts: str, query: str) -> list[str]:
    """The texts of those messages that the query finds."""
    conversation = store.create_conversation("c")
    by_id = {store.append(conversation, Message.of("user", text)): text for text in texts}
    hits = store.search(query, limit=1000)
    return [by_id[hit.message_id] for hit in hits if hit.conversation_id == conversation]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我今天学习编程语言", "编"),
        ("我今天学习编程语言", "编程"),
        ("用Python编程", "python编程"),
        ("\U00020bb7野家", "\U00020bb7野"),
        ("\U00030edd\U00030edd面", "\U00030edd"),
        ("ひらがなとカタカナ", "タカ"),
        ("한국어를 배웁니다", "국어"),
        ("ﾊﾝｶｸ", "ハンカク"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full"),
        ("人々", "々"),
        ("Crème brûlée", "creme"),
        ("Istanbul İSTANBUL", "istanbul"),
        ("the quick brown fox", "fox quick"),
        ("the quick brown fox", '"quick brown"'),
        ("programming languages", "langu"),
        ("snake_case-and-dash", "snake_case-and-da"),
        ("C++ and 3.14", "3.14"),
        ("before\0after", "after"),
        ("\ud800 lone surrogate", "lone \ud800"),
    ],
)
def test_a_word_is_found(shared, text: str, query: str):
    assert found(shared, text, "nothing of it", query=query) == [text]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("程编", "编程"),
        ("编 code 程", "编程"),
        ("quick red brown", '"quick brown"'),
        ("programming", '"program"'),
        ("programming", "program x"),
    ],
)
def test_other_words_are_not_found(shared, text: str, query: str):
    assert found(shared, text, query=query) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        '""',
        '"""',
        '" OR text:x *',
        "NOT",
        "AND OR",
        "NEAR(a b, 2)",
        "a*",
        "*",
        "^a",
        "text : a",
        "{text} : a",
        "-",
        "!!! ...",
        "a AND",
        "(((",
        "a + b",
        "\0",
        'x"\0"y',
        "\ud800",
        "😀",
        "'; DROP TABLE messages; --",
        "\\",
        "word " * 10_000,
        "字" * 10_000,
        '"' * 10_000,
    ],
)
def test_no_query_is_an_error(shared, query: str):
    shared.append(shared.create_conversation(), Message.of("user", "a NOT text"))

    hits = shared.search(query)

    assert all(hit.message_id for hit in hits)


_FTS = sqlite3.connect(":memory:")
_FTS.execute(CREATE_MESSAGE_SEARCH)


@given(st.text(alphabet=st.characters(), max_size=40) | st.text('"* aé字\0\ud800-(^', max_size=20))
def test_any_text_makes_a_valid_expression(query: str):
    expression = match_expression(query)

    if expression:
        _FTS.execute(
            "SELECT rowid FROM message_search WHERE text MATCH ?", (expression,)
        ).fetchall()


def test_every_occurrence_of_a_two_character_word_is_found(store: ConversationStore):
    rng = random.Random(7)
    conversation = store.create_conversation("c")
    texts = ["".join(rng.choice("编程学习语言abc ，") for _ in range(20)) for _ in range(300)]
    ids = [store.append(conversation, Message.of("user", text)) for text in texts]
    expected = {id_ for id_, text in zip(ids, texts, strict=True) if "编程" in text}

    assert expected <= {hit.message_id for hit in store.search("编程", limit=1000)}


def test_the_newest_hit_comes_first_and_the_limit_holds(store: ConversationStore):
    conversation = store.create_conversation("c")
    ids = [store.append(conversation, Message.of("user", f"word {n}")) for n in range(5)]

    assert [hit.message_id for hit in store.search("word", limit=3)] == ids[:1:-1]


def test_a_hit_names_its_conversation(store: ConversationStore):
    conversation = store.create_conversation("Cooking")
    message = store.append(conversation, Message.of("user", "用 Python 编程 很 有趣"))

    (hit,) = store.search("编程")

    assert (hit.conversation_id, hit.message_id, hit.title) == (conversation, message, "Cooking")
    assert hit.snippet == "用 Python 编程 很 有趣"


def test_an_answer_is_found_once_it_is_finished(store: ConversationStore):
    answer = store.begin_answer(store.create_conversation(), "tiny")
    parts = (ReasoningPart("hidden"), TextPart("visible"))

    before = store.search("visible")
    store.finish_answer(answer, parts, "complete", AnswerDetails())

    assert before == []
    assert [hit.message_id for hit in store.search("visible")] == [answer]
    assert store.search("hidden") == []


@pytest.mark.parametrize(
    ("text", "phrases", "expected"),
    [
        ("short", ["short"], "short"),
        ("a\n\n b\0c", ["b"], "a b c"),
        ("x" * 200 + "编程" + "y" * 200, ["编程"], "…" + "x" * 20 + "编程" + "y" * 68 + "…"),
        ("x" * 200 + " CRÈME", ["creme"], "…" + "x" * 19 + " CRÈME"),
        ("İ" * 100 + "needle", ["NEEDLE"], "…" + "İ" * 20 + "needle"),
        ("nothing here", ["absent"], "nothing here"),
    ],
)
def test_a_snippet_shows_the_text_around_the_hit(text, phrases, expected):
    assert snippet(text, phrases) == expected


@given(st.text(string.ascii_letters + "编程字 \n", max_size=300), st.text(max_size=5))
def test_a_snippet_is_always_part_of_the_text(text: str, phrase: str):
    line = snippet(text, [phrase]).strip("…")

    assert line in " ".join(text.split())


def test_latin_text_is_indexed_as_it_is():
    assert searchable("plain text") == "plain text"


def test_a_damaged_index_neither_stops_messages_nor_stays(store, path, caplog):
    conversation = store.create_conversation("c")
    old = store.append(conversation, Message.of("user", "old words"))
    with store._readers.connection() as db:
        db.execute("PRAGMA query_only = OFF")
        db.execute("UPDATE message_search_data SET block = zeroblob(8) WHERE id > 1")
        db.execute("UPDATE message_search_data SET block = x'ffffffffffff' WHERE id = 10")
    store._writer._connection.execute("PRAGMA schema_version")

    new = store.append(conversation, Message.of("user", "new words"))
    store.search("words")
    store._writer.run(lambda db: None)
    store.search("words")
    store._writer.run(lambda db: None)

    assert [hit.message_id for hit in store.search("words")] == [new, old]
    assert "index is damaged" in caplog.text
