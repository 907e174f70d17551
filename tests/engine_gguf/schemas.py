"""JSON schemas to answer in: made from a seed, nested, with enums, patterns, unions and limits."""

import random

WORDS = ("name", "size", "kind", "place", "items", "note", "owner", "since", "is_open", "ref")


def made(seed):
    """An object schema; the same for the same seed."""
    rng = random.Random(seed)
    return _object(rng, 2)


def tool_parameters(seed):
    """Parameters of a tool: like ``made``, as flat as agents send them."""
    return _object(random.Random(seed), 1)


def _object(rng, depth):
    names = rng.sample(WORDS, rng.randint(1, 4))
    return {
        "type": "object",
        "properties": {name: _value(rng, depth) for name in names},
        "required": rng.sample(names, rng.randint(1, len(names))),
        "additionalProperties": False,
    }


def _value(rng, depth):
    kinds = [_string, _enum, _pattern, _number, _boolean, _constant]
    if depth > 0:
        kinds += [_array, _union, lambda rng, depth: _object(rng, depth - 1)]
    return rng.choice(kinds)(rng, depth)


def _string(rng, _):
    return {"type": "string", "minLength": rng.randint(0, 2), "maxLength": rng.randint(3, 20)}


def _enum(rng, _):
    return {"type": "string", "enum": rng.sample(WORDS, 3)}


def _pattern(rng, _):
    return {
        "type": "string",
        "pattern": rng.choice([r"^[a-z]{2,6}$", r"^\d{4}-\d{2}$", "^#[0-9a-f]{6}$"]),
    }


def _number(rng, _):
    kind = rng.choice(["integer", "number"])
    low = rng.randint(-50, 50)
    return {"type": kind, "minimum": low, "maximum": low + rng.randint(1, 1000)}


def _boolean(_, __):
    return {"type": "boolean"}


def _constant(rng, _):
    return {"const": rng.choice(WORDS)}


def _array(rng, depth):
    return {"type": "array", "items": _value(rng, depth - 1), "maxItems": 3}


def _union(rng, _):
    return {
        "anyOf": [
            _string(rng, 0),
            {"type": "null"},
            {"type": "integer", "minimum": 0, "maximum": 9},
        ]
    }
