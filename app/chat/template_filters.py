"""The filters and tests that a chat template may use, each charged to the meter before it runs.

Those of jinja are wrapped, some are our own. None returns a generator: a chain of generators would
escape the meter.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, cast

import jinja2
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.tests import TESTS
from markupsafe import escape

from app.chat.template_costs import string_cost
from app.chat.template_meter import NODE, Meter, TemplateLimit, check_number, size
from app.chat.template_trace import TracedText, concat

# Filters of jinja that do not look into what their values hold …
_SHALLOW_FILTERS = [
    "attr",
    "count",
    "d",
    "default",
    "first",
    "items",
    "last",
    "length",
    "list",
    "map",
    "reject",
    "rejectattr",
    "reverse",
    "select",
    "selectattr",
]
# … and those that do.
_DEEP_FILTERS = [
    "abs",
    "capitalize",
    "dictsort",
    "float",
    "indent",
    "int",
    "lower",
    "max",
    "min",
    "replace",
    "round",
    "sort",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
]
_LISTING_FILTERS = frozenset({"list", "reverse", "sort", "title", "unique"})
_SHALLOW_TESTS = [
    "boolean",
    "callable",
    "defined",
    "divisibleby",
    "even",
    "false",
    "filter",
    "float",
    "integer",
    "iterable",
    "mapping",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "string",
    "test",
    "true",
    "undefined",
]
_MAX_NUMBER_CHARACTERS = 1000
_MAX_INDENT = 64


class _Metered(Protocol):
    """What an environment has for these filters."""

    @property
    def meter(self) -> Meter: ...


def filters() -> dict[str, Any]:
    """By name; those that templates cannot name are put in by the tracer."""
    deep = {name: _guarded(name, FILTERS[name]) for name in _DEEP_FILTERS}
    shallow = {name: _guarded(name, FILTERS[name], is_deep=False) for name in _SHALLOW_FILTERS}
    return deep | shallow | _OWN_FILTERS


def tests() -> dict[str, Any]:
    """By name; those that compare are charged for what they compare."""
    shallow: dict[str, Any] = {name: TESTS[name] for name in _SHALLOW_TESTS}
    return {name: _guarded(name, test) for name, test in TESTS.items()} | shallow


def _guarded(  # jinja types its filters as plain functions
    name: str,
    function: Any,  # noqa: ANN401
    *,
    is_deep: bool = True,
) -> Callable[..., Any]:
    """A filter or test of jinja that is charged before and never returns a generator."""

    @jinja2.pass_context
    def guarded(context: Context, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        meter = _meter(context)
        values = [*args, *kwargs.values()]
        _charge_filter(meter, name, values, is_deep=is_deep)
        result = function(*_passed(function, context), *args, **kwargs)
        if isinstance(result, Iterator):
            return _listed(meter, result)
        check_number(result)
        return result

    return guarded


def _charge_filter(meter: Meter, name: str, values: list[Any], *, is_deep: bool) -> None:
    value, *options = values or [None]
    if is_deep:
        meter.charge_value(values)
    else:
        meter.charge()
    if isinstance(value, str) and name in _LISTING_FILTERS:
        meter.charge(NODE * len(value))
    if name in ("replace", "trim"):
        method = "strip" if name == "trim" else name
        meter.charge(string_cost(str(value), method, [str(option) for option in options]) or 0)
    if name in ("int", "float") and isinstance(value, str) and len(value) > _MAX_NUMBER_CHARACTERS:
        raise TemplateLimit("It reads a number that is too long")
    if name in ("indent", "round") and any(_width(option) > _MAX_INDENT for option in options):
        raise TemplateLimit("It indents or rounds too far")
    if name == "indent" and isinstance(value, str):
        meter.charge(_MAX_INDENT * (value.count("\n") + 1))


def _width(option: object) -> int:
    return abs(option) if isinstance(option, int) else len(option) if isinstance(option, str) else 0


def _passed(function: Callable[..., Any], context: Context) -> tuple[Any, ...]:
    """What jinja would pass to the filter before its value."""
    match getattr(getattr(function, "jinja_pass_arg", None), "name", ""):
        case "context":
            return (context,)
        case "eval_context":
            return (context.eval_ctx,)
        case "environment":
            return (context.environment,)
    return ()


def _meter(context: Context) -> Meter:
    return cast(_Metered, context.environment).meter


def _listed(meter: Meter, items: Iterable[Any]) -> list[Any]:
    found = []
    for item in items:
        meter.charge(NODE)
        found.append(item)
    return found


@jinja2.pass_context
def printed(context: Context, value: Any) -> str:  # noqa: ANN401
    """A value as text, as jinja prints it."""
    meter = _meter(context)
    if isinstance(value, str):
        meter.charge(size(value))
        return value
    if isinstance(value, int | float | range | jinja2.Undefined) or value is None:
        meter.charge()
    elif isinstance(value, list | tuple | dict):
        meter.charge_value(value, times=2)
    else:
        raise TemplateLimit(f"It prints a {type(value).__name__}")
    return str(value)


@jinja2.pass_context  # keeps jinja from folding the call into a plain constant
def _template_text(_: Context, text: str) -> TracedText:
    return TracedText.own(text)


@jinja2.pass_context
def _tick(context: Context, value: int) -> int:
    _meter(context).charge()
    return value


@jinja2.pass_context
def _concatenated(context: Context, values: list[Any]) -> TracedText:
    return concat(printed(context, value) for value in values)


@jinja2.pass_context
def _compared(context: Context, value: Any) -> Any:  # noqa: ANN401
    """What is compared item by item must not be astronomic."""
    if isinstance(value, list | tuple | dict):
        _meter(context).charge_value(value)
    return value


@jinja2.pass_context
def _searched(context: Context, value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, dict) else _compared(context, value)


@jinja2.pass_context
def _cut(context: Context, value: Any) -> Any:  # noqa: ANN401
    _meter(context).charge(size(value))
    return value


@jinja2.pass_context
def _key(_: Context, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, tuple):
        raise TemplateLimit("It uses a tuple as a key")
    return value


@jinja2.pass_context
def _to_json(
    context: Context,
    value: Any,  # noqa: ANN401
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON as model makers train with it: readable text, no HTML escapes."""
    if _width(indent) > _MAX_INDENT or any(len(mark) > _MAX_INDENT for mark in separators or ()):
        raise TemplateLimit("It indents too far")
    _meter(context).charge_value(value, times=2, per_level=_width(indent))
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


@jinja2.pass_context
def _join(
    context: Context,
    values: Any,  # noqa: ANN401
    separator: str = "",
    attribute: str | int | None = None,
) -> TracedText:
    meter = _meter(context)
    items = values
    if attribute is not None:
        items = FILTERS["map"](context, values, attribute=attribute)
    listed = _listed(meter, items)
    glue = concat([printed(context, separator)])
    meter.charge(size(glue) * len(listed))
    return glue.join([printed(context, item) for item in listed])


@jinja2.pass_context
def _sum(
    context: Context,
    values: Any,  # noqa: ANN401
    attribute: str | int | None = None,
    start: float = 0,
) -> float:
    if attribute is not None:
        values = FILTERS["map"](context, values, attribute=attribute)
    numbers = [*_listed(_meter(context), values), start]
    if not all(isinstance(number, int | float) for number in numbers):
        raise TemplateLimit("It adds up what are not numbers")
    total: float = sum(numbers)
    return total


@jinja2.pass_context
def _escape(context: Context, value: Any) -> str:  # noqa: ANN401
    text = printed(context, value)
    _meter(context).charge(5 * len(text))
    return str(escape(text))


_OWN_FILTERS: dict[str, Callable[..., Any]] = {
    "compared": _compared,
    "concatenated": _concatenated,
    "cut": _cut,
    "e": _escape,
    "escape": _escape,
    "join": _join,
    "key": _key,
    "safe": printed,
    "searched": _searched,
    "string": printed,
    "sum": _sum,
    "template_text": _template_text,
    "tick": _tick,
    "tojson": _to_json,
}
