"""What operators and string methods cost at worst, known before they run."""

import re
import string
from typing import Any

from app.chat.template_meter import (
    MAX_BITS,
    MAX_FORMAT_CHARACTERS,
    NODE,
    Meter,
    TemplateLimit,
    check_number,
    size,
)

_STRIPPING = frozenset({"strip", "lstrip", "rstrip"})
_SPLITTING = frozenset({"split", "rsplit", "splitlines"})
_PADDING = frozenset({"center", "ljust", "rjust", "zfill"})
# CPython searches backwards by comparing at every place.
_BACKWARDS = frozenset({"rfind", "rindex", "rpartition", "rsplit"})
_PLAIN = frozenset(
    [
        "capitalize",
        "casefold",
        "count",
        "endswith",
        "find",
        "index",
        "isalnum",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "islower",
        "isnumeric",
        "isspace",
        "istitle",
        "isupper",
        "lower",
        "partition",
        "removeprefix",
        "removesuffix",
        "startswith",
        "swapcase",
        "title",
        "upper",
    ]
)
_LIST_METHODS = frozenset({"copy", "count", "index"})
_DICT_METHODS = frozenset({"copy", "get", "items", "keys", "values"})

_WIDE_PERCENT = re.compile(r"%(?:\(.*\))?[^a-zA-Z%]*(?:\d{4,}|\*)", re.DOTALL)
_WIDE_FIELD = re.compile(r"\d{4,}|[{}]")


def charge_operator(meter: Meter, operator: str, left: object, right: object) -> None:
    check_number(left)
    check_number(right)
    if operator == "%" and isinstance(left, str):
        _charge_percent(meter, left, right)
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() * abs(right) > MAX_BITS:
            raise TemplateLimit("It uses numbers that are too large")
        meter.charge()
    elif operator == "*" and isinstance(left, int) and isinstance(right, str | list | tuple):
        meter.charge(size(right) * max(left, 0))
    elif operator == "*" and isinstance(right, int) and isinstance(left, str | list | tuple):
        meter.charge(size(left) * max(right, 0))
    else:
        meter.charge(size(left) + size(right))


def charge_method(meter: Meter, owner: object, name: str, args: list[Any]) -> None:
    """Charge for a method of a string, list or dict. Raises TemplateLimit for others."""
    meter.charge_value([arg for arg in args if not isinstance(arg, str)])
    if isinstance(owner, str) and (cost := string_cost(owner, name, args)) is not None:
        meter.charge(cost)
    elif isinstance(owner, list | tuple) and name in _LIST_METHODS:
        meter.charge_value(owner)
    elif isinstance(owner, dict) and name in _DICT_METHODS:
        meter.charge(size(owner))
    else:
        raise TemplateLimit(f"It uses {name[:40]}, which chat templates do not need")


def string_cost(text: str, name: str, args: list[Any]) -> int | None:
    """Characters made or looked at by a string method; None for methods not to be used."""
    first = next((arg for arg in args if isinstance(arg, str)), "")
    length = size(text) + 1
    if name in _SPLITTING:
        pieces = text.count(first) + 1 if first else length // 2 + 1
        return (length * len(first) if name in _BACKWARDS else length) + NODE * pieces
    if name in _STRIPPING or name in _BACKWARDS:
        return length * max(len(first), 1)
    if name in _PADDING:
        return length + max([arg for arg in args if isinstance(arg, int)], default=0)
    if name == "replace":
        new = args[1] if len(args) > 1 else ""
        return length + text.count(first) * (size(new) + NODE)
    if name == "join":
        return length * len(args[0]) if args and hasattr(args[0], "__len__") else length
    return 3 * length if name in _PLAIN else None


def charge_format(meter: Meter, text: str, args: list[Any]) -> None:
    """Charge for ``text.format(…)``."""
    _check_format(text)
    fields = list(string.Formatter().parse(text))
    if any(spec and _WIDE_FIELD.search(spec) for _, _, spec, _ in fields):
        raise TemplateLimit("It formats a field that is too wide")
    meter.charge(len(text))
    meter.charge_value(args, times=len(fields))


def _charge_percent(meter: Meter, text: str, values: object) -> None:
    _check_format(text)
    if _WIDE_PERCENT.search(text):
        raise TemplateLimit("It formats a field that is too wide")
    meter.charge(len(text))
    meter.charge_value(values, times=text.count("%"))


def _check_format(text: str) -> None:
    if len(text) > MAX_FORMAT_CHARACTERS:
        raise TemplateLimit("It formats a text that is too long")
