"""Grammars of tool calls and JSON answers: what they allow and what they refuse."""

import json

import pytest

from app.chat.grammar import answer_constraint
from app.chat.tools import Tool, ToolChoice
from app.engine.constraint import check_grammar
from app.errors import AppError

WEATHER = Tool(
    "get_weather",
    "The weather",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "unit": {"type": "string", "enum": ["c", "f"]},
            "when": {"anyOf": [{"$ref": "#/$defs/date"}, {"type": "null"}]},
        },
        "required": ["city"],
        "$defs": {"date": {"type": "string", "pattern": "^[0-9/]+$"}},
    },
)
NOTHING = Tool("nop")
REQUIRED = ToolChoice("required")


def calls(*tools, choice=REQUIRED, style="xml", **changes):
    return answer_constraint(tools=tools, choice=choice, style=style, **changes)


@pytest.mark.parametrize("style", ["xml", "hermes", "mistral", "bare_json"])
def test_every_style_of_call_has_a_grammar(style):
    constraint = calls(WEATHER, NOTHING, style=style)

    check_grammar(constraint.grammar)
    check_grammar(constraint.without_markers)
    assert "get_weather" in constraint.grammar
    assert "nop" in constraint.grammar


def test_a_named_tool_is_the_only_one_allowed():
    grammar = calls(WEATHER, NOTHING, choice=ToolChoice("named", "nop")).grammar

    assert "get_weather" not in grammar


def test_models_without_marker_tokens_spell_the_markers():
    constraint = calls(NOTHING)

    assert constraint.grammar.startswith("start: (<tool_call> ")
    assert constraint.without_markers.startswith('start: ("<tool_call>" ')


def test_one_call_is_the_only_one_where_calls_are_not_parallel():
    assert ")*" in calls(NOTHING).grammar
    assert ")*" not in calls(NOTHING, is_parallel=False).grammar


def test_an_answer_may_be_json_or_a_call_where_both_are_allowed():
    grammar = calls(NOTHING, schema={"type": "integer"}).grammar

    assert "%json" in grammar.splitlines()[0]
    assert "call_0" in grammar.splitlines()[0]


def test_newlines_may_stand_between_the_reasoning_and_the_answer():
    constraint = answer_constraint(schema={"type": "object"}, starts_after="</think>")

    assert constraint.starts_after == "</think>"
    assert "\\n{0,2}" in constraint.grammar


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": "array", "items": {"type": ["string", "null"]}},
        {"oneOf": [{"type": "integer"}, {"type": "string", "format": "date"}]},
        {
            "$ref": "#/$defs/node",
            "$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}}}},
        },
        {"type": "object", "patternProperties": {"^x-": {"type": "string"}}},
        {"type": "object", "properties": {'odd "key"\n': {"const": "it's"}}},
    ],
    ids=json.dumps,
)
def test_many_schemas_have_a_grammar(schema):
    check_grammar(answer_constraint(schema=schema).grammar)


def test_a_schema_that_no_grammar_can_say_is_refused_with_words():
    with pytest.raises(AppError, match="required form"):
        answer_constraint(schema={"type": "string", "pattern": "(?=lookahead)x"})
