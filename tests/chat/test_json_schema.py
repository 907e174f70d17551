"""Values that a model wrote as text get the type that the schema says."""

import pytest

from app.chat.json_schema import fits, types_of, value_from_text

NULLABLE = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
ROOT = {"$defs": {"Level": {"enum": ["low", "high"]}, "A/b": {"type": "array"}}}


def typed(text, schema):
    return value_from_text(text, types_of(schema, ROOT))


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("1", {"type": "string"}, "1"),
        (" None ", {"type": "string"}, " None "),
        ("1", {"type": "integer"}, 1),
        ("1.0", {"type": "integer"}, 1),
        ("1.5", {"type": "integer"}, "1.5"),
        ("007", {"type": "integer"}, 7),
        ("1.5", {"type": "number"}, 1.5),
        ("1e999", {"type": "number"}, "1e999"),
        ("NaN", {"type": "number"}, "NaN"),
        ("9" * 500, {"type": "integer"}, "9" * 500),
        ("True", {"type": "boolean"}, True),
        ("false", {"type": "boolean"}, False),
        ("1", {"type": "boolean"}, "1"),
        ("None", {"type": "null"}, None),
        ("null", NULLABLE, None),
        ("5", NULLABLE, 5),
        ("None", {"type": "string", "nullable": True}, None),
        ("x", {"type": ["string", "null"]}, "x"),
        ("5", {"oneOf": [{"type": "string"}, {"type": "integer"}]}, 5),
        ("007", {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "007"),
        ('{"a": [1]}', {"type": "object"}, {"a": [1]}),
        ('{"a": True, "b": "None"}', {"properties": {}}, {"a": True, "b": "None"}),
        ("[1]", {"type": "object"}, "[1]"),
        ("[1, null]", {"$ref": "#/$defs/A~1b"}, [1, None]),
        ("1", {"$ref": "#/$defs/Level"}, "1"),
        ("1", {"allOf": [{"type": ["integer", "string"]}, {"type": "integer"}]}, 1),
        ("1", {"$ref": "http://192.0.2.1/schema"}, 1),
        ("1", {}, 1),
        ("1", True, 1),
        ("hello", None, "hello"),
        ("[" * 100_000, {}, "[" * 100_000),
        ('["\\ud800"]', {}, ["\ufffd"]),
        ("1", {"type": 5, "enum": "x", "anyOf": [5]}, 1),
    ],
)
def test_a_value_gets_the_type_of_its_schema(text, schema, value):
    found = typed(text, schema)

    assert found == value
    assert type(found) is type(value)


def test_a_schema_that_refers_to_itself_allows_anything():
    root = {"$defs": {"Loop": {"$ref": "#/$defs/Loop"}}}

    assert types_of({"$ref": "#/$defs/Loop"}, root) == frozenset()


PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": ["integer", "null"]},
        "level": {"$ref": "#/$defs/Level"},
        "friends": {"type": "array", "items": {"$ref": "#"}},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"Level": {"enum": ["low", 1]}},
}


@pytest.mark.parametrize(
    ("value", "is_fitting"),
    [
        ({"name": "a"}, True),
        ({"name": "a", "age": None, "level": 1, "friends": [{"name": "b"}]}, True),
        ({"name": "a", "age": 1.0}, True),
        ({}, False),
        ([], False),
        ({"name": 5}, False),
        ({"name": "a", "age": True}, False),
        ({"name": "a", "level": True}, False),
        ({"name": "a", "friends": [{}]}, False),
        ({"name": "a", "more": 1}, False),
    ],
)
def test_a_value_follows_its_schema_or_not(value, is_fitting):
    assert fits(value, PERSON) is is_fitting


def test_branches_of_a_schema_are_followed():
    schema = {"anyOf": [{"const": 1}, {"type": "string"}], "allOf": [{"type": "string"}]}

    assert fits("x", schema)
    assert not fits(1, schema)
    assert not fits([], {"oneOf": [{"type": "string"}]})
