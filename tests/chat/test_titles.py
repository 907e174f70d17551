import pytest

from app.chat.messages import Message, ReasoningPart, TextPart
from app.chat.titles import judged, title_request

HISTORY = [
    Message.of("user", "How do I sort a list in place?"),
    Message("assistant", (ReasoningPart("The user is vain.", 1.0), TextPart("Use sort()."))),
]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Sorting a list", "Sorting a list"),
        ('"Sorting a list."\n', "Sorting a list"),
        ("**Title: Sorting a list**", "Sorting a list"),
        ("\n\nSorting a list\nIs there anything else?", "Sorting a list"),
        ("", ""),
        ("Sure, I would be glad to write a title for this long conversation of ours", ""),
        ("A way to sort a list in Python without any copy", ""),
        ("Use sort().", ""),  # the answer once more
        ("列表排序", ""),  # not the language of the question
    ],
)
def test_a_title_is_one_short_line_in_the_language_of_the_question(said, title):
    assert judged(said, "How do I sort a list?", "Use sort(). It works in place.") == title


def test_a_chinese_question_has_a_chinese_title():
    assert judged("《合同审查要点》", "这份合同有什么问题？", "第三条不明确。") == "合同审查要点"
    assert judged("Contract review", "这份合同有什么问题？", "第三条不明确。") == ""


def test_a_chinese_question_is_asked_about_in_chinese():
    history = [Message.of("user", "天气怎么样？"), Message.of("assistant", "晴。")]

    assert "标题" in title_request(history).messages[0].text


def test_a_title_is_asked_for_without_the_name_of_a_conversation():
    assert title_request(HISTORY).session_key is None


def test_thoughts_are_not_what_a_title_is_made_of():
    assert "vain" not in title_request(HISTORY).messages[0].text


def test_the_prompt_for_a_title_is_short_however_long_the_chat_is():
    history = [Message.of("user", "x" * 50_000), Message.of("assistant", "y" * 50_000)]

    assert len(title_request(history).messages[0].text) < 3_000


def test_there_is_no_title_before_there_is_an_answer():
    assert title_request(HISTORY[:1]) is None
