"""What a JSON schema says of a value: the types it may have, and values written as plain text.

Schemas come from clients and are trusted for nothing: odd ones mean "anything".
"""

import json
import re
from collections.abc import Iterable
from typing import Any

ANYTHING: frozenset[str] = frozenset()
NO_VALUE = object()  # what ``lenient_json`` gives for text that is no JSON

_TYPES = frozenset({"string", "number", "integer", "boolean", "null", "object", "array"})
_MAX_DEPTH = 20
_PYTHON_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|\b(?:True|False|None)\b', re.DOTALL)
_JSON_WORDS = {"True": "true", "False": "false", "None": "null"}
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MAX_DIGITS = 400  # more is text for every program that reads it


def types_of(schema: object, root: object = None, depth: int = 0) -> frozenset[str]:
    """The types that a schema allows; ANYTHING when it does not say. ``root`` holds its $defs."""
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return ANYTHING
    found = _own_types(schema)
    if not found and "$ref" in schema:
        found = types_of(_referred(schema["$ref"], root), root, depth + 1)
    for name in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(name)
        if not found and isinstance(branches, list) and branches:
            each = [types_of(branch, root, depth + 1) for branch in branches]
            found = _common(each) if name == "allOf" else _either(each)
    return found | {"null"} if found and schema.get("nullable") is True else found


def value_from_text(text: str, types: frozenset[str]) -> Any:  # noqa: ANN401
    """The value that a model wrote as plain text; the text itself when it has no allowed type.

    Tolerates Python's True, False and None. Where a string is allowed beside other types, what
    reads as one of those is one, and a string may be written as JSON, in quotes.
    """
    if types == {"string"}:
        return text
    bare = text.strip()
    value = _simple_value(bare, types or _TYPES)
    if value is not NO_VALUE:
        return value
    if bare[:1] == '"' and isinstance(quoted := lenient_json(bare), str):
        return quoted
    if bare[:1] in ("{", "["):
        value = lenient_json(bare)
        kind = "object" if isinstance(value, dict) else "array"
        if value is not NO_VALUE and (not types or kind in types):
            return value
    return text


def lenient_json(text: str) -> Any:  # noqa: ANN401
    """The value of JSON text, also with Python's words for true, false and null."""
    for candidate in (text, _PYTHON_WORDS.sub(_json_word, text)):
        try:
            value = json.loads(candidate, parse_constant=_refuse, strict=False)
        except (ValueError, RecursionError):
            continue
        return _without_lone_surrogates(value) if "\\u" in candidate else value
    return NO_VALUE


def fits(value: object, schema: object, root: object = None, depth: int = 0) -> bool:
    """Whether a value follows a schema, as far as types, keys, items and choices go.

    Patterns, formats and sizes are not looked at.
    """
    root = schema if root is None else root
    if depth > _MAX_DEPTH or not isinstance(schema, dict):
        return schema is not False

    def follows(inner: object, item: object = value) -> bool:
        return fits(item, inner, root, depth + 1)

    if "$ref" in schema and not follows(_referred(schema["$ref"], root)):
        return False
    if not all(follows(branch) for branch in _list(schema.get("allOf"))):
        return False
    for branches in (_list(schema.get("anyOf")), _list(schema.get("oneOf"))):
        if branches and not any(follows(branch) for branch in branches):
            return False
    if not _is_allowed(value, schema):
        return False
    if isinstance(value, dict):
        known = _object(schema.get("properties"))
        if any(name not in value for name in _list(schema.get("required"))):
            return False
        others = schema.get("additionalProperties", True)
        return all(follows(known.get(key, others), item) for key, item in value.items())
    if isinstance(value, list) and "items" in schema:
        return all(follows(schema["items"], item) for item in value)
    return True


def _own_types(schema: dict[str, Any]) -> frozenset[str]:
    kind = schema.get("type")
    named = kind if isinstance(kind, list) else [kind]
    found = frozenset(name for name in named if isinstance(name, str) and name in _TYPES)
    if found:
        return found
    values = schema.get("enum")
    if not isinstance(values, list):
        values = [schema["const"]] if "const" in schema else []
    if values:
        return frozenset(_type_of(value) for value in values)
    for hint, name in (("properties", "object"), ("items", "array"), ("pattern", "string")):
        if hint in schema:
            return frozenset({name})
    return ANYTHING


def _type_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case dict():
            return "object"
        case list():
            return "array"
    return "string"


def _referred(pointer: object, root: object) -> object:
    """What a local reference points to; others are never fetched."""
    if not isinstance(pointer, str) or not pointer.startswith("#"):
        return None
    found = root
    for step in pointer.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _either(each: list[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*each) if all(each) else ANYTHING


def _common(each: Iterable[frozenset[str]]) -> frozenset[str]:
    said = [types for types in each if types]
    return frozenset.intersection(*said) if said else ANYTHING


def _simple_value(bare: str, types: frozenset[str]) -> Any:  # noqa: ANN401
    if "null" in types and bare in ("null", "None"):
        return None
    if "boolean" in types and bare.lower() in ("true", "false"):
        return bare.lower() == "true"
    # Beside strings only what JSON itself calls a number is one: 007 is a name.
    shape = _JSON_NUMBER if "string" in types else _NUMBER
    if types & {"integer", "number"} and len(bare) <= _MAX_DIGITS and shape.fullmatch(bare):
        return _number(bare, "number" in types)
    return NO_VALUE


def _number(bare: str, may_be_broken: bool) -> Any:  # noqa: ANN401
    if not set(bare) & set(".eE"):
        return int(bare)
    value = float(bare)
    if not may_be_broken:
        return int(value) if value.is_integer() else NO_VALUE
    return value if abs(value) != float("inf") else NO_VALUE


def _json_word(match: re.Match[str]) -> str:
    return _JSON_WORDS.get(match.group(), match.group())


def _refuse(name: str) -> None:
    raise ValueError(name)


def _without_lone_surrogates(value: Any) -> Any:  # noqa: ANN401
    """Half a character cannot be sent on as UTF-8; it becomes a replacement character."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _is_allowed(value: object, schema: dict[str, Any]) -> bool:
    if "const" in schema and not _is_same(value, schema["const"]):
        return False
    choices = _list(schema.get("enum"))
    if choices and not any(_is_same(value, choice) for choice in choices):
        return False
    types = _own_types({"type": schema.get("type")})
    if types and schema.get("nullable") is True:
        types |= {"null"}
    is_whole = isinstance(value, float) and value.is_integer()
    kinds = {_type_of(value)} | ({"integer"} if is_whole else set())
    return not types or bool(types & (kinds | ({"number"} if "integer" in kinds else set())))


def _is_same(value: object, other: object) -> bool:
    """1 and True are equal for Python but not for JSON."""
    return value == other and _type_of(value) == _type_of(other)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
