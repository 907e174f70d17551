"""Log probabilities stay with the text that their tokens made."""

import pytest

from app.chat.answer_parser import AnswerParser, PlainParser
from app.chat.stream_parser import ContentDelta, ReasoningDelta
from app.chat.token_track import TokenTrack
from app.chat.tools import Tool
from app.engine.protocol import Piece, TokenLogprob, TokenLogprobs

CALL = "<tool_call>\n<function=look>\n<parameter=at>\nhim\n</parameter>\n</function>\n</tool_call>"


def told(tokens, *, style=None, tools=(), starts_inside=False, per_piece=1):
    """(text, its tokens) of the content, for an answer of these tokens."""
    parser = AnswerParser(starts_inside=starts_inside, style=style, tools=tools)
    track = TokenTrack(parser.feed)
    updates = []
    for at in range(0, len(tokens), per_piece):
        updates += track.feed(piece(tokens[at : at + per_piece]))
    updates += track.told(parser.flush(is_complete=True))
    contents = [update for update in updates if isinstance(update, ContentDelta)]
    text = "".join(update.text for update in contents)
    return text, [token.chosen.text for update in contents for token in update.logprobs]


def piece(tokens, text=None):
    logprobs = tuple(TokenLogprobs(TokenLogprob(token, -1.0)) for token in tokens)
    return Piece("r", "".join(tokens) if text is None else text, len(tokens), logprobs)


@pytest.mark.parametrize("per_piece", [1, 2, 3, 100])
def test_every_token_of_plain_text_is_told_once(per_piece):
    tokens = ["Par", "is", " is", " the", " the", " <", "b", ">"]

    assert told(tokens, per_piece=per_piece) == ("Paris is the the <b>", tokens)


@pytest.mark.parametrize("per_piece", [1, 2, 100])
def test_tokens_of_reasoning_and_its_tags_are_left_out(per_piece):
    tokens = ["<think>", "\n", "Hi", " there", "\n", "</", "think", ">", "\n\n", "Hi", " there"]

    assert told(tokens, per_piece=per_piece) == ("Hi there", ["Hi", " there"])


def test_reasoning_that_the_prompt_has_opened_is_left_out():
    tokens = ["Hi", "\n", "</think>", "\n\n", "Hi"]

    assert told(tokens, starts_inside=True) == ("Hi", ["Hi"])


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_tokens_of_calls_are_left_out(size):
    call = [CALL[at : at + size] for at in range(0, len(CALL), size)]
    tools = (Tool("look", "", {"type": "object", "properties": {"at": {"type": "string"}}}),)
    tokens = ["I", " look", " at", " him", "\n", *call, "\n", "him", "!"]

    text, kept = told(tokens, style="xml", tools=tools)

    assert text == "I look at him\n\nhim!"
    assert [token for token in kept if token.strip()] == ["I", " look", " at", " him", "him", "!"]


def test_a_token_that_is_partly_a_tag_counts_as_text():
    assert told(["<think>a</think>", "\n\nHi", "!"]) == ("Hi!", ["\n\nHi", "!"])


def test_text_that_was_held_back_as_a_possible_tag_has_its_tokens():
    assert told(["a ", "<tool", "_box", ">"], style="xml") == (
        "a <tool_box>",
        ["a ", "<tool", "_box", ">"],
    )


def test_a_character_of_several_tokens_keeps_them_all():
    track = TokenTrack(PlainParser().feed)

    (update,) = track.feed(piece(["\ufffd", "\ufffd", "\ufffd"], "日"))

    assert update.text == "日"
    assert len(update.logprobs) == 3


def test_reasoning_deltas_are_as_they_were():
    track = TokenTrack(AnswerParser(style=None).feed)

    assert track.feed(piece(["<think>a</think>"])) == [ReasoningDelta("a")]
