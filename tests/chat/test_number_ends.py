"""Numbers with bounds have an end; everything else stays as it is."""

import pytest

from app.chat.number_ends import with_number_ends


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": -15, "maximum": 715},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "maximum": 1.5},
    ],
)
def test_a_bounded_number_has_at_most_nine_decimals(schema):
    assert with_number_ends(schema) == schema | {"multipleOf": 1e-9}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number"},
        {"type": "number", "minimum": 0, "multipleOf": 0.5},
        {"type": "number", "minimum": 0, "maximum": 1e-12},
        {"type": "integer", "minimum": 0},
        {"type": "string", "minimum": 0},
        {"enum": [{"type": "number", "minimum": 0}]},
        {"const": {"type": "number", "minimum": 0}},
        True,
    ],
)
def test_everything_else_stays_as_it_is(schema):
    assert with_number_ends(schema) == schema


def test_it_reaches_into_the_schema_and_leaves_the_given_one_alone():
    inner = {"type": "number", "minimum": 0}
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": inner}}}

    found = with_number_ends(schema)

    assert found["properties"]["a"]["items"] == inner | {"multipleOf": 1e-9}
    assert "multipleOf" not in inner
