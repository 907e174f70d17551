"""Numbers that end: a grammar alone lets a model write decimals for as long as it likes."""

from typing import Any

_STEP = 1e-9  # the last decimal that may be written
_SMALLEST_RANGE = 1e-3  # where so many decimals are surely enough
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_VALUES = frozenset({"const", "enum", "default", "examples"})  # hold no schemas


def with_number_ends(schema: Any) -> Any:  # noqa: ANN401
    """The same schema, in which bounded numbers have at most nine decimals.

    Others may be written with an exponent, which a limit on decimals would forbid.
    """
    if isinstance(schema, list):
        return [with_number_ends(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: value if name in _VALUES else with_number_ends(value)
        for name, value in schema.items()
    }
    return found | {"multipleOf": _STEP} if _is_endless(found) else found


def _is_endless(schema: dict[str, Any]) -> bool:
    if schema.get("type") != "number" or "multipleOf" in schema:
        return False
    given = [schema[name] for name in _BOUNDS if name in schema]
    bounds = [float(bound) for bound in given if isinstance(bound, int | float)]
    if not bounds or len(bounds) < len(given):
        return False
    return len(bounds) == 1 or max(bounds) - min(bounds) >= _SMALLEST_RANGE
