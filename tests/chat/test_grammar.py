"""Grammars of tool calls and JSON answers: what they allow and what they refuse."""

import json

import pytest

from app.chat.grammar import call_constraint, json_constraint
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


@pytest.mark.parametrize("style", ["xml", "hermes", "mistral", "bare_json"])
def test_every_style_of_call_has_a_grammar(style):
    constraint = call_constraint([WEATHER, NOTHING], REQUIRED, style, {"<tool_call>"})

    check_grammar(constraint.grammar)
    assert "get_weather" in constraint.grammar
    assert "nop" in constraint.grammar


def test_a_named_tool_is_the_only_one_allowed():
    grammar = call_constraint([WEATHER, NOTHING], ToolChoice("named", "nop"), "xml", ()).grammar

    assert "get_weather" not in grammar


def test_markers_are_tokens_only_where_the_model_has_them():
    has = call_constraint([NOTHING], REQUIRED, "xml", {"<tool_call>", "</tool_call>"}).grammar
    lacks = call_constraint([NOTHING], REQUIRED, "xml", ()).grammar

    assert has.startswith("start: <tool_call> ")
    assert lacks.startswith('start: "<tool_call>" ')


def test_one_call_is_the_only_one_where_calls_are_not_parallel():
    grammar = call_constraint([NOTHING], REQUIRED, "xml", (), is_parallel=False).grammar

    assert ")*" not in grammar


def test_newlines_may_stand_between_the_reasoning_and_the_answer():
    constraint = json_constraint({"type": "object"}, starts_after="</think>")

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
    check_grammar(json_constraint(schema).grammar)


def test_a_schema_that_no_grammar_can_say_is_refused_with_words():
    with pytest.raises(AppError, match="required form"):
        json_constraint({"type": "string", "pattern": "(?=lookahead)x"})
