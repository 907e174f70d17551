import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.query import is_chinese, terms
from app.storage.documents_schema import CREATE_PASSAGE_SEARCH
from app.storage.driver import sqlite3


def expressions(query: str) -> list[str]:
    return [term.expression for term in terms(query)]


def test_stop_words_of_a_question_are_dropped():
    assert expressions("How do I configure the proxy?") == ['"configure"', '"proxy"']


def test_a_question_of_stop_words_keeps_them():
    assert expressions("who are you") == ['"who"', '"are"', '"you"']


def test_words_in_quotes_are_one_phrase():
    assert expressions("the “water level” rises") == ['"water level"', '"rises"']


def test_a_name_with_dots_is_a_phrase_and_else_its_words():
    (term,) = terms("os.path.join")

    assert term.expression == '"os path join"'
    assert term.alternatives == ('"os"', '"path"', '"join"')


def test_an_unknown_word_may_be_the_beginning_of_one():
    (term,) = terms("harb")

    assert term.alternatives[0] == '"harb" *'


def test_a_chinese_question_becomes_its_runs_pairs_and_characters():
    assert expressions("如何配置代理？") == [
        *('"配  置  代  理"', '"配  置"', '"置  代"', '"代  理"'),
        *('"配"', '"置"', '"代"', '"理"'),
    ]


def test_both_scripts_may_stand_in_one_question():
    assert set(expressions("怎么配置proxy")) == {'"proxy"', '"配  置"', '"配"', '"置"'}


def test_full_width_letters_are_the_same_words():
    assert expressions("ｐｒｏｘｙ") == ['"proxy"']


@pytest.mark.parametrize("query", ["", "?!", "  ", '"', '""', "***", "\0", "()"])
def test_nothing_to_look_for_gives_no_terms(query: str):
    assert terms(query) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("如何配置 proxy？", True),
        ("proxy settings", False),
        ("", False),
        ("什么是 proxy", True),
    ],
)
def test_a_question_is_chinese_when_much_of_it_is(query: str, expected: bool):
    assert is_chinese(query) == expected


@given(st.text(st.sampled_from("ab\"'*():^-+{}港 ANDORNEAR\0\ud800")) | st.text())
def test_no_query_is_syntax(query: str):
    db = sqlite3.connect(":memory:")
    db.execute(CREATE_PASSAGE_SEARCH)

    for term in terms(query):
        for expression in (term.expression, *term.alternatives):
            db.execute(
                "SELECT rowid FROM passage_search WHERE passage_search MATCH ?", (expression,)
            ).fetchall()
    db.close()
